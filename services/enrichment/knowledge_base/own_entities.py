"""Reads the entities that a user adds to the knowledge base: YAML, with what is wrong by line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from services.enrichment.knowledge_base.ambiguity import Ambiguity
from services.enrichment.knowledge_base.gazetteer import Gazetteer, pattern_of
from services.enrichment.knowledge_base.known_entity import KnownEntity
from services.enrichment.knowledge_base.slugs import ID_PREFIXES, slug
from services.enrichment.knowledge_base.spellings import with_plain_spellings
from shared.errors import ConfigurationError
from shared.events.enrichment import ENTITY_ID_PATTERN

_MOST_BYTES = 4_000_000
_MOST_CHARACTERS = 200
_LISTS = frozenset("aliases ambiguous formerly".split())
_TEXTS = frozenset("id name type country industry parent ticker website wikidata".split())
_PATTERNS = {"country": r"[A-Z]{2}", "wikidata": r"Q[1-9]\d*", "id": ENTITY_ID_PATTERN, "parent": ENTITY_ID_PATTERN}

_FACTS = ("country", "industry", "parent", "ticker", "website", "wikidata")
_NAMES = ("names", "words", "weak", "unless", "formerly")

Severity = Literal["error", "warning"]


class Finding(NamedTuple):
    """Something about a line (from 1) that keeps the file from being used, or that its writer may not have meant."""

    line: int
    severity: Severity
    message: str


@dataclass
class OwnEntities:
    """What a file holds: its entities, each with its line, and what was found about them."""

    entities: list[tuple[int, KnownEntity]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        """The findings that keep the file from being used."""
        return [finding for finding in self.findings if finding.severity == "error"]


def read_file(path: Path) -> str:
    """The text of a file of entities.

    Raises:
        ConfigurationError: it cannot be read, is too long, or is not in UTF-8.
    """
    try:
        body = path.read_bytes()
        if len(body) > _MOST_BYTES:
            raise ConfigurationError(f"{path} is longer than {_MOST_BYTES} bytes: split off what is not needed")
        return body.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read the entities of {path}: {error}") from error


def parse(text: str) -> OwnEntities:
    """The entities of a YAML list; whatever is wrong with one is a finding, and the entity is left out."""
    own = OwnEntities()
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "nested too deeply"
        own.findings.append(Finding(mark.line + 1 if mark else 1, "error", f"not YAML: {problem}"))
        return own
    if root is None:
        return own
    if not isinstance(root, yaml.SequenceNode):
        own.findings.append(
            Finding(root.start_mark.line + 1, "error", "not a list: begin each entity with `- name: …`")
        )
        return own
    for node in root.value:
        _read_entity(node, own)
    own.findings += _told_twice(own.entities)
    return own


def _read_entity(node: yaml.Node, own: OwnEntities) -> None:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        own.findings.append(Finding(line, "error", "not an entity: write `name: …`, `type: …` and so on"))
        return
    values: dict[str, Any] = {}
    faults: list[Finding] = []
    keys = {str(key.value) for key, _ in node.value}
    for key, value in node.value:
        _read_field(str(key.value), value, values, faults)
    faults += [Finding(line, "error", f"`{name}` is missing") for name in ("name", "type") if name not in keys]
    if not faults and not slug(values["name"]) and "id" not in values:
        faults.append(Finding(line, "error", "the name has no Latin letter: give an `id` such as org:its-name"))
    own.findings += faults
    if not faults:
        own.entities.append((line, _entity(values)))


def _read_field(key: str, node: yaml.Node, values: dict[str, Any], faults: list[Finding]) -> None:
    line = node.start_mark.line + 1
    if key in _LISTS:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        texts = [item.value for item in items if isinstance(item, yaml.ScalarNode)]
        if len(texts) < len(items) or not all(map(_is_text, texts)):
            faults.append(Finding(line, "error", f"`{key}` must be a list of names, each up to 200 characters"))
        values[key] = tuple(texts)
    elif key not in _TEXTS:
        known = ", ".join(sorted(_TEXTS | _LISTS))
        faults.append(Finding(line, "error", f"there is no field `{key}`; there are {known}"))
    elif not isinstance(node, yaml.ScalarNode) or not _is_text(node.value):
        faults.append(Finding(line, "error", f"`{key}` must be a text of up to 200 characters"))
    elif key in _PATTERNS and not re.fullmatch(_PATTERNS[key], node.value):
        faults.append(Finding(line, "error", f"`{key}` {node.value!r} does not look like {_PATTERNS[key]}"))
    elif key == "type" and node.value not in ID_PREFIXES:
        faults.append(Finding(line, "error", f"`type` {node.value!r} is none of {', '.join(ID_PREFIXES)}"))
    else:
        values[key] = node.value


def _is_text(value: str) -> bool:
    return len(value.strip()) > 0 and len(value) <= _MOST_CHARACTERS and not set(value) & set("\t\n|")


def _entity(values: Mapping[str, Any]) -> KnownEntity:
    doubtful = tuple(values.get("ambiguous", ()))
    # Without its accents, too, a name may be doubtful: "Résumé".
    names = with_plain_spellings((values["name"], *values.get("aliases", ())))
    return KnownEntity(
        id=values.get("id") or f"{ID_PREFIXES[values['type']]}:{slug(values['name'])}",
        name=values["name"],
        type=values["type"],
        **{key: values.get(key, "") for key in _FACTS},
        names=tuple(name for name in names if name not in doubtful),
        words=doubtful,
        formerly=tuple(values.get("formerly", ())),
    )


def _told_twice(entities: Iterable[tuple[int, KnownEntity]]) -> Iterator[Finding]:
    ids: dict[str, int] = {}
    names: dict[str, tuple[int, str]] = {}
    for line, entity in entities:
        if entity.id in ids:
            yield Finding(line, "error", f"{entity.id} is in line {ids[entity.id]} already")
        ids.setdefault(entity.id, line)
        for name in dict.fromkeys((*entity.names, *entity.words)):
            first, owner = names.setdefault(pattern_of(name)[0], (line, entity.id))
            if owner != entity.id:
                yield Finding(line, "error", f"the name {name!r} is that of {owner} in line {first}, too")


def compared(own: OwnEntities, built_in: Gazetteer, ambiguity: Ambiguity) -> list[Finding]:
    """What the built-in base says about own entities: names of others, words that mean more, parents unknown."""
    ids = {entity.id for _, entity in own.entities}
    findings: list[Finding] = []
    for line, entity in own.entities:
        findings += [Finding(line, "warning", message) for message in _about(entity, built_in, ambiguity)]
        if entity.parent and entity.parent not in ids and built_in.get(entity.parent) is None:
            findings.append(Finding(line, "error", f"there is no parent {entity.parent}"))
    return findings


def _about(entity: KnownEntity, built_in: Gazetteer, ambiguity: Ambiguity) -> Iterator[str]:
    if (known := built_in.get(entity.id)) is not None:
        yield f"{entity.id} is known as {known.name!r}: its names and facts are added to"
    for name in entity.names:
        for other in built_in.named(name):
            if other.id != entity.id:
                yield f"the name {name!r} is that of {other.id} as well: yours wins"
        if entity.type != "technology" and ambiguity.is_ordinary_word(name):
            yield f"{name!r} is an ordinary word as well: list it under `ambiguous`, so that it needs evidence"
        elif len(name) <= 2:
            yield f"{name!r} is short and may mean much: list it under `ambiguous`"


def merged_with(built_in: Iterable[KnownEntity], own: Iterable[KnownEntity]) -> list[KnownEntity]:
    """All entities, own ones completed by the built-in ones of the same id; a name of an own one is nobody else's."""
    mine = {entity.id: entity for entity in own}
    claimed = {pattern_of(name)[0] for entity in mine.values() for name in (*entity.names, *entity.words)}
    merged: list[KnownEntity] = []
    for entity in built_in:
        free = entity if not claimed else _without(entity, claimed)
        if entity.id in mine:
            merged.append(_completed(mine.pop(entity.id), free))
        elif free.names or free.words or free.weak:
            merged.append(free)
    return merged + list(mine.values())


def _without(entity: KnownEntity, claimed: set[str]) -> KnownEntity:
    def free(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if pattern_of(name)[0] not in claimed)

    return entity._replace(names=free(entity.names), words=free(entity.words), weak=free(entity.weak))


def _completed(own: KnownEntity, known: KnownEntity) -> KnownEntity:
    added: dict[str, Any] = {fact: getattr(own, fact) or getattr(known, fact) for fact in _FACTS}
    added |= {kind: tuple(dict.fromkeys((*getattr(own, kind), *getattr(known, kind)))) for kind in _NAMES}
    return own._replace(**added)


def load(path: Path) -> list[KnownEntity]:
    """The entities of a file, for use.

    Raises:
        ConfigurationError: the file cannot be read, or something in it is wrong.
    """
    own = parse(read_file(path))
    if own.errors:
        first = own.errors[0]
        raise ConfigurationError(
            f"{path}, line {first.line}: {first.message}; `newsweir knowledge check` says all that is wrong"
        )
    return [entity for _, entity in own.entities]
