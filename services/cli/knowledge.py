"""`newsweir knowledge`: checks a file of a user's own entities, and appends to it."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from services.cli.output import say
from services.enrichment.knowledge_base.ambiguity import Ambiguity, read_words
from services.enrichment.knowledge_base.gazetteer import Gazetteer, read_entities
from services.enrichment.knowledge_base.knowledge import DATA
from services.enrichment.knowledge_base.own_entities import Finding, OwnEntities, compared, parse, read_file
from services.enrichment.settings import EnrichmentSettings, own_entities_default
from shared.errors import ConfigurationError
from shared.settings import StoreSettings, load


def file_or_default(file: Path | None) -> Path:
    """The file that is named, else the one that enrichment reads."""
    return file or load(EnrichmentSettings).knowledge_file or own_entities_default(load(StoreSettings).data_dir)


def check_file(path: Path) -> int:
    """Say all that is found about a file; the exit status, 1 where something keeps it from being used.

    Raises:
        ConfigurationError: it cannot be read.
    """
    if not path.exists():
        raise ConfigurationError(f"{path} is not there: `newsweir knowledge add` makes it, --file names another")
    own, findings = _examined(read_file(path))
    for finding in findings:
        print(f"{path}:{finding.line}: {finding.severity}: {finding.message}")
    errors = sum(finding.severity == "error" for finding in findings)
    say(f"{path}: {len(own.entities)} entities, {errors} errors, {len(findings) - errors} warnings")
    return 1 if errors else 0


def add_entity(path: Path, fields: Mapping[str, object]) -> int:
    """Append an entity, if the file is right with it; the exit status, 1 where it is not and was left as it was.

    Raises:
        ConfigurationError: the file cannot be read or written.
    """
    before = read_file(path) if path.exists() else ""
    entry = yaml.safe_dump([dict(fields)], allow_unicode=True, sort_keys=False)
    after = f"{before.rstrip()}\n{entry}" if before.strip() else entry
    first_line = after.count("\n") - entry.count("\n") + 1
    own, findings = _examined(after)
    for finding in findings:
        if finding.line >= first_line or finding.severity == "error":
            say(f"{finding.severity}: {finding.message}")
    if any(finding.severity == "error" for finding in findings):
        say(f"{path} was left as it was")
        return 1
    _write(path, after)
    say(f"{path}: {own.entities[-1][1].id} added; enrichment knows it from its next start")
    return 0


def _examined(text: str) -> tuple[OwnEntities, list[Finding]]:
    own = parse(text)
    ambiguity = Ambiguity(read_words(DATA / "common_words.txt"), read_words(DATA / "personal_names.txt"))
    built_in = Gazetteer(read_entities(DATA / "entities.tsv.gz"))
    return own, sorted(own.findings + compared(own, built_in, ambiguity))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.with_name(f"{path.name}.new")
        written.write_text(text, encoding="utf-8")
        written.replace(path)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error}") from error
