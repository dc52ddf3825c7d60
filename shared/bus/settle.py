"""One script per batch: acknowledge first, then publish, schedule, bury and count only what that acknowledged.

A worker that was paused may wake after another took its entries over and settled them: its acknowledgements return 0
and nothing of its work takes effect a second time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shared import dispositions
from shared.redis_client import RedisConnection
from shared.topology import Stage, Stream

Action = Literal["none", "publish", "retry", "bury"]


@dataclass(frozen=True)
class Settlement:
    """What becomes of one entry.

    Attributes:
        fetch_id: of the fetch that it belongs to, or empty.
        disposition: how that fetch ends; empty where it goes on, or is buried.
        stream: where `fields` go with action "publish".
        due_ms: when `fields` come back with action "retry".
        also: further entries that are published with it: their streams and fields.
    """

    entry_id: str
    action: Action = "none"
    fields: Mapping[str, str] = field(default_factory=dict)
    stream: Stream | None = None
    due_ms: int = 0
    fetch_id: str = ""
    disposition: str = ""
    also: tuple[tuple[Stream, Mapping[str, str]], ...] = ()


# KEYS: stream, retry set, dead letters, inflight, counts, dead, then the streams written to.
# ARGV: group, then for each entry: id, action, fetch_id, disposition, due time, and the number of what it puts
# somewhere, which follows: for each the index of its stream in KEYS, the bound of that or 0, the number of strings that
# follow, and those: field, value, … A retry and a letter put one, and name no stream.
_LUA = (
    dispositions.LUA
    + """
local function publish(target, bound, fields)
  if bound == '0' then
    redis.call('XADD', KEYS[tonumber(target)], '*', unpack(fields))
  else
    redis.call('XADD', KEYS[tonumber(target)], 'MAXLEN', '~', bound, '*', unpack(fields))
  end
end
local settled = 0
local at = 2
while at <= #ARGV do
  local id, action, fetch_id, disposition = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local due, count = ARGV[at + 4], tonumber(ARGV[at + 5])
  at = at + 6
  local ours = redis.call('XACK', KEYS[1], ARGV[1], id) == 1
  for _ = 1, count do
    local target, bound, strings = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
    local first = at + 3
    at = first + strings
    if ours and action == 'publish' then
      publish(target, bound, {unpack(ARGV, first, at - 1)})
    elseif ours and action == 'retry' then
      redis.call('ZADD', KEYS[2], due, cmsgpack.pack({id, unpack(ARGV, first, at - 1)}))
    elseif ours and action == 'bury' then
      redis.call('XADD', KEYS[3], '*', unpack(ARGV, first, at - 1))
    end
  end
  if ours then
    settled = settled + 1
    if action == 'bury' then ledger_bury(KEYS[4], KEYS[6], KEYS[5], fetch_id) end
    if disposition ~= '' and fetch_id ~= '' then ledger_close(KEYS[4], KEYS[5], fetch_id, disposition) end
  end
end
return settled
"""
)

# KEYS: retry set, stream. ARGV: now, at most how many.
_RELEASE_LUA = """
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(due) do
  local entry = cmsgpack.unpack(member)
  redis.call('XADD', KEYS[2], '*', unpack(entry, 2))
  redis.call('ZREM', KEYS[1], member)
end
return #due
"""


class Settler:
    """Settles the entries of one stage."""

    def __init__(self, connection: RedisConnection, stage: Stage) -> None:
        self._stage = stage
        self._settle = connection.script(_LUA)
        self._release = connection.script(_RELEASE_LUA)
        self._stream = connection.key(stage.reads.name)
        self._retry_set = connection.key(stage.retry_set)
        self._keys = [
            self._stream,
            self._retry_set,
            connection.key(stage.dead_letters),
            dispositions.inflight_key(connection),
            dispositions.counts_key(connection),
            dispositions.dead_key(connection),
            *(connection.key(stream.name) for stream in stage.writes),
        ]

    async def settle(self, settlements: Sequence[Settlement]) -> int:
        """Apply all of them in one script; how many were still ours to settle. Safe to call again."""
        arguments: list[str | int | float] = [self._stage.group]
        for settlement in settlements:
            arguments += self._arguments(settlement)
        return int(await self._settle(self._keys, arguments))

    async def release_due(self, now_ms: int, limit: int = 100) -> int:
        """Put retries whose time has come back into the stream; how many."""
        return int(await self._release([self._retry_set, self._stream], [now_ms, limit]))

    def _arguments(self, item: Settlement) -> list[str | int | float]:
        puts = [] if item.action == "none" else [(item.stream, item.fields), *item.also]
        arguments: list[str | int | float] = [
            item.entry_id, item.action, item.fetch_id, item.disposition, item.due_ms, len(puts)
        ]  # fmt: skip
        for stream, fields in puts:
            # Six keys come before the streams that are written to, and Lua counts from one.
            target = 0 if stream is None else self._stage.writes.index(stream) + 7
            bound = 0 if stream is None else stream.max_entries or 0
            arguments += [target, bound, 2 * len(fields), *(text for pair in fields.items() for text in pair)]
        return arguments
