"""What the broker holds of one article: entries of streams, retry sets and dead letters; looked for and removed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from shared import dispositions, registry
from shared.bus.dead_letters import DeadLetters, Letter, LetterFilter
from shared.redis_client import RedisConnection
from shared.topology import ALERTS_OUTBOX, ARTICLES_CRAWLED, ARTICLES_ENRICHED, ARTICLES_INDEXED, STAGES

_PAGE = 500
# Along the flow: what moves on meanwhile is met further down. Withdrawals carry nothing of what an article says, and
# those that wait must still be read; a story is not only of this article, and is trimmed once it is read.
_STREAMS = (ARTICLES_CRAWLED, ARTICLES_ENRICHED, ARTICLES_INDEXED, ALERTS_OUTBOX)
_STAGES = tuple(stage for stage in STAGES if stage.reads in _STREAMS)

# KEYS: stream, inflight, counts. ARGV: id, fetch_id. Who has the entry in hand settles nothing that counts twice.
_REMOVE_ENTRY = f"""{dispositions.LUA}
if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end
if ARGV[2] ~= '' then ledger_close(KEYS[2], KEYS[3], ARGV[2], 'dropped:forgotten') end
return 1
"""
# KEYS: retry set, inflight, counts, suppressed. ARGV: article_id, whether to remove. Members are packed: they are read
# and compared where they lie.
_RETRIES = f"""{dispositions.LUA}
local found = 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local entry, article_id, fetch_id = cmsgpack.unpack(member), '', ''
  for at = 2, #entry - 1, 2 do
    if entry[at] == 'article_id' then article_id = entry[at + 1] end
    if entry[at] == 'fetch_id' then fetch_id = entry[at + 1] end
  end
  if article_id == ARGV[1] then
    found = found + 1
    if ARGV[2] == '1' then
      redis.call('ZREM', KEYS[1], member)
      if fetch_id ~= '' then ledger_close(KEYS[2], KEYS[3], fetch_id, 'dropped:forgotten') end
    end
  end
end
return found
"""
# KEYS: suppressed, registry, imports, discarded. ARGV: article_id, now.
_SUPPRESS = """
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
for at = 2, 4 do redis.call('HDEL', KEYS[at], ARGV[1]) end
return 1
"""


@dataclass(frozen=True)
class Traces:
    """How many entries of an article there are, or were removed."""

    entries: int = 0
    retries: int = 0
    letters: int = 0
    registered: bool = False

    def __add__(self, other: "Traces") -> "Traces":
        return Traces(
            self.entries + other.entries,
            self.retries + other.retries,
            self.letters + other.letters,
            self.registered or other.registered,
        )

    @property
    def total(self) -> int:
        return self.entries + self.retries + self.letters

    def __str__(self) -> str:
        known = "known" if self.registered else "not known"
        return (
            f"{self.entries} stream entries, {self.retries} waiting retries, {self.letters} dead letters, "
            f"{known} to the registry"
        )


class Broker:
    """Looks through everything that may hold an article."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._letters = DeadLetters(connection, _STAGES)

    async def find(self, article_id: str) -> Traces:
        """What is there; nothing is changed."""
        return await self._sweep(article_id, remove=False)

    async def remove(self, article_id: str) -> Traces:
        """Remove all that is there, and end its fetches as dropped:forgotten; what was removed.

        A worker that has an entry in hand may still publish what it made of it: call it again after a moment.
        """
        return await self._sweep(article_id, remove=True)

    async def suppress(self, article_id: str, now_ms: int) -> None:
        """Let nothing of the article be handed over from now on; the registry does not know it any more."""
        connection = self._connection
        keys = [
            registry.suppressed_key(connection),
            registry.registry_key(connection),
            registry.imports_key(connection),
            registry.discarded_key(connection),
        ]
        await connection.script(_SUPPRESS)(keys, [article_id, now_ms])

    async def _sweep(self, article_id: str, *, remove: bool) -> Traces:
        registered = await registry.read_entry(self._connection, article_id) is not None
        entries = 0
        for stream in _STREAMS:
            async for entry_id, fetch_id in self._entries(self._connection.key(stream.name), article_id):
                entries += await self._remove_entry(stream.name, entry_id, fetch_id) if remove else 1
        return Traces(
            entries, await self._retries(article_id, remove), await self._buried(article_id, remove), registered
        )

    async def _entries(self, stream: str, article_id: str) -> AsyncIterator[tuple[str, str]]:
        start = "-"
        while page := await self._connection.client.xrange(stream, start, "+", count=_PAGE):
            for entry_id, fields in page:
                if fields.get("article_id") == article_id:
                    yield entry_id, fields.get("fetch_id", "")
            start = f"({page[-1][0]}"

    async def _remove_entry(self, stream: str, entry_id: str, fetch_id: str) -> int:
        keys = [self._connection.key(stream), *self._ledger]
        return int(await self._connection.script(_REMOVE_ENTRY)(keys, [entry_id, fetch_id]))

    async def _retries(self, article_id: str, remove: bool) -> int:
        found = 0
        for stage in _STAGES:
            keys = [self._connection.key(stage.retry_set), *self._ledger]
            found += int(await self._connection.script(_RETRIES)(keys, [article_id, "1" if remove else "0"]))
        return found

    async def _buried(self, article_id: str, remove: bool) -> int:
        letters: list[Letter] = [
            letter async for letter in self._letters.find(LetterFilter()) if letter.article_id == article_id
        ]
        return await self._letters.end(letters, "discard") if remove else len(letters)

    @property
    def _ledger(self) -> list[str]:
        return [dispositions.inflight_key(self._connection), dispositions.counts_key(self._connection)]
