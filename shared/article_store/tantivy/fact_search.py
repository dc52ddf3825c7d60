"""Answers a FactQuery from the index of facts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import tantivy
from tantivy import Order, Query

from shared.article_store.facet_counts import best_label
from shared.article_store.fact_paging import FactPosition, decode_fact_cursor, encode_fact_cursor
from shared.article_store.fact_query import FactCount, FactQuery, FactResult, FactSum, Interval
from shared.article_store.facts import CENTS_PER_DOLLAR, LABELLED, StoredFact
from shared.article_store.indexed import label_prefix, parse_label_term
from shared.article_store.query import Bucket, FacetCounts, Total
from shared.article_store.tantivy import fact_queries
from shared.article_store.tantivy.exact import labels_with
from shared.article_store.tantivy.facts import fact_of, fact_schema
from shared.article_store.tantivy.walking import Walk
from shared.article_store.time_buckets import automatic, starts
from shared.clock import from_ms, to_ms

# Tantivy answers at most 65,000 buckets.
_ALL_VALUES = 60_000
# Room for what ties with the last of a count.
_SPARE = 20


def search_facts(searcher: tantivy.Searcher, query: FactQuery) -> FactResult:
    """The page, the counts and the sums of a query that is within its bounds.

    Raises:
        InvalidInput: the cursor is not of this query.
        LimitExceeded: too many intervals to add up.
    """
    position, schema = decode_fact_cursor(query), fact_schema()
    found = fact_queries.matching(schema, query)
    walk = _walk(query)
    after = None if position is None else (position.order, position.fact_id)
    page, more = walk.page(searcher, schema, found, query.size, after)
    interval, sums = _sums(searcher, query, found)
    return FactResult(
        total=Total(int(searcher.search(found, limit=1, count=True).count)),  # type: ignore[attr-defined]
        facts=tuple(page),
        counts=tuple(_counts(searcher, found, count) for count in query.counts),
        sums=sums,
        interval=interval,
        next=encode_fact_cursor(query, FactPosition(*walk.place(page[-1]))) if more else None,
    )


def _walk(query: FactQuery) -> Walk[StoredFact]:
    field = fact_queries.ORDER_FIELDS[query.sort]
    return Walk(field, query.sort == "oldest", fact_of, lambda fact: (getattr(fact, field), fact.fact_id))


def _counts(searcher: tantivy.Searcher, found: Query, count: FactCount) -> FacetCounts:
    """The most frequent values, ties by value; where a tie goes beyond what was asked for, all are."""
    for size in (4 * count.size + _SPARE, _ALL_VALUES):
        answer = searcher.aggregate(found, {"values": fact_queries.counts(count.field, size)})["values"]
        values = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in answer["buckets"]}
        best = sorted(values.items(), key=lambda item: (-item[1], item[0]))[: count.size]
        if len(values) < size or not best or min(values.values()) < best[-1][1]:
            break
    everything = sum(values.values()) + int(answer["sum_other_doc_count"])
    buckets = [Bucket(value, _label(searcher, found, count, value), number) for value, number in best]
    return FacetCounts(count.field, tuple(buckets), everything - sum(bucket.count for bucket in buckets))


def _label(searcher: tantivy.Searcher, found: Query, count: FactCount, value: str) -> str:
    """The label of a value most frequent among what is found."""
    if count.field not in LABELLED:
        return value
    field, prefix = f"{LABELLED[count.field]}_label", label_prefix(value)
    known = labels_with(searcher, field, prefix)
    if len(known) > 1:
        known = labels_with(searcher, field, prefix, found) or known
    return best_label(value, [(parse_label_term(term).label, number) for term, number in known])


def _sums(searcher: tantivy.Searcher, query: FactQuery, found: Query) -> tuple[Interval | None, tuple[FactSum, ...]]:
    if query.sums is None or (span := _span(searcher, found)) is None:
        return None, ()
    interval = automatic(*span) if query.sums == "auto" else query.sums
    edges = [to_ms(start) for start in starts(interval, *span)]
    answer: Mapping[str, Any] = searcher.aggregate(found, {"sums": fact_queries.sums(edges)})["sums"]
    by_start = {bucket["from"]: bucket for bucket in answer["buckets"] if "from" in bucket}
    return interval, tuple(
        FactSum(
            from_ms(start), int(by_start[start]["doc_count"]), by_start[start]["amount"]["value"] / CENTS_PER_DOLLAR
        )
        for start in edges[:-1]
    )


def _span(searcher: tantivy.Searcher, found: Query) -> tuple[datetime, datetime] | None:
    """When the first and the last article with a fact was published; None where there is none."""
    ends = []
    for order in (Order.Asc, Order.Desc):
        hits = searcher.search(found, limit=1, count=False, order_by_field="published_ms", order=order).hits
        ends += [from_ms(int(key)) for key, _ in hits]
    return (ends[0], ends[1]) if ends else None
