"""Turns a FactQuery into bodies of search requests; asks nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from shared.article_store.bigrams import spread
from shared.article_store.document import order_start
from shared.article_store.elasticsearch.counting import MOST_COMMON_FIRST
from shared.article_store.elasticsearch.fact_mapping import CONTENT, TEXT
from shared.article_store.elasticsearch.labels import label_patterns
from shared.article_store.elasticsearch.queries import Body
from shared.article_store.fact_paging import FactPosition
from shared.article_store.fact_query import FactQuery, FactSort
from shared.article_store.facts import bound_in_cents
from shared.clock import to_ms

ORDERS: dict[FactSort, tuple[str, str]] = {
    "newest": ("published_order", "desc"),
    "oldest": ("published_order", "asc"),
    "largest": ("amount_order", "desc"),
}
_LABELS = 10_000


def search_facts(query: FactQuery, position: FactPosition | None) -> Body:
    """The request for a page with one fact more than it holds, the total, the counts, and the span of time."""
    field, direction = ORDERS[query.sort]
    body: Body = {
        "size": query.size + 1 if query.size else 0,
        "_source": [CONTENT],
        "track_total_hits": True,
        "query": _found(query),
        "sort": [{field: direction}, {"fact_id": direction}],
        "aggs": {f"count {count.field}": _values(count.field, count.size) for count in query.counts},
    }
    if query.sums is not None:
        body["aggs"] |= {name: {name: {"field": "published_ms"}} for name in ("min", "max")}
    if position is not None:
        body["search_after"] = [position.order, position.fact_id]
    return body


def sums_and_labels(query: FactQuery, edges: Sequence[int], shown: Mapping[str, Sequence[str]]) -> Body:
    """The request for the sums between each two of these instants (ms), and for the labels of what is shown.

    `shown` has the values by the field that holds their labels.
    """
    aggs: Body = {}
    if edges:
        ranges = [{"from": start, "to": end} for start, end in pairwise(edges)]
        aggs["sums"] = {
            "range": {"field": "published_ms", "ranges": ranges},
            "aggs": {"amount": {"sum": {"field": "amount"}}},
        }
    for field, values in shown.items():
        for number, pattern in enumerate(label_patterns(values)):
            terms = {"field": field, "size": _LABELS, "order": MOST_COMMON_FIRST, "include": pattern}
            aggs[f"{field} {number}"] = {"terms": terms}
    return {"size": 0, "query": _found(query), "aggs": aggs}


def _found(query: FactQuery) -> Body:
    parts: list[Body] = [{"terms": {field: list(values)}} for field, values in query.terms.items()]
    if query.words:
        words = {"query": spread(query.words), "operator": "and", "zero_terms_query": "all"}
        parts.append({"match": {TEXT: words}})
    if query.amount_from is not None or query.amount_to is not None:
        parts.append(_range("amount", _bound(query.amount_from), _bound(query.amount_to)))
    if query.published_from or query.published_to:
        parts.append(_range("published_order", _order(query.published_from), _order(query.published_to)))
    ruled_out: list[Body] = [{"terms": {field: list(values)}} for field, values in query.without]
    left_out = {"hidden": not query.hidden, "of_copy": query.copies == "hide"}
    ruled_out += [{"term": {field: True}} for field, out in left_out.items() if out]
    return {"bool": {"filter": parts, "must_not": ruled_out}}


def _range(field: str, lowest: int | None, end: int | None) -> Body:
    bounds = {"gte": lowest, "lt": end}
    return {"range": {field: {name: value for name, value in bounds.items() if value is not None}}}


def _values(field: str, size: int) -> Body:
    return {"terms": {"field": field, "size": max(size, 1), "order": MOST_COMMON_FIRST}}


def _bound(dollars: float | None) -> int | None:
    return None if dollars is None else bound_in_cents(dollars)


def _order(moment: datetime | None) -> int | None:
    return None if moment is None else order_start(to_ms(moment))
