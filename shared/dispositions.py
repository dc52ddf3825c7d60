"""The ledger: each fetch ends exactly once, as indexed, dropped(reason) or dead-lettered.

A fetch enters the hash `inflight` in the script that hands it over and leaves it in the script that settles it. A
counter moves only when the entry was still there, so that a redelivery counts nothing twice.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from shared.redis_client import RedisConnection

INDEXED = "indexed"
DEAD_LETTERED = "dead-lettered"
FETCHED = "fetched"


def dropped(reason: str) -> str:
    """The disposition of an article that is left out on purpose; the reason is a few words in lower case."""
    return f"dropped:{reason}"


# Functions for the scripts that hand over and settle. KEYS and ARGV stay the caller's: the two keys are passed in.
LUA = """
local function ledger_open(inflight, counts, fetch_id, source_id, day, article_id, now_ms)
  if redis.call('HSETNX', inflight, fetch_id, source_id .. '|' .. day .. '|' .. article_id .. '|' .. now_ms) == 1 then
    redis.call('HINCRBY', counts, source_id .. '|' .. day .. '|fetched', 1)
  end
end
local function ledger_close(inflight, counts, fetch_id, disposition)
  local entry = redis.call('HGET', inflight, fetch_id)
  if not entry then return 0 end
  redis.call('HDEL', inflight, fetch_id)
  local source_id, day = string.match(entry, '^([^|]*)|([^|]*)|')
  redis.call('HINCRBY', counts, source_id .. '|' .. day .. '|' .. disposition, 1)
  return 1
end
"""


def inflight_key(connection: RedisConnection) -> str:
    """The hash fetch_id → ``source|day|article_id|since_ms`` of fetches without a disposition."""
    return connection.key("inflight")


def counts_key(connection: RedisConnection) -> str:
    """The hash ``source|day|disposition`` → count."""
    return connection.key("dispositions")


def day_of(now_ms: int) -> str:
    """The UTC day that a fetch is counted under, as 2026-03-02."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).date().isoformat()


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
