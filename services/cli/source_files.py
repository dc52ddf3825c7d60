"""`newsweir sources import` and `export`: sources as YAML, which holds all of them, and as OPML, which holds feeds."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from services.cli.opml import parse_opml, to_opml
from services.cli.output import say
from services.cli.source_parts import parse_part, part_of
from services.cli.with_broker import with_broker
from shared.errors import ConfigurationError
from shared.redis_client import RedisConnection
from shared.source_registry import SourceRegistry
from shared.sources import Source, parse_sources, read_document, sources_yaml

Form = Literal["yaml", "opml"]
_OPML_SUFFIXES = (".opml", ".xml")
_SHOWN = 10


def form_of(path: Path) -> Form:
    """The format of a file, by its name."""
    return "opml" if path.suffix.lower() in _OPML_SUFFIXES else "yaml"


async def import_sources(connection: RedisConnection, path: Path) -> int:
    """Add the sources of a YAML or OPML file, and update the known ones; the exit status, 1 where some do not fit.

    Raises:
        ConfigurationError: the file cannot be read, or is neither.
    """
    registry = SourceRegistry(connection)
    known = {source.id: source for source in await registry.all()}
    sources, left_out = read_file(path, tuple(known.values()))
    changed = [source for source in sources if known.get(source.id) != source]
    await registry.put(changed)
    added = sum(source.id not in known for source in changed)
    say(f"{path}: {added} added, {len(changed) - added} updated, {len(sources) - len(changed)} unchanged")
    for reason in left_out[:_SHOWN]:
        say(f"left out: {reason}")
    if (more := len(left_out) - _SHOWN) > 0:
        say(f"left out: {more} more")
    return 1 if left_out else 0


def read_file(path: Path, known: Sequence[Source]) -> tuple[tuple[Source, ...], tuple[str, ...]]:
    """The sources of a file, and what in it could not be used, in words; raises as `import_sources`."""
    body = read_document(path)
    if form_of(path) == "opml":
        outlines = parse_opml(body, str(path), known)
        return outlines.sources, outlines.left_out
    try:
        return parse_sources(body.decode("utf-8-sig"), str(path)), ()
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path} is not in UTF-8: {error}") from error


def export_command(form: Form, tag: str | None, output: Path | None, part: str | None = None) -> None:
    """`newsweir sources export`: all sources, or those with the tag and of the part, to a file or to standard output.

    Raises:
        ConfigurationError: the file cannot be written, or the part is none.
    """
    number, parts = parse_part(part or "1/1")
    known = with_broker("newsweir sources export", lambda connection: SourceRegistry(connection).all())
    tagged = [source for source in known if tag is None or tag in source.tags]
    sources = [source for source in tagged if part_of(source, parts) == number]
    body = sources_yaml(sources).encode() if form == "yaml" else to_opml(sources)
    if output is None:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
    else:
        try:
            output.write_bytes(body)
        except OSError as error:
            raise ConfigurationError(f"cannot write {output}: {error}") from error
        say(f"{_count(len(sources))} written to {output}")
    if form == "opml" and (without := sum(bool(source.sitemaps or source.listings) for source in sources)):
        say(f"OPML holds feeds only: sitemaps and listings of {_count(without)} are left out; YAML holds them")


def _count(sources: int) -> str:
    return "1 source" if sources == 1 else f"{sources} sources"
