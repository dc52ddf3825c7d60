"""Puts the counts of one facet together, the same way whichever store counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.article_store.query import ArticleQuery, Bucket, FacetCounts, FacetRequest


@dataclass(frozen=True)
class Counted:
    """Exact counts of a facet: its most frequent values, ties by value; those that the filter names; all together."""

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
    named = {value: counted.named.get(value, 0) for value in named_values(query, request.facet)}
    counts = {**counted.top, **named}
    included = {value for f in query.filters if f.facet == request.facet for value in f.include}
    buckets = [Bucket(value, label(value), count, value in included) for value, count in counts.items()]
    buckets.sort(key=lambda b: (-b.count if request.sort == "count" else 0, b.label, b.value))
    return FacetCounts(request.facet, tuple(buckets), counted.all_values - sum(counts.values()), counted.exact)


def best_label(value: str, labels: Sequence[tuple[str, int]]) -> str:
    """The most frequent of the (label, count) pairs of a value, ties by the alphabet; the value where there is none."""
    return min(labels, key=lambda item: (-item[1], item[0]))[0] if labels else value
