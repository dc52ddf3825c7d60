"""`newsweir import`: articles as JSON lines into the stream of crawled articles; what a crawler brought is kept."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field, field_validator

from services.cli.feeding import Feeding
from services.cli.json_lines import Line, name_of, open_input, parse_line, read_lines
from services.cli.output import say, write_json_line
from services.cli.with_broker import broken_off
from services.crawler.composition import MAX_TEXT_CHARACTERS, content_hash
from services.crawler.registry_guard import RegistryGuard
from shared import dispositions, registry, tracing
from shared.bus.envelope import encode
from shared.clock import Clock, from_ms
from shared.dispositions import counts_key, day_of, inflight_key
from shared.errors import DependencyUnavailable, InvalidInput, LimitExceeded
from shared.events.articles import ArticleCrawled, Precision, Publication
from shared.redis_client import RedisConnection
from shared.registry import (
    RegistryEntry,
    advance,
    complete_key,
    imports_key,
    read_entry,
    registry_key,
    suppressed_key,
)
from shared.settings import StoreSettings
from shared.topology import ARTICLES_CRAWLED
from shared.urls import article_id, canonicalize

MAX_LINE_BYTES = 4_000_000
SOURCE_ID = "import"
_MAX_TITLE_CHARACTERS = 1_000
_ATTEMPTS = 10
# Imports stand back: fetched articles still find room in the stream.
_MAX_BACKLOG = 2_000
_LINES_BETWEEN_CHECKS = 100

# KEYS: registry, imports, inflight, counts, stream, the marker without which nothing may be imported,
# suppressed. ARGV:
# article_id, expected, entry, revision, fetch_id, source_id, day, now_ms, then the fields of the event.
_SCRIPT = f"""{dispositions.LUA}{registry.LUA}
if redis.call('EXISTS', KEYS[6]) == 0 then return -1 end
if registry_suppressed(KEYS[7], ARGV[1]) then return -2 end
if registry_advance(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) == 0 then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[4])
ledger_open(KEYS[3], KEYS[4], ARGV[5], ARGV[6], ARGV[7], ARGV[1], ARGV[8])
redis.call('XADD', KEYS[5], '*', unpack(ARGV, 9))
return 1
"""

_DONE, _UNKNOWN_STATE, _SUPPRESSED = 1, -1, -2

Outcome = Literal["imported", "known", "crawled", "forgotten"]


class ImportLine(BaseModel):
    """A line of input; a time without a zone is UTC, a day alone counts as one."""

    url: str
    title: str = Field(min_length=1, max_length=_MAX_TITLE_CHARACTERS)
    text: str = Field(min_length=1)
    published_at: str | None = Field(default=None, max_length=64)
    site_name: str | None = Field(default=None, max_length=200)
    authors: tuple[str, ...] = Field(default=(), max_length=50)

    @field_validator("title", "text")
    @classmethod
    def _stripped(cls, value: str) -> str:
        if not (stripped := value.strip()):
            raise ValueError("is empty")
        return stripped

    @property
    def kept_text(self) -> str:
        return self.text[:MAX_TEXT_CHARACTERS]

    @property
    def content_hash(self) -> str:
        return content_hash(self.title, self.kept_text)


@dataclass(frozen=True)
class Importer:
    """Puts articles into the stream, one script for each."""

    connection: RedisConnection
    clock: Clock
    guard: RegistryGuard

    async def add(self, line: ImportLine) -> Outcome:
        """Import one article: "known" where an import brought the same before, "crawled" where a crawler did,
        "forgotten" where it was.

        Raises:
            InvalidInput: its URL or its date is none.
            LimitExceeded: it is too large for the stream.
            DependencyUnavailable: the broker does not know what the store holds.
        """
        url = canonicalize(line.url)
        publication = _publication(line.published_at)
        for _ in range(_ATTEMPTS):
            current = await read_entry(self.connection, article_id(url))
            if current is not None:
                imported = await self.connection.client.hget(imports_key(self.connection), article_id(url))
                # A crawler's visit advances the revision past that of the import.
                if imported != str(current.revision):
                    return "crawled"
                if current.content_hash == line.content_hash:
                    return "known"
            answer = await self._hand_over(line, url, publication, current)
            if answer == _DONE:
                return "imported"
            if answer == _SUPPRESSED:
                return "forgotten"
            if answer == _UNKNOWN_STATE:
                # Returns where the store is empty.
                await self.guard.check()
        raise DependencyUnavailable(f"{url} keeps changing while it is imported: try again")

    async def _hand_over(
        self, line: ImportLine, url: str, publication: Publication | None, current: RegistryEntry | None
    ) -> int:
        """_DONE, _UNKNOWN_STATE, _SUPPRESSED, or 0 where the registry no longer held `current`."""
        with tracing.span("import article", {"url.full": url, "newsweir.article_id": article_id(url)}, kind="producer"):
            now_ms = self.clock.now_ms()
            entry = advance(current, now_ms, line.content_hash)
            event = _event(line, url, publication, entry, tracing.new_fetch_id(), now_ms)
            return await self._publish(event, current, entry, now_ms)

    async def _publish(
        self, event: ArticleCrawled, current: RegistryEntry | None, entry: RegistryEntry, now_ms: int
    ) -> int:
        fields = [part for pair in encode(event, tracing.current().traceparent).items() for part in pair]
        key = self.connection.key
        answer: int = await self.connection.script(_SCRIPT)(
            [
                registry_key(self.connection),
                imports_key(self.connection),
                inflight_key(self.connection),
                counts_key(self.connection),
                key(ARTICLES_CRAWLED.name),
                complete_key(self.connection),
                suppressed_key(self.connection),
            ],
            [
                event.article_id,
                current.encode() if current else "",
                entry.encode(),
                entry.revision,
                event.fetch_id,
                SOURCE_ID,
                day_of(now_ms),
                now_ms,
                *fields,
            ],
        )
        return answer

    async def wait_for_room(self) -> None:
        """Return when the next stage has little to do and the broker has room.

        Raises:
            DependencyUnavailable: nothing takes from the stage's backlog.
        """
        await Feeding(self.connection, self.clock, _MAX_BACKLOG).wait_for_room()


def _event(
    line: ImportLine, url: str, publication: Publication | None, entry: RegistryEntry, fetch_id: str, now_ms: int
) -> ArticleCrawled:
    first_seen_at = from_ms(entry.first_seen_ms)
    return ArticleCrawled(
        fetch_id=fetch_id,
        fetch_kind="import",
        article_id=article_id(url),
        url=url,
        canonical_url=url,
        source_id=SOURCE_ID,
        found_by="import",
        site_name=line.site_name,
        title=line.title,
        text=line.kept_text,
        text_truncated=len(line.text) > MAX_TEXT_CHARACTERS,
        authors=line.authors,
        published=publication or Publication(at=first_seen_at, precision="second", origin="first-seen"),
        fetched_at=from_ms(now_ms),
        first_seen_at=first_seen_at,
        revision=entry.revision,
        content_hash=entry.content_hash,
    )


def _publication(raw: str | None) -> Publication | None:
    if not raw:
        return None
    try:
        moment = dt.datetime.fromisoformat(raw)
        in_utc = (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(f"published_at is no ISO 8601 time: {raw!r}") from error
    precision: Precision = "day" if len(raw) <= len("2026-03-02") else "second"
    return Publication(at=in_utc, precision=precision, origin="import", raw=raw)


async def import_lines(lines: Iterable[Line], importer: Importer) -> Counter[str]:
    """Import each line; the number of each outcome, and of "bad" lines, which are answered on standard output.

    Raises:
        DependencyUnavailable: the broker is away, or nothing takes articles from the stream.
    """
    counts: Counter[str] = Counter()
    with broken_off(lambda: _in_words(counts), "import the same again: what is there already is skipped"):
        for line in lines:
            if counts.total() % _LINES_BETWEEN_CHECKS == 0:
                await importer.wait_for_room()
            try:
                counts[await importer.add(parse_line(line, ImportLine, MAX_LINE_BYTES))] += 1
            except (InvalidInput, LimitExceeded) as error:
                write_json_line({"url": name_of(line, "url"), "error": str(error)})
                counts["bad"] += 1
    return counts


async def import_file(name: str, connection: RedisConnection, store: StoreSettings, clock: Clock) -> int:
    """Import a file ("-": standard input) and say what became of it; the exit status, 1 where lines were bad.

    Raises:
        DependencyUnavailable: as `import_lines`; and where the broker does not know what the store holds.
    """
    importer = Importer(connection, clock, RegistryGuard(connection, store, clock))
    await importer.guard.check()
    with open_input(name) as file:
        counts = await import_lines(read_lines(file, MAX_LINE_BYTES), importer)
    say(_in_words(counts))
    return 1 if counts["bad"] else 0


def _in_words(counts: Counter[str]) -> str:
    forgotten = f"{counts['forgotten']} left out as forgotten, " if counts["forgotten"] else ""
    return (
        f"{counts['imported']} imported, {counts['known']} known already, "
        f"{counts['crawled']} left as they were crawled, {forgotten}{counts['bad']} bad"
    )
