"""Counts facet values exactly, although Tantivy's segments each offer only their best.

A first look takes the most frequent values as the segments tell them, with the most that each count may be short of.
What could belong to the best is counted again where that is not zero; where something unseen could, a deeper look
follows. Ties at the end are decided by the value.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import tantivy
from tantivy import Occur, Query

from shared.article_store.facet_counts import Counted, best_label, by_hours, counted_in_full
from shared.article_store.histograms import DAYS, HOURS, days_of, hours_of
from shared.article_store.indexed import label_prefix, parse_label_term, values_below
from shared.article_store.label_search import MAX_MATCHING_LABELS, values_of
from shared.article_store.narrowing import Condition
from shared.article_store.query import FacetRequest
from shared.article_store.tantivy.exact import labels_with
from shared.article_store.tantivy.queries import condition_query, counts, counts_of
from shared.facets import FACETS_BY_NAME


@dataclass(frozen=True)
class _Look:
    """How many values are asked for, and how many each segment may offer."""

    size: int
    segment_size: int


# Tantivy answers at most 65,000 buckets; the last look has no segment hold anything back.
_LOOKS = (_Look(100, 2_000), _Look(4_000, 40_000), _Look(60_000, 2**31))

# Of an index without any article there are no stretches either.
_NOTHING: Mapping[str, Any] = {"top": {"buckets": [], "sum_other_doc_count": 0, "doc_count_error_upper_bound": 0}}


@dataclass(frozen=True)
class FacetQuestion:
    """A facet to count, and the values of it that are counted in any case."""

    request: FacetRequest
    named: tuple[str, ...] = ()


def count_searched(searcher: tantivy.Searcher, query: Query, request: FacetRequest) -> Counted:
    """The counts of those values of a facet that the words asked for find by a label."""
    values = _values_wanted(searcher, request)
    exact, values = len(values) <= MAX_MATCHING_LABELS, values[:MAX_MATCHING_LABELS]
    if not values:
        return Counted({}, {}, 0)
    found = _counts(searcher.aggregate(query, {"found": counts_of(request.facet, values)})["found"])
    best = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return Counted(dict(best[: request.size]), {}, sum(found.values()), exact)


def _values_wanted(searcher: tantivy.Searcher, request: FacetRequest) -> tuple[str, ...]:
    """The values of the index that a request asks for by their labels, or by what they lie below."""
    facet, below = FACETS_BY_NAME[request.facet], None
    if request.under is not None:
        prefix = label_prefix(request.under)
        below = values_below(term for term, _ in labels_with(searcher, facet.below_field, prefix))
    if not request.query.strip():
        return tuple(sorted(below or ()))
    terms = [term for term, _ in labels_with(searcher, facet.label_field, "")]
    return tuple(value for value in values_of(terms, request.query) if below is None or value in below)


def count(searcher: tantivy.Searcher, query: Query, questions: Sequence[FacetQuestion]) -> dict[str, Counted]:
    """The counts of facets among what the query finds, by name; one request in most cases."""
    dates = {q.request.facet: q.request for q in questions if FACETS_BY_NAME[q.request.facet].kind == "date"}
    questions = [q for q in questions if q.request.facet not in dates]
    requested = {q.request.facet: _whole(q.request) for q in questions}
    asked = {f"top {name}": _terms(name, _look(request.size, 0)) for name, request in requested.items()}
    asked |= {f"named {q.request.facet}": counts_of(q.request.facet, q.named) for q in questions if q.named}
    asked |= dict.fromkeys(dates, DAYS)
    answer = searcher.aggregate(query, asked) if asked else {}
    charts = {name: _chart(searcher, query, request, _counts(answer[name])) for name, request in dates.items()}
    return charts | {
        name: Counted(
            top=_top(searcher, query, request, answer[f"top {name}"]),
            named=_counts(answer[f"named {name}"]) if f"named {name}" in answer else {},
            all_values=sum(_counts(answer[f"top {name}"]).values()) + int(answer[f"top {name}"]["sum_other_doc_count"]),
        )
        for name, request in requested.items()
    }


def _chart(searcher: tantivy.Searcher, query: Query, request: FacetRequest, by_day: Mapping[str, int]) -> Counted:
    """Of a date, its days; and its hours where these are shown, which are then not too many."""
    hours = searcher.aggregate(query, {"hours": HOURS})["hours"] if by_hours(request, by_day) else {"buckets": []}
    return Counted(by_day, {}, 0, hours=hours_of(_counts(hours)))


def count_days(searcher: tantivy.Searcher, query: Query) -> dict[int, int]:
    """How many articles that the query finds were published on each day since 1970."""
    return days_of(_counts(searcher.aggregate(query, {"days": DAYS})["days"]))


def count_each(
    searcher: tantivy.Searcher,
    schema: tantivy.Schema,
    query: Query,
    request: FacetRequest,
    each: Mapping[str, Condition],
) -> Counted:
    """The counts of values that are conditions of their own among what the query finds."""
    counts = {
        value: count_of(
            searcher, Query.boolean_query([(Occur.Must, query), (Occur.Must, condition_query(schema, condition))])
        )
        for value, condition in each.items()
    }
    return counted_in_full(request, counts)


def count_of(searcher: tantivy.Searcher, found: Query) -> int:
    """How many articles a query finds."""
    return int(searcher.search(found, limit=1, count=True).count)  # type: ignore[attr-defined]  # its stub forgets it


def count_over_time(
    searcher: tantivy.Searcher,
    query: Query,
    question: FacetQuestion,
    edges: Sequence[int],
    within: Callable[[int, int], Query],
) -> list[Counted]:
    """The counts of a facet in each stretch between two days since 1970; one request in most cases.

    Args:
        within: what the query finds in one stretch, should a stretch be counted again.
    """
    request, stretches = _whole(question.request), list(pairwise(edges))
    aggs = {"top": _terms(request.facet, _look(request.size, 0))}
    if question.named:
        aggs["named"] = counts_of(request.facet, question.named)
    ranges = [{"from": start, "to": end} for start, end in stretches]
    asked = {"slices": {"range": {"field": "published_day", "ranges": ranges}, "aggs": aggs}}
    # What lies before the first and after the last is counted, too, and not asked for.
    buckets = searcher.aggregate(query, asked)["slices"]["buckets"]
    found = {(int(b["from"]), int(b["to"])): b for b in buckets if "from" in b and "to" in b}
    counted = [found.get(stretch, _NOTHING) for stretch in stretches]
    return [
        _counted(one, _top(searcher, within(*stretch), request, one["top"]))
        for stretch, one in zip(stretches, counted, strict=True)
    ]


def _counted(answer: Mapping[str, Any], top: Mapping[str, int]) -> Counted:
    """What an answer with the aggregations `top` and `named` comes to, its most frequent values being these."""
    return Counted(
        top=top,
        named=_counts(answer["named"]) if "named" in answer else {},
        all_values=sum(_counts(answer["top"]).values()) + int(answer["top"]["sum_other_doc_count"]),
    )


def _whole(request: FacetRequest) -> FacetRequest:
    """A range is counted with all its spans, whatever the size asked for."""
    spans = FACETS_BY_NAME[request.facet].spans
    return replace(request, size=len(spans)) if spans else request


def label_of(searcher: tantivy.Searcher, facet: str, value: str) -> str:
    """The label of a value: where there are several, the one that most of all articles have, whatever is found."""
    definition = FACETS_BY_NAME[facet]
    if definition.kind != "labelled":
        return value
    prefix = label_prefix(value)
    known = labels_with(searcher, definition.label_field, prefix)
    if len(known) > 1:
        # Without a query it would count articles that were replaced, too.
        known = labels_with(searcher, definition.label_field, prefix, Query.all_query()) or known
    return best_label(value, [(parse_label_term(term).label, number) for term, number in known])


def _top(searcher: tantivy.Searcher, query: Query, request: FacetRequest, first: Mapping[str, Any]) -> dict[str, int]:
    """The `size` most frequent values, ties by value, with exact counts."""
    result = first
    for depth in range(len(_LOOKS)):
        if depth:
            result = searcher.aggregate(query, {"top": _terms(request.facet, _look(request.size, depth))})["top"]
        found, short_by = _counts(result), int(result["doc_count_error_upper_bound"])
        ordered = sorted(found.values(), reverse=True)
        needed = ordered[request.size - 1] - short_by if 0 < request.size <= len(ordered) else 0
        all_seen = result["sum_other_doc_count"] == 0
        if request.size == 0 or all_seen or ordered[-1] < needed:
            break
    candidates = [value for value, number in found.items() if number >= needed]
    if short_by and candidates:
        found = _counts(searcher.aggregate(query, {"again": counts_of(request.facet, candidates)})["again"])
    best = sorted(((value, found[value]) for value in candidates), key=lambda item: (-item[1], item[0]))
    return dict(best[: request.size])


def _look(size: int, depth: int) -> _Look:
    look = _LOOKS[depth]
    return _Look(max(look.size, 4 * size), max(look.segment_size, 40 * size))


def _terms(facet: str, look: _Look) -> dict[str, Any]:
    return counts(facet, look.size, look.segment_size)


def _counts(result: Mapping[str, Any]) -> dict[str, int]:
    buckets: Iterable[Mapping[str, Any]] = result["buckets"]
    return {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
