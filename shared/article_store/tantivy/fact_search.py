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
from shared.article_store.tantivy.facts import fact_of, fact_schema
from shared.article_store.time_buckets import automatic, starts
from shared.clock import from_ms, to_ms

# Tantivy answers at most 65,000 buckets.
_ALL_VALUES = 60_000
# Room for what ties with the last of a page or of a count.
_SPARE = 20
# A tie that is not at its end yet is fetched in steps of this factor, down to a depth that takes a second.
_DEEPER = 8
_DEEPEST = 100_000


def search_facts(searcher: tantivy.Searcher, query: FactQuery) -> FactResult:
    """The page, the counts and the sums of a query that is within its bounds.

    Raises:
        InvalidInput: the cursor is not of this query.
        LimitExceeded: too many intervals to add up.
    """
    position, schema = decode_fact_cursor(query), fact_schema()
    found = fact_queries.matching(schema, query)
    page, more = _page(searcher, schema, query, found, position)
    interval, sums = _sums(searcher, query, found)
    return FactResult(
        total=Total(int(searcher.search(found, limit=1, count=True).count)),  # type: ignore[attr-defined]
        facts=tuple(page),
        counts=tuple(_counts(searcher, found, count) for count in query.counts),
        sums=sums,
        interval=interval,
        next=encode_fact_cursor(query, _position(query, page[-1])) if more else None,
    )


def _position(query: FactQuery, fact: StoredFact) -> FactPosition:
    return FactPosition(getattr(fact, fact_queries.ORDER_FIELDS[query.sort]), fact.fact_id)


def _page(
    searcher: tantivy.Searcher, schema: tantivy.Schema, query: FactQuery, found: Query, after: FactPosition | None
) -> tuple[list[StoredFact], bool]:
    """The page in its order, and whether there is more."""
    if query.size == 0:
        return [], False
    remaining = found if after is None else fact_queries.following(schema, query, found, after)
    depth = query.size + _SPARE
    while True:
        ranked, all_of_them = _first(searcher, query, remaining, depth)
        if after is not None:
            ranked = [fact for fact in ranked if _comes_later(query, fact, after)]
        if len(ranked) > query.size or all_of_them:
            return ranked[: query.size], len(ranked) > query.size
        depth *= _DEEPER


def _first(searcher: tantivy.Searcher, query: FactQuery, found: Query, depth: int) -> tuple[list[StoredFact], bool]:
    """The first facts in their order whose place is certain, and whether these are all.

    Tantivy breaks a tie by where a document happens to lie: what ties with the last one found may have others before
    it that were not.
    """
    field, upwards = fact_queries.ORDER_FIELDS[query.sort], query.sort == "oldest"
    order = Order.Asc if upwards else Order.Desc
    hits = searcher.search(found, limit=depth, count=False, order_by_field=field, order=order).hits
    all_of_them = len(hits) < depth or depth >= _DEEPEST
    certain = hits if all_of_them else [hit for hit in hits if hit[0] != hits[-1][0]]
    facts = [fact_of(searcher.doc(address)) for _, address in certain]
    return sorted(facts, key=lambda fact: _key(_position(query, fact)), reverse=not upwards), all_of_them


def _comes_later(query: FactQuery, fact: StoredFact, after: FactPosition) -> bool:
    place, passed = _key(_position(query, fact)), _key(after)
    return place > passed if query.sort == "oldest" else place < passed


def _key(position: FactPosition) -> tuple[int, str]:
    return position.order, position.fact_id


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
    known = searcher.terms_with_prefix(field, prefix)
    if len(known) > 1:
        known = searcher.terms_with_prefix(field, prefix, found) or known
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
