"""The dead letters of the stages: what a letter says, which ones are meant, replay unmodified, discard."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from shared import dispositions, registry
from shared.bus.envelope import ATTEMPTS, Entry
from shared.redis_client import RedisConnection
from shared.topology import STAGES, Stage

# What burial adds to the entry's own fields; replay takes it off again.
_MARK = "letter:"
_MAX_ERROR_CHARACTERS = 1_000
# Letters that are read, or moved by one script, at once: of the largest they are 200 MB, of usual ones half of one.
_PAGE = 50

# KEYS: dead letters, stream, inflight, dead, counts, suppressed. ARGV: the mark, the field of attempts,
# then ids of letters.
_REPLAY_LUA = (
    dispositions.LUA
    + registry.LUA
    + """
local replayed = 0
for at = 3, #ARGV do
  local found = redis.call('XRANGE', KEYS[1], ARGV[at], ARGV[at])[1]
  if found then
    local fields, fetch_id, article_id = {}, '', ''
    for i = 1, #found[2], 2 do
      local name, value = found[2][i], found[2][i + 1]
      if name == 'fetch_id' then fetch_id = value end
      if name == 'article_id' then article_id = value end
      if name ~= ARGV[2] and string.sub(name, 1, #ARGV[1]) ~= ARGV[1] then
        fields[#fields + 1] = name
        fields[#fields + 1] = value
      end
    end
    if registry_suppressed(KEYS[6], article_id) then
      redis.call('XDEL', KEYS[1], ARGV[at])
      ledger_discard(KEYS[4], KEYS[5], fetch_id)
    else
      -- A broker without room refuses this; the letter is still there then.
      redis.call('XADD', KEYS[2], '*', unpack(fields))
      redis.call('XDEL', KEYS[1], ARGV[at])
      ledger_replay(KEYS[3], KEYS[4], KEYS[5], fetch_id)
      replayed = replayed + 1
    end
  end
end
return replayed
"""
)
# KEYS: dead letters, dead, counts, registry, discarded. ARGV: for each letter its id, its fetch and its article.
_DISCARD_LUA = (
    dispositions.LUA
    + registry.LUA
    + """
local discarded = 0
for at = 1, #ARGV, 3 do
  if redis.call('XDEL', KEYS[1], ARGV[at]) == 1 then
    ledger_discard(KEYS[2], KEYS[3], ARGV[at + 1])
    registry_discard(KEYS[4], KEYS[5], ARGV[at + 2])
    discarded = discarded + 1
  end
end
return discarded
"""
)


@dataclass(frozen=True)
class Letter:
    """An event that a stage gave up.

    Attributes:
        id: of the entry in the stage's dead letters.
        entry_id: it had in the stage's stream.
        failed_at_ms: since the epoch.
        event_type, article_id, url, fetch_id: as far as the entry says; else empty.
        error_type: name of the exception's class.
        attempts: how often it was handled.
        fields: the entry as it was read, payload included.
    """

    id: str
    stage: str
    entry_id: str
    failed_at_ms: int
    error_type: str
    error: str
    attempts: int
    fields: Mapping[str, str]

    @property
    def name(self) -> str:
        """What a person calls it by, unique over all stages: ``enrichment/1764000000000-0``."""
        return f"{self.stage}/{self.id}"

    @property
    def event_type(self) -> str:
        return self.fields.get("type", "")

    @property
    def article_id(self) -> str:
        return self.fields.get("article_id", "")

    @property
    def url(self) -> str:
        return self.fields.get("url", "")

    @property
    def fetch_id(self) -> str:
        return self.fields.get("fetch_id", "")


@dataclass(frozen=True)
class LetterFilter:
    """Which letters are meant; what is not set does not matter.

    Attributes:
        names: as Letter.name, well-formed; one that is not there is passed over.
        stage: name of a stage.
        error: an error's type, or part of its text; without regard to case.
        url: part of the URL.
        failed_before_ms, failed_since_ms: bounds of the time of burial; the first is exclusive.
    """

    names: frozenset[str] = frozenset()
    stage: str | None = None
    error: str | None = None
    url: str | None = None
    failed_before_ms: int | None = None
    failed_since_ms: int | None = None

    def matches(self, letter: Letter) -> bool:
        """Whether the letter is one of those meant."""
        error = (self.error or "").lower()
        return (
            (not self.names or letter.name in self.names)
            and self.stage in (None, letter.stage)
            and (letter.error_type.lower() == error or error in letter.error.lower())
            and (self.url or "") in letter.url
            and (self.failed_before_ms is None or letter.failed_at_ms < self.failed_before_ms)
            and (self.failed_since_ms is None or letter.failed_at_ms >= self.failed_since_ms)
        )


def letter_fields(entry: Entry, stage: Stage, error: Exception, now_ms: int) -> dict[str, str]:
    """The fields of the letter for an entry: its own, untouched, and what is known of its end."""
    said = {
        "stage": stage.name,
        "entry_id": entry.id,
        "failed_at_ms": str(now_ms),
        "error_type": type(error).__name__,
        "error": str(error)[:_MAX_ERROR_CHARACTERS],
        "attempts": str(entry.attempts + 1),
    }
    return {**entry.fields, **{_MARK + name: value for name, value in said.items()}}


def read_letter(stage: Stage, letter_id: str, fields: Mapping[str, str]) -> Letter:
    """The letter that `letter_fields` wrote."""

    def said(name: str) -> str:
        return fields.get(_MARK + name, "")

    return Letter(
        id=letter_id,
        stage=stage.name,
        entry_id=said("entry_id"),
        failed_at_ms=int(said("failed_at_ms") or 0),
        error_type=said("error_type"),
        error=said("error"),
        attempts=int(said("attempts") or 0),
        fields={name: value for name, value in fields.items() if not name.startswith(_MARK)},
    )


class DeadLetters:
    """The letters of all stages."""

    def __init__(self, connection: RedisConnection, stages: Sequence[Stage] = STAGES) -> None:
        self._connection = connection
        self._stages = stages
        self._replay = connection.script(_REPLAY_LUA)
        self._discard = connection.script(_DISCARD_LUA)

    async def find(self, wanted: LetterFilter) -> AsyncIterator[Letter]:
        """The letters that are meant, stage by stage, the oldest first; those buried meanwhile are left out."""
        for stage in self._stages:
            if wanted.stage in (None, stage.name):
                letters = self._named(stage, wanted.names) if wanted.names else self._all(stage)
                async for letter in letters:
                    if wanted.matches(letter):
                        yield letter

    async def end(self, letters: Sequence[Letter], how: Literal["replay", "discard"]) -> int:
        """Put the letters back into the streams of their stages, unmodified and with all attempts before them, or
        drop them for good; how many. A letter that is gone is passed over, so that repeating does nothing twice; that
        of a forgotten article is dropped either way."""
        ended = 0
        for stage in self._stages:
            of_stage = [letter for letter in letters if letter.stage == stage.name]
            for start in range(0, len(of_stage), _PAGE):
                some = of_stage[start : start + _PAGE]
                ended += await (self._replay_some(stage, some) if how == "replay" else self._discard_some(stage, some))
        return ended

    async def _replay_some(self, stage: Stage, letters: Sequence[Letter]) -> int:
        key = self._connection.key
        ledger = [
            dispositions.inflight_key(self._connection),
            dispositions.dead_key(self._connection),
            dispositions.counts_key(self._connection),
            registry.suppressed_key(self._connection),
        ]
        keys = [key(stage.dead_letters), key(stage.reads.name), *ledger]
        return int(await self._replay(keys, [_MARK, ATTEMPTS, *(letter.id for letter in letters)]))

    async def _discard_some(self, stage: Stage, letters: Sequence[Letter]) -> int:
        keys = [
            self._connection.key(stage.dead_letters),
            dispositions.dead_key(self._connection),
            dispositions.counts_key(self._connection),
            registry.registry_key(self._connection),
            registry.discarded_key(self._connection),
        ]
        about: list[str | int | float] = []
        for letter in letters:
            about += [letter.id, letter.fetch_id, letter.article_id]
        return int(await self._discard(keys, about))

    async def _named(self, stage: Stage, names: frozenset[str]) -> AsyncIterator[Letter]:
        stream = self._connection.key(stage.dead_letters)
        for stage_name, _, letter_id in sorted(name.partition("/") for name in names):
            if stage_name == stage.name:
                for found_id, fields in await self._connection.client.xrange(stream, letter_id, letter_id):
                    yield read_letter(stage, found_id, fields)

    async def _all(self, stage: Stage) -> AsyncIterator[Letter]:
        stream, start = self._connection.key(stage.dead_letters), "-"
        newest = await self._connection.client.xrevrange(stream, count=1)
        if not newest:
            return
        while page := await self._connection.client.xrange(stream, start, newest[0][0], count=_PAGE):
            for letter_id, fields in page:
                yield read_letter(stage, letter_id, fields)
            start = f"({page[-1][0]}"
