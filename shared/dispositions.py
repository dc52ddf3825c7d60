"""The ledger: each fetch ends exactly once, as indexed, dropped(reason) or dead-lettered.

A fetch enters the hash `inflight` in the script that hands it over and leaves it in the script that settles it; burial
moves it to the hash `dead`, replay moves it back. A counter moves only when the entry was still there, so that a
redelivery counts nothing twice, and at every moment and for every source and day

    fetched = indexed + dropped + dead-lettered + in flight
"""

from collections import Counter
from dataclasses import dataclass

from shared.clock import from_ms
from shared.redis_client import RedisConnection

INDEXED = "indexed"
DEAD_LETTERED = "dead-lettered"
LOST = "lost"
FETCHED = "fetched"


def dropped(reason: str) -> str:
    """The disposition of an article that is left out on purpose; the reason is a few words in lower case."""
    return f"dropped:{reason}"


# Functions for the scripts that hand over, settle and replay. KEYS and ARGV stay the caller's: the keys are passed in.
LUA = """
local function ledger_count(counts, entry, disposition, by)
  local source_id, day = string.match(entry, '^([^|]*)|([^|]*)|')
  redis.call('HINCRBY', counts, source_id .. '|' .. day .. '|' .. disposition, by)
end
local function ledger_take(hash, fetch_id)
  local entry = redis.call('HGET', hash, fetch_id)
  if entry then redis.call('HDEL', hash, fetch_id) end
  return entry
end
local function ledger_open(inflight, counts, fetch_id, source_id, day, article_id, now_ms)
  if redis.call('HSETNX', inflight, fetch_id, source_id .. '|' .. day .. '|' .. article_id .. '|' .. now_ms) == 1 then
    redis.call('HINCRBY', counts, source_id .. '|' .. day .. '|fetched', 1)
  end
end
local function ledger_close(inflight, counts, fetch_id, disposition)
  local entry = ledger_take(inflight, fetch_id)
  if entry then ledger_count(counts, entry, disposition, 1) end
end
local function ledger_bury(inflight, dead, counts, fetch_id)
  local entry = ledger_take(inflight, fetch_id)
  if not entry then return end
  redis.call('HSET', dead, fetch_id, entry)
  ledger_count(counts, entry, 'dead-lettered', 1)
end
local function ledger_replay(inflight, dead, counts, fetch_id)
  local entry = ledger_take(dead, fetch_id)
  if not entry then return end
  redis.call('HSET', inflight, fetch_id, entry)
  ledger_count(counts, entry, 'dead-lettered', -1)
end
local function ledger_discard(dead, counts, fetch_id)
  local entry = ledger_take(dead, fetch_id)
  if not entry then return end
  ledger_count(counts, entry, 'dead-lettered', -1)
  ledger_count(counts, entry, 'dropped:discarded', 1)
end
"""


def inflight_key(connection: RedisConnection) -> str:
    """The hash fetch_id → ``source|day|article_id|since_ms`` of fetches without a disposition."""
    return connection.key("inflight")


def dead_key(connection: RedisConnection) -> str:
    """The hash fetch_id → the same, of fetches whose event lies in the dead letters."""
    return connection.key("dead")


def counts_key(connection: RedisConnection) -> str:
    """The hash ``source|day|disposition`` → count."""
    return connection.key("dispositions")


def day_of(now_ms: int) -> str:
    """The UTC day that a fetch is counted under, as 2026-03-02."""
    return from_ms(now_ms).date().isoformat()


@dataclass(frozen=True)
class Ledger:
    """The sums: fetched = settled + in flight, by disposition and by source."""

    fetched: int
    in_flight: int
    by_disposition: dict[str, int]
    by_source: dict[str, dict[str, int]]

    @property
    def settled(self) -> int:
        return sum(self.by_disposition.values())


async def read_ledger(connection: RedisConnection) -> Ledger:
    """Add up the counters. Read while articles move, the parts may be a moment apart."""
    counts: dict[str, str] = await connection.client.hgetall(counts_key(connection))
    by_disposition: Counter[str] = Counter()
    by_source: dict[str, Counter[str]] = {}
    for field, count in counts.items():
        source_id, _day, disposition = field.split("|", 2)
        by_source.setdefault(source_id, Counter())[disposition] += int(count)
        if disposition != FETCHED:
            by_disposition[disposition] += int(count)
    return Ledger(
        fetched=sum(source[FETCHED] for source in by_source.values()),
        in_flight=await connection.client.hlen(inflight_key(connection)),
        by_disposition=dict(by_disposition),
        by_source={source: dict(sums) for source, sums in by_source.items()},
    )
