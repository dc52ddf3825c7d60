"""How many articles of a question were published when: days that the store counts in one request, put together."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from services.search.catalogue import Catalogue
from services.search.values import resolved
from shared.article_store.fact_query import Interval
from shared.article_store.periods import DAY_MS
from shared.article_store.query import ArticleQuery, Bucket, FacetRequest
from shared.article_store.time_buckets import automatic, starts
from shared.clock import from_ms, to_ms
from shared.errors import LimitExceeded

MAX_INTERVALS = 120
# The values of a facet are a question of their own for each interval, and all of them together must not keep others
# waiting.
_AT_ONCE = 6


@dataclass(frozen=True)
class Slice:
    """The articles published from `start` to before `end`; buckets are the values of the facet asked for."""

    start: datetime
    end: datetime
    count: int
    buckets: tuple[Bucket, ...] = ()


@dataclass(frozen=True)
class Timeline:
    """Slices one after the other without a gap, from the first article found to the last; none where none is found."""

    interval: Interval
    slices: tuple[Slice, ...]


async def timeline(
    catalogue: Catalogue, query: ArticleQuery, interval: Interval | None = None, by: FacetRequest | None = None
) -> Timeline:
    """The counts of the question; without an interval the shortest that gives at most 60 slices.

    Raises:
        LimitExceeded: more than MAX_INTERVALS slices; and as `Catalogue.find`.
    """
    query = await resolved(catalogue, query)
    days = await catalogue.days(query)
    if not days:
        return Timeline(interval or "day", ())
    first, last = from_ms(min(days) * DAY_MS), from_ms(max(days) * DAY_MS)
    chosen = interval or automatic(first, last)
    edges = starts(chosen, first, last)
    if len(edges) - 1 > MAX_INTERVALS:
        raise LimitExceeded(f"more than {MAX_INTERVALS} {chosen}s between first and last: choose a longer interval")
    slices = [Slice(start, end, _between(days, start, end)) for start, end in pairwise(edges)]
    if by is None:
        return Timeline(chosen, tuple(slices))
    counted = replace(query, size=0, cursor=None, highlight=False, facets=(by,))
    turns = asyncio.Semaphore(_AT_ONCE)

    async def with_values(piece: Slice) -> Slice:
        # Where nothing is, nothing is asked.
        if not piece.count:
            return piece
        begin = max(piece.start, query.published_from) if query.published_from else piece.start
        until = min(piece.end, query.published_to) if query.published_to else piece.end
        async with turns:
            found = await catalogue.find(replace(counted, published_from=begin, published_to=until))
        return replace(piece, buckets=found.facets[0].buckets)

    return Timeline(chosen, tuple(await asyncio.gather(*map(with_values, slices))))


def _between(days: Mapping[int, int], start: datetime, end: datetime) -> int:
    first, after = to_ms(start) // DAY_MS, to_ms(end) // DAY_MS
    return sum(count for day, count in days.items() if first <= day < after)
