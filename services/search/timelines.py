"""How many articles of a question were published when: one count for each interval, by a facet where asked for."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from services.search.catalogue import Catalogue
from services.search.values import resolved
from shared.article_store.fact_query import Interval
from shared.article_store.query import ArticleQuery, Bucket, FacetRequest, Sort
from shared.article_store.time_buckets import automatic, starts
from shared.errors import LimitExceeded

MAX_INTERVALS = 120
# Each interval is a question of its own, and all of them together must not keep others waiting.
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
    counted = replace(query, size=0, cursor=None, highlight=False, facets=() if by is None else (by,))
    first, last = await asyncio.gather(_end(catalogue, query, "oldest"), _end(catalogue, query, "newest"))
    if first is None or last is None:
        return Timeline(interval or "day", ())
    chosen = interval or automatic(first, last)
    edges = starts(chosen, first, last)
    if len(edges) - 1 > MAX_INTERVALS:
        raise LimitExceeded(f"more than {MAX_INTERVALS} {chosen}s between first and last: choose a longer interval")
    turns = asyncio.Semaphore(_AT_ONCE)

    async def slice_of(start: datetime, end: datetime) -> Slice:
        begin = max(start, query.published_from) if query.published_from else start
        until = min(end, query.published_to) if query.published_to else end
        async with turns:
            found = await catalogue.find(replace(counted, published_from=begin, published_to=until))
        return Slice(start, end, found.total.value, found.facets[0].buckets if found.facets else ())

    slices = await asyncio.gather(*(slice_of(*edge) for edge in pairwise(edges)))
    return Timeline(chosen, tuple(slices))


async def _end(catalogue: Catalogue, query: ArticleQuery, sort: Sort) -> datetime | None:
    """When the first or the last article of the question was published."""
    asked = replace(
        query, size=1, cursor=None, highlight=False, facets=(), sort="oldest" if sort == "oldest" else "newest"
    )
    found = await catalogue.find(asked)
    return found.hits[0].stored.article.published.at if found.hits else None
