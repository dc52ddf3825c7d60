"""How fast articles become searchable: how many were indexed lately, when the last one, and how long each took."""

from dataclasses import dataclass
from datetime import datetime
from statistics import median

from shared.bus.envelope import Entry, EntryId, Readable, decode
from shared.clock import from_ms
from shared.events.articles import ArticleIndexed
from shared.redis_client import RedisConnection
from shared.topology import ARTICLES_INDEXED

HOUR_MS = 3_600_000
# Counting more takes the broker longer than a page may; it is said to be at least so many.
MOST_COUNTED = 10_000
# Of so many of the newest it is told how long they took.
_TIMED = 100

# KEYS: a stream. ARGV: the first id that counts, how many are counted at most. The entries stay where they are.
_COUNT = "return #redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])"


@dataclass(frozen=True)
class Throughput:
    """The pace of the last hour.

    Attributes:
        last_hour: articles indexed, at most MOST_COUNTED.
        last_at: when the newest was indexed; None where none was, or that is long ago.
        median_s: from fetched to searchable, of the newest of this hour; None for none.
    """

    last_hour: int
    last_at: datetime | None
    median_s: float | None


async def read_throughput(connection: RedisConnection, now_ms: int) -> Throughput:
    """Ask the stream that says what was indexed."""
    key, since = connection.key(ARTICLES_INDEXED.name), now_ms - HOUR_MS
    counted = await connection.script(_COUNT)([key], [since, MOST_COUNTED])
    newest = await connection.client.xrevrange(key, count=_TIMED)
    events = [decode(Entry(str(entry_id), fields), ArticleIndexed) for entry_id, fields in newest]
    took = [_took_s(item.event) for item in events if isinstance(item, Readable) and _is_since(item.entry, since)]
    last_ms = EntryId.of(newest[0][0]).ms if newest else None
    return Throughput(
        last_hour=int(counted),
        last_at=None if last_ms is None else from_ms(last_ms),
        median_s=median(took) if took else None,
    )


def _is_since(entry: Entry, since_ms: int) -> bool:
    return EntryId.of(entry.id).ms >= since_ms


def _took_s(event: ArticleIndexed) -> float:
    return max(0.0, (event.times.indexed_at - event.times.fetched_at).total_seconds())
