"""Reads the ledger in one transaction, and where every event under way is, in small steps that hold nobody up."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from redis.exceptions import ResponseError

from services.cli.audit.accounts import Account, Flight, Ledger
from services.cli.audit.findings import Look
from shared import dispositions
from shared.redis_client import RedisConnection
from shared.topology import FETCH_STAGES, Stage

# Each script answers with ids only, and ends after so many entries or so many bytes that it had to look through:
# 200 usual events are 4 MB, which take the server some 3 ms (14 at worst).
_LUA = """
local MAX_ENTRIES, MAX_BYTES = 200, 4000000
local function add(found, entry_id, fields)
  local fetch_id, article_id, bytes = '', '', 0
  for at = 1, #fields, 2 do
    if fields[at] == 'fetch_id' then fetch_id = fields[at + 1] end
    if fields[at] == 'article_id' then article_id = fields[at + 1] end
    bytes = bytes + #fields[at + 1]
  end
  for _, id in ipairs({entry_id, fetch_id, article_id}) do found[#found + 1] = id end
  return bytes
end
"""
# KEYS: stream. ARGV: first id, last id. Answers id, fetch_id, article_id, …; nothing when there is no more.
_RANGE_LUA = (
    _LUA
    + """
local found, bytes, start = {}, 0, ARGV[1]
repeat
  local page = redis.call('XRANGE', KEYS[1], start, ARGV[2], 'COUNT', 10)
  for _, entry in ipairs(page) do
    bytes = bytes + add(found, entry[1], entry[2])
    start = '(' .. entry[1]
  end
until #page < 10 or #found >= 3 * MAX_ENTRIES or bytes > MAX_BYTES
return found
"""
)
# KEYS: stream. ARGV: group, first id. Answers as above, for what was delivered and not acknowledged.
_PENDING_LUA = (
    _LUA
    + """
local found, bytes = {}, 0
for _, pending in ipairs(redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[2], '+', MAX_ENTRIES)) do
  local entry = redis.call('XRANGE', KEYS[1], pending[1], pending[1])[1]
  bytes = bytes + add(found, pending[1], entry and entry[2] or {})
  if bytes > MAX_BYTES then break end
end
return found
"""
)
# KEYS: retry set. ARGV: cursor. Answers the next cursor, then as above.
_RETRY_LUA = (
    _LUA
    + """
local page = redis.call('ZSCAN', KEYS[1], ARGV[1], 'COUNT', 50)
local found = {page[1]}
for at = 1, #page[2], 2 do
  local fields = cmsgpack.unpack(page[2][at])
  add(found, table.remove(fields, 1), fields)
end
return found
"""
)


async def read_ledger(connection: RedisConnection) -> Ledger:
    """The whole ledger at one moment."""
    async with connection.client.pipeline(transaction=True) as transaction:
        transaction.hgetall(dispositions.counts_key(connection))
        transaction.hgetall(dispositions.inflight_key(connection))
        transaction.hgetall(dispositions.dead_key(connection))
        counts, in_flight, dead = await transaction.execute()
    accounts: dict[tuple[str, str], Account] = {}
    for name, count in counts.items():
        source_id, day, disposition = name.split("|", 2)
        accounts[source_id, day] = accounts.get((source_id, day), Account()) + _counted(disposition, int(count))
    return Ledger(
        accounts,
        {fetch_id: _flight(entry) for fetch_id, entry in in_flight.items()},
        {fetch_id: _flight(entry) for fetch_id, entry in dead.items()},
    )


async def look_everywhere(connection: RedisConnection) -> Look:
    """What is unread, delivered, waiting for another try, or given up, stage by stage in the order of the flow.

    An event that moves on while one looks may be missed, or be found although it has ended since.
    """
    looking = _Looking(connection)
    events: dict[str, str] = {}
    letters: dict[str, str] = {}
    articles: set[str] = set()
    for stage in FETCH_STAGES:
        for where, look in (
            (stage.reads.name, looking.unread),
            (stage.reads.name, looking.pending),
            (stage.retry_set, looking.retrying),
        ):
            async for entry in look(stage):
                events[entry.fetch_id] = f"{where} {entry.id}"
                articles |= entry.uncounted_articles
        async for entry in looking.all_of(connection.key(stage.dead_letters)):
            letters[f"{stage.name}/{entry.id}"] = entry.fetch_id
            articles |= entry.uncounted_articles
    events.pop("", None)
    return Look(events, letters, frozenset(articles))


class _Found(NamedTuple):
    """An entry, and what it says that it is about."""

    id: str
    fetch_id: str
    article_id: str

    @property
    def uncounted_articles(self) -> set[str]:
        """Its article, where it belongs to no fetch."""
        return {self.article_id} if self.article_id and not self.fetch_id else set()


class _Looking:
    """The small steps: each yields entries, a script's answer at a time."""

    def __init__(self, connection: RedisConnection) -> None:
        self._connection = connection
        self._range = connection.script(_RANGE_LUA)
        self._pending = connection.script(_PENDING_LUA)
        self._retry = connection.script(_RETRY_LUA)

    async def unread(self, stage: Stage) -> AsyncIterator[_Found]:
        """What the stage's group was not given yet when this was asked first."""
        stream = self._connection.key(stage.reads.name)
        delivered = await self._last_delivered(stream, stage)
        async for entry in self.all_of(stream, "-" if delivered is None else f"({delivered}"):
            yield entry

    async def pending(self, stage: Stage) -> AsyncIterator[_Found]:
        """What workers were given and did not acknowledge."""
        stream, start = self._connection.key(stage.reads.name), "-"
        if await self._last_delivered(stream, stage) is None:
            return
        while found := _entries(await self._pending([stream], [stage.group, start])):
            for entry in found:
                yield entry
            start = f"({found[-1].id}"

    async def retrying(self, stage: Stage) -> AsyncIterator[_Found]:
        """What waits for another try; the ids are those of before."""
        retry_set, cursor = self._connection.key(stage.retry_set), "0"
        while True:
            cursor, *found = await self._retry([retry_set], [cursor])
            for entry in _entries(found):
                yield entry
            if cursor == "0":
                return

    async def all_of(self, stream: str, start: str = "-") -> AsyncIterator[_Found]:
        """Everything in the stream, as far as it reaches now."""
        newest = await self._connection.client.xrevrange(stream, count=1)
        if not newest:
            return
        while found := _entries(await self._range([stream], [start, newest[0][0]])):
            for entry in found:
                yield entry
            start = f"({found[-1].id}"

    async def _last_delivered(self, stream: str, stage: Stage) -> str | None:
        """The id of the entry that the stage's group was given last; None where there is no group."""
        try:
            groups = await self._connection.client.xinfo_groups(stream)
        except ResponseError:
            # No stream yet.
            return None
        return next((str(group["last-delivered-id"]) for group in groups if group["name"] == stage.group), None)


def _entries(found: list[str]) -> list[_Found]:
    return [_Found(*ids) for ids in zip(found[::3], found[1::3], found[2::3], strict=True)]


def _counted(disposition: str, count: int) -> Account:
    match disposition:
        case dispositions.FETCHED:
            return Account(fetched=count)
        case dispositions.INDEXED:
            return Account(indexed=count)
        case dispositions.DEAD_LETTERED:
            return Account(dead_lettered=count)
        case _:
            return Account(dropped={disposition.removeprefix("dropped:"): count})


def _flight(entry: str) -> Flight:
    # What was changed by hand may lack parts; it still has to be counted.
    source_id, day, article_id, since_ms = (*entry.split("|", 3), "", "", "", "")[:4]
    return Flight(source_id, day, article_id, int(since_ms) if since_ms.isdecimal() else 0)
