"""How many articles of a question were published when: days and values that the store counts in a request each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from services.search.finding.catalogue import Catalogue
from services.search.finding.values import resolved
from shared.article_store.fact_query import Interval
from shared.article_store.periods import DAY_MS
from shared.article_store.query import ArticleQuery, Bucket, FacetRequest
from shared.article_store.time_buckets import automatic, between_days, starts
from shared.clock import from_ms, to_ms
from shared.errors import LimitExceeded

MAX_INTERVALS = 120


@dataclass(frozen=True)
class Slice:
    """The articles published from `start` to before `end`; buckets are the values of the facet asked for."""

    start: datetime
    end: datetime
    count: int
    buckets: tuple[Bucket, ...] = ()

    def within(self, query: ArticleQuery) -> ArticleQuery:
        """The question for the articles of the slice."""
        return between_days(query, to_ms(self.start) // DAY_MS, to_ms(self.end) // DAY_MS)


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
    days_of_edges = [to_ms(edge) // DAY_MS for edge in edges]
    values = await catalogue.values_over_time(query, by, days_of_edges)
    return Timeline(
        chosen,
        tuple(
            replace(piece, buckets=counts.buckets if piece.count else ())
            for piece, counts in zip(slices, values, strict=True)
        ),
    )


def _between(days: Mapping[int, int], start: datetime, end: datetime) -> int:
    first, after = to_ms(start) // DAY_MS, to_ms(end) // DAY_MS
    return sum(count for day, count in days.items() if first <= day < after)
