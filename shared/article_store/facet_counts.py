"""Puts the counts of one facet together, the same way whichever store counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.article_store.periods import chart, chosen
from shared.article_store.query import ArticleQuery, Bucket, FacetCounts, FacetRequest
from shared.facets import FACETS_BY_NAME, RELATION_LABELS


@dataclass(frozen=True)
class Counted:
    """Counts of a facet: its most frequent values, ties by value; those that the filter names; all together.

    Of a date, `top` has the counts by days since 1970, and nothing else counts.
    """

    top: Mapping[str, int]
    named: Mapping[str, int]
    all_values: int
    exact: bool = True


def named_values(query: ArticleQuery, facet: str) -> tuple[str, ...]:
    """The values of a facet that the query's filters include or exclude: they are shown whatever their count."""
    own = [f for f in query.filters if f.facet == facet]
    return tuple(dict.fromkeys(value for f in own for value in (*f.include, *f.exclude)))


def assemble(query: ArticleQuery, request: FacetRequest, counted: Counted, label: Callable[[str], str]) -> FacetCounts:
    """The buckets in the order of the contract, and what is outside of them."""
    facet = FACETS_BY_NAME[request.facet]
    if facet.kind == "date":
        return _chart(query, request, counted)
    named = {value: counted.named.get(value, 0) for value in named_values(query, request.facet)}
    counts = {**counted.top, **named}
    included = _included(query, request.facet)
    labels = {span.value: span.label for span in facet.spans}
    buckets = [Bucket(v, labels.get(v) or label(v), count, v in included) for v, count in counts.items()]
    places = {value: place for place, value in enumerate(labels)}
    buckets.sort(key=lambda b: (places.get(b.value, 0), -b.count if request.sort == "count" else 0, b.label, b.value))
    return FacetCounts(request.facet, tuple(buckets), counted.all_values - sum(counts.values()), counted.exact)


def counted_in_full(request: FacetRequest, counts: Mapping[str, int]) -> Counted:
    """What all values and their counts come to."""
    seen = {value: count for value, count in counts.items() if count}
    best = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    size = len(best) if FACETS_BY_NAME[request.facet].kind == "range" else request.size
    return Counted(dict(best[:size]), counts, sum(seen.values()))


def best_label(value: str, labels: Sequence[tuple[str, int]]) -> str:
    """The most frequent of the (label, count) pairs of a value, ties by the alphabet; the value where there is none."""
    return min(labels, key=lambda item: (-item[1], item[0]))[0] if labels else value


def own_label(facet: str, value: str) -> str:
    """The label of a value that is the same on every article."""
    return RELATION_LABELS.get(value, value) if facet == "relation" else value


def _included(query: ArticleQuery, facet: str) -> set[str]:
    return {value for f in query.filters if f.facet == facet for value in f.include}


def _chart(query: ArticleQuery, request: FacetRequest, counted: Counted) -> FacetCounts:
    by_day = {int(float(day)): count for day, count in counted.top.items()}
    interval = chosen(request.interval, min(by_day, default=0), max(by_day, default=0))
    included = _included(query, request.facet)
    buckets = tuple(Bucket(value, value, count, value in included) for value, count in chart(interval, by_day))
    return FacetCounts(request.facet, buckets, 0, interval=interval)
