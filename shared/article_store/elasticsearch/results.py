"""Reads the answer to a search request into a SearchResult; asks nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from shared.article_store.cursors import Position, RankPosition, TimePosition, encode
from shared.article_store.elasticsearch.certainty import is_certain
from shared.article_store.elasticsearch.counting import AMONG
from shared.article_store.elasticsearch.kept_labels import Labels
from shared.article_store.elasticsearch.mapping import source_of
from shared.article_store.facet_counts import (
    Counted,
    assemble,
    best_label,
    by_hours,
    counted_in_full,
    named_values,
    own_label,
)
from shared.article_store.highlighting import highlight
from shared.article_store.histograms import days_of, hours_of
from shared.article_store.indexed import parse_label_term, values_below
from shared.article_store.label_search import values_of
from shared.article_store.narrowing import RELATION
from shared.article_store.query import ArticleQuery, FacetCounts, FacetRequest, Hit, SearchResult, Total
from shared.facets import FACETS_BY_NAME

Answer = Mapping[str, Any]

_NOTHING: Answer = {"buckets": [], "sum_other_doc_count": 0}


def read(query: ArticleQuery, position: Position | None, answer: Answer, labels: Labels) -> SearchResult:
    """The result of an answer to `counting.search`; a value without a label is shown by its id."""
    found, total = answer["hits"]["hits"], answer["hits"]["total"]
    counts = _by_facet(answer)
    return SearchResult(
        total=Total(total["value"], total["relation"]),
        hits=tuple(_hit(query, hit) for hit in found[: query.size]),
        facets=tuple(_facet(query, r, counts.get(r.facet, {}), labels) for r in query.facets),
        next=encode(query, _following(query, position, answer)) if has_more(query, answer) else None,
    )


def has_more(query: ArticleQuery, answer: Answer) -> bool:
    """Whether an answer to `counting.search` holds the hit too many that says that another page follows."""
    return len(answer["hits"]["hits"]) > query.size > 0


def read_nearest(answer: Answer) -> tuple[Hit, ...]:
    """The hits of an answer to `queries.nearest`; Elasticsearch scores a cosine from 0 to 1."""
    hits = (Hit(source_of(hit), 2 * hit["_score"] - 1) for hit in answer["hits"]["hits"])
    return tuple(sorted(hits, key=lambda hit: (-(hit.score or 0.0), hit.stored.article_id)))


def with_copies(found: SearchResult, answer: Answer) -> SearchResult:
    """The result with the copies that an answer to `queries.copies` counts."""
    counts = _counts(answer.get("aggregations", {}).get("copies", _NOTHING))
    return replace(found, hits=tuple(replace(hit, copies=counts.get(hit.stored.article_id, 0)) for hit in found.hits))


def position_of(hit: Answer) -> TimePosition:
    """Where the next page in an order by time starts that ends with this hit."""
    order, article_id = hit["sort"][-2:]
    return TimePosition(order, article_id)


def to_be_labelled(query: ArticleQuery, answer: Answer) -> dict[str, list[str]]:
    """The values to be shown whose labels are those that articles have, by facet."""
    by_facet, shown = _by_facet(answer), {}
    for request in query.facets:
        if FACETS_BY_NAME[request.facet].kind == "labelled" and request.facet != RELATION:
            counts = by_facet.get(request.facet, {})
            if values := list(dict.fromkeys([*_top(counts, request), *_named(query, request)])):
                shown[request.facet] = values
    return shown


def in_doubt(query: ArticleQuery, answer: Answer) -> tuple[FacetRequest, ...]:
    """The facets whose most frequent values are to be counted again, by `counting.deeper`."""
    counts = _by_facet(answer)
    asked = (r for r in query.facets if FACETS_BY_NAME[r.facet].has_terms and not r.is_narrowed)
    return tuple(r for r in asked if not is_certain(counts.get(r.facet, {}).get("top", _NOTHING), r.size))


def read_days(answer: Answer) -> dict[int, int]:
    """The counts in an answer to `counting.days`, by days since 1970."""
    return days_of(_counts(answer.get("aggregations", {}).get("days", _NOTHING)))


def slices_of(answer: Answer, stretches: int) -> list[Answer]:
    """An answer for each stretch of an answer to `counting.over_time`; of no index at all they hold nothing."""
    buckets = answer.get("aggregations", {}).get("slices", _NOTHING)["buckets"]
    return [{"aggregations": bucket} for bucket in buckets] or [{}] * stretches


def read_slice(query: ArticleQuery, answer: Answer, labels: Labels) -> FacetCounts:
    """The counts of the query's facet in one of `slices_of`."""
    [request] = query.facets
    return _facet(query, request, _by_facet(answer).get(request.facet, {}), labels)


def in_hours(query: ArticleQuery, answer: Answer) -> tuple[FacetRequest, ...]:
    """The dates that are shown in hours, which an answer to `counting.hours` counts."""
    counts = _by_facet(answer)
    dates = (r for r in query.facets if FACETS_BY_NAME[r.facet].kind == "date")
    return tuple(r for r in dates if by_hours(r, _counts(counts.get(r.facet, {}).get("top", _NOTHING))))


def with_more(answer: Answer, more: Answer) -> Answer:
    """The answer to `counting.search` with what one to `counting.hours` or `counting.deeper` adds to it."""
    return {**answer, "aggregations": {**answer.get("aggregations", {}), **more.get("aggregations", {})}}


def read_labels(answer: Answer) -> dict[tuple[str, str], str]:
    """The label of each (facet, value) in an answer to `labels.labels`."""
    return {
        (facet, value): label for facet, counts in _by_facet(answer).items() for value, label in _labels(counts).items()
    }


def read_searched(requests: Sequence[FacetRequest], answer: Answer) -> dict[str, tuple[str, ...]]:
    """The values that an answer to `labels.labels_searched` finds for each facet."""
    counts = _by_facet(answer)
    return {r.facet: _values_wanted(r, counts.get(r.facet, {})) for r in requests}


def _values_wanted(request: FacetRequest, counts: Answer) -> tuple[str, ...]:
    below = values_below(_counts(counts.get("below", _NOTHING)))
    if not request.query.strip():
        return tuple(sorted(below))
    by_label = values_of(_counts(counts.get("top", _NOTHING)), request.query)
    return tuple(value for value in by_label if request.under is None or value in below)


def as_far_as_searched(found: SearchResult, by_label: Answer) -> SearchResult:
    """The result, its counts said to be inexact where there were more labels to search in than were looked at."""
    cut = {
        facet
        for facet, counts in _by_facet(by_label).items()
        if any(part.get("sum_other_doc_count") for part in counts.values())
    }
    if not cut:
        return found
    return replace(found, facets=tuple(replace(f, exact=f.exact and f.facet not in cut) for f in found.facets))


def _following(query: ArticleQuery, position: Position | None, answer: Answer) -> Position:
    last = answer["hits"]["hits"][query.size - 1]
    if query.effective_sort != "relevance":
        return position_of(last)
    score, order, place = last["sort"]
    offset = position.offset if isinstance(position, RankPosition) else 0
    # Elasticsearch may call a point in time by another name from one page to the next.
    return RankPosition(offset + query.size, answer["pit_id"], (float(score), order, place))


def _hit(query: ArticleQuery, hit: Answer) -> Hit:
    stored = source_of(hit)
    return Hit(stored, hit.get("_score"), highlight(stored, query.wanted_words()) if query.highlight else None)


def _facet(query: ArticleQuery, request: FacetRequest, counts: Answer, labels: Labels) -> FacetCounts:
    if "each" in counts:
        found = {str(value): int(bucket["doc_count"]) for value, bucket in counts["each"]["buckets"].items()}
        return assemble(query, request, counted_in_full(request, found), partial(own_label, request.facet))
    top = counts.get("top", _NOTHING)
    counted = Counted(
        top=_top(counts, request),
        named=_counts(counts.get("named", _NOTHING)),
        all_values=sum(bucket["doc_count"] for bucket in top["buckets"]) + int(top.get("sum_other_doc_count", 0)),
        exact=is_certain(top, request.size),
        hours=hours_of(_counts(counts.get("hours", _NOTHING))),
    )
    name = request.facet
    return assemble(query, request, counted, lambda value: labels.get((name, value)) or own_label(name, value))


def _named(query: ArticleQuery, request: FacetRequest) -> tuple[str, ...]:
    return () if request.is_narrowed else named_values(query, request.facet)


def _by_facet(answer: Answer) -> dict[str, dict[str, Any]]:
    """The aggregations of each facet by what they count of it. Of no index at all there are none."""
    by_facet: dict[str, dict[str, Any]] = {}
    found = answer.get("aggregations", {})
    together = [counts for name, counts in found.items() if name.startswith(AMONG)]
    for counts in (found, *together):
        for name, one in counts.items():
            if isinstance(one, Mapping) and "buckets" in one:
                facet, _, part = name.partition(" ")
                by_facet.setdefault(facet, {})[part] = one
    return by_facet


def _top(counts: Answer, request: FacetRequest) -> dict[str, int]:
    buckets = counts.get("top", _NOTHING)["buckets"]
    size = request.size if FACETS_BY_NAME[request.facet].has_terms else None
    return _counts({"buckets": buckets[:size]})


def _labels(counts: Answer) -> dict[str, str]:
    """The label of each value that any of the aggregations of labels holds."""
    by_value: dict[str, list[tuple[str, int]]] = {}
    for terms in counts.values():
        for term, count in _counts(terms).items():
            value, label = parse_label_term(term)
            by_value.setdefault(value, []).append((label, count))
    return {value: best_label(value, labels) for value, labels in by_value.items()}


def _counts(terms: Answer) -> dict[str, int]:
    return {str(bucket["key"]): int(bucket["doc_count"]) for bucket in terms["buckets"]}
