"""Puts the counts of one facet together, the same way whichever store counted."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from shared.article_store.label_search import begins
from shared.article_store.periods import HOUR_MS, Interval, chart, chosen
from shared.article_store.query import ArticleQuery, Bucket, FacetCounts, FacetRequest
from shared.facets import FACETS_BY_NAME, RELATION_LABELS

# Of the time that the store has for an answer, what counting may take: the page is served without it then.
COUNTING_SHARE = 0.7
REFUSED = "the store could not count this facet; its log says why"


def too_slow(time_s: float) -> str:
    """Why nothing was counted that took longer."""
    return f"counting took longer than {time_s:g} s: narrow the search, or ask for fewer facets"


@dataclass(frozen=True)
class Counted:
    """Counts of a facet: its most frequent values, ties by value; those that the filter names; all together.

    Of a date, `top` has the counts by days since 1970 and, where `by_hours` says that they are shown, `hours` those by
    hours; nothing else counts. `whole`: of a facet whose values are few and all counted, no search in labels having
    chosen among them.
    """

    top: Mapping[str, int]
    named: Mapping[str, int]
    all_values: int
    exact: bool = True
    whole: bool = False
    hours: Mapping[str, int] = field(default_factory=dict)


def named_values(query: ArticleQuery, facet: str) -> tuple[str, ...]:
    """The values of a facet that the query's filters include or exclude: they are shown whatever their count."""
    own = [f for f in query.filters if f.facet == facet]
    return tuple(dict.fromkeys(value for f in own for value in (*f.include, *f.exclude)))


def assemble(query: ArticleQuery, request: FacetRequest, counted: Counted, label: Callable[[str], str]) -> FacetCounts:
    """The buckets in the order of the contract, and what is outside of them."""
    facet = FACETS_BY_NAME[request.facet]
    if facet.kind == "date":
        return _chart(query, request, counted)
    included = _included(query, request.facet)
    labels = {span.value: span.label for span in facet.spans}
    if request.is_narrowed:
        return _searched(request, counted, included, lambda value: labels.get(value) or label(value))
    named = {value: counted.named.get(value, 0) for value in named_values(query, request.facet)}
    counts = {**counted.top, **named}
    buckets = [Bucket(v, labels.get(v) or label(v), count, v in included) for v, count in counts.items()]
    places = {value: place for place, value in enumerate(labels)}
    buckets.sort(key=lambda b: (places.get(b.value, 0), -b.count if request.sort == "count" else 0, b.label, b.value))
    return FacetCounts(request.facet, tuple(buckets), counted.all_values - sum(counts.values()), counted.exact)


def _searched(
    request: FacetRequest, counted: Counted, included: Collection[str], label: Callable[[str], str]
) -> FacetCounts:
    """Values found by their labels: those of the articles counted, whatever is selected."""
    facet = FACETS_BY_NAME[request.facet]
    found = [Bucket(value, label(value), count, value in included) for value, count in counted.top.items() if count]
    if not facet.has_terms or counted.whole:
        found = [bucket for bucket in found if begins(bucket.label, request.query)]
    if facet.has_terms:
        found.sort(key=lambda b: (-b.count if request.sort == "count" else 0, b.label, b.value))
    other = 0 if counted.whole else counted.all_values - sum(counted.top.values())
    return FacetCounts(request.facet, tuple(found), max(other, 0), counted.exact)


def not_counted(request: FacetRequest, reason: str) -> FacetCounts:
    """What is answered for a facet that could not be counted."""
    return FacetCounts(request.facet, (), 0, exact=False, failed=reason)


def counted_in_full(request: FacetRequest, counts: Mapping[str, int]) -> Counted:
    """What all values and their counts come to."""
    seen = {value: count for value, count in counts.items() if count}
    best = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    size = len(best) if FACETS_BY_NAME[request.facet].kind == "range" else request.size
    return Counted(dict(best[:size]), counts, sum(seen.values()), whole=True)


def best_label(value: str, labels: Sequence[tuple[str, int]]) -> str:
    """The most frequent of the (label, count) pairs of a value, ties by the alphabet; the value where there is none."""
    return min(labels, key=lambda item: (-item[1], item[0]))[0] if labels else value


def own_label(facet: str, value: str) -> str:
    """The label of a value that is the same on every article."""
    return RELATION_LABELS.get(value, value) if facet == "relation" else value


def _included(query: ArticleQuery, facet: str) -> set[str]:
    return {value for f in query.filters if f.facet == facet for value in f.include}


def _chart(query: ArticleQuery, request: FacetRequest, counted: Counted) -> FacetCounts:
    by_day, interval = _by_step(counted.top), _interval(request, counted.top)
    included = _included(query, request.facet)
    periods = chart("hour", _by_step(counted.hours), HOUR_MS) if interval == "hour" else chart(interval, by_day)
    buckets = tuple(Bucket(value, value, count, value in included) for value, count in periods)
    return FacetCounts(request.facet, buckets, 0, interval=interval)


def by_hours(request: FacetRequest, by_day: Mapping[str, int]) -> bool:
    """Whether a date is shown in hours, given its counts by days."""
    return request.interval == "hour" and _interval(request, by_day) == "hour"


def _interval(request: FacetRequest, by_day: Mapping[str, int]) -> Interval:
    days = _by_step(by_day)
    return chosen(request.interval, min(days, default=0), max(days, default=0))


def _by_step(counts: Mapping[str, int]) -> dict[int, int]:
    return {int(float(step)): count for step, count in counts.items()}
