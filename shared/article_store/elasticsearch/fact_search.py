"""Answers a FactQuery: one request in most cases, a second one for labels and sums."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from shared.article_store.elasticsearch import fact_queries
from shared.article_store.elasticsearch.fact_mapping import fact_of
from shared.article_store.elasticsearch.queries import Body
from shared.article_store.facet_counts import best_label
from shared.article_store.fact_paging import FactPosition, decode_fact_cursor, encode_fact_cursor
from shared.article_store.fact_query import FactCount, FactQuery, FactResult, FactSum
from shared.article_store.facts import CENTS_PER_DOLLAR, LABELLED
from shared.article_store.indexed import parse_label_term
from shared.article_store.query import Bucket, FacetCounts, Total
from shared.article_store.time_buckets import automatic, starts
from shared.clock import from_ms, to_ms

Answer = Mapping[str, Any]
Ask = Callable[[Body], Awaitable[Answer]]
_NOTHING: Answer = {"buckets": [], "sum_other_doc_count": 0}


async def search_facts(ask: Ask, query: FactQuery) -> FactResult:
    """The page, the counts and the sums of a query that is within its bounds.

    Raises:
        InvalidInput: the cursor is not of this query.
        LimitExceeded: too many intervals to add up.
    """
    first = await ask(fact_queries.search_facts(query, decode_fact_cursor(query)))
    span = _span(first)
    interval = automatic(*span) if span and query.sums == "auto" else query.sums if span else None
    edges = [to_ms(start) for start in starts(interval, *span)] if interval and interval != "auto" and span else []
    shown = _shown(query, first)
    second = await ask(fact_queries.sums_and_labels(query, edges, shown)) if edges or shown else {}
    labels = _labels(second)
    hits = first["hits"]["hits"]
    return FactResult(
        total=Total(first["hits"]["total"]["value"]),
        facts=tuple(fact_of(hit) for hit in hits[: query.size]),
        counts=tuple(_counts(count, first, labels) for count in query.counts),
        sums=_sums(second) if edges else (),
        interval=interval if interval != "auto" else None,
        next=encode_fact_cursor(query, FactPosition(*hits[query.size - 1]["sort"])) if _more(query, hits) else None,
    )


def _more(query: FactQuery, hits: list[Answer]) -> bool:
    return len(hits) > query.size > 0


def _aggregation(answer: Answer, name: str) -> Answer:
    """Of no index at all there are no aggregations."""
    found: Answer = answer.get("aggregations", {}).get(name, _NOTHING)
    return found


def _span(answer: Answer) -> tuple[datetime, datetime] | None:
    """When the first and the last article with a fact was published; None where there is none or nobody asked."""
    first, last = (_aggregation(answer, name).get("value") for name in ("min", "max"))
    return None if first is None or last is None else (from_ms(int(first)), from_ms(int(last)))


def _values(count: FactCount, answer: Answer) -> list[tuple[str, int]]:
    buckets = _aggregation(answer, f"count {count.field}")["buckets"][: count.size]
    return [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets]


def _shown(query: FactQuery, answer: Answer) -> dict[str, list[str]]:
    """The values whose labels are missing, by the field that holds these."""
    shown: dict[str, list[str]] = {}
    for count in query.counts:
        if count.field in LABELLED and (values := _values(count, answer)):
            shown.setdefault(f"{LABELLED[count.field]}_label", []).extend(value for value, _ in values)
    return {field: list(dict.fromkeys(values)) for field, values in shown.items()}


def _labels(answer: Answer) -> dict[tuple[str, str], str]:
    """The label of each value, by the field that holds it and the value."""
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for name, aggregation in answer.get("aggregations", {}).items():
        field = name.partition(" ")[0]
        for bucket in aggregation["buckets"] if name != "sums" else ():
            value, label = parse_label_term(bucket["key"])
            found.setdefault((field, value), []).append((label, int(bucket["doc_count"])))
    return {key: best_label(key[1], labels) for key, labels in found.items()}


def _counts(count: FactCount, answer: Answer, labels: Mapping[tuple[str, str], str]) -> FacetCounts:
    aggregation = _aggregation(answer, f"count {count.field}")
    everything = sum(b["doc_count"] for b in aggregation["buckets"]) + int(aggregation["sum_other_doc_count"])
    field = f"{LABELLED.get(count.field)}_label"
    values = _values(count, answer)
    buckets = [Bucket(value, labels.get((field, value), value), number) for value, number in values]
    return FacetCounts(count.field, tuple(buckets), everything - sum(bucket.count for bucket in buckets))


def _sums(answer: Answer) -> tuple[FactSum, ...]:
    return tuple(
        FactSum(from_ms(int(b["from"])), int(b["doc_count"]), b["amount"]["value"] / CENTS_PER_DOLLAR)
        for b in _aggregation(answer, "sums")["buckets"]
    )
