"""Turns a FactQuery into Tantivy's queries and aggregations; asks nothing."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import tantivy
from tantivy import Occur, Query

from shared.article_store.document import order_start
from shared.article_store.fact_query import FactQuery, FactSort
from shared.article_store.facts import bound_in_cents
from shared.article_store.tantivy.exact import has, has_any
from shared.article_store.tantivy.facts import TEXT, YES
from shared.article_store.words import terms
from shared.clock import to_ms

ORDER_FIELDS: dict[FactSort, str] = {
    "newest": "published_order",
    "oldest": "published_order",
    "largest": "amount_order",
}
_HIGHEST = 2**63 - 1
# No segment holds a value back.
_ALL_OF_A_SEGMENT = 2**31


def matching(schema: tantivy.Schema, query: FactQuery) -> Query:
    """What the query finds."""
    parts = [(Occur.Must, has_any(schema, field, values)) for field, values in query.terms.items()]
    parts += [(Occur.Must, Query.term_query(schema, TEXT, word)) for word in terms(query.words)]
    if query.amount_from is not None or query.amount_to is not None:
        parts.append((Occur.Must, _between(schema, "amount", _bound(query.amount_from), _bound(query.amount_to))))
    if query.published_from or query.published_to:
        bounds = (_order(query.published_from), _order(query.published_to))
        parts.append((Occur.Must, _between(schema, "published_order", *bounds)))
    ruled_out = (has_any(schema, field, values) for field, values in query.without if values)
    parts += [(Occur.MustNot, those) for those in ruled_out]
    left_out = {"hidden": not query.hidden, "of_copy": query.copies == "hide"}
    parts += [(Occur.MustNot, has(schema, field, YES)) for field, out in left_out.items() if out]
    return Query.boolean_query([(Occur.Must, Query.all_query()), *parts])


def counts(field: str, size: int) -> dict[str, Any]:
    """The aggregation of a field's `size` most frequent values, exactly."""
    return {"terms": {"field": field, "size": size, "segment_size": _ALL_OF_A_SEGMENT}}


def sums(starts: Sequence[int]) -> dict[str, Any]:
    """The aggregation of facts and amounts between each two of these instants (ms)."""
    ranges = [{"from": start, "to": end} for start, end in pairwise(starts)]
    return {
        "range": {"field": "published_ms", "ranges": ranges},
        "aggs": {"amount": {"sum": {"field": "amount"}}},
    }


def _between(schema: tantivy.Schema, field: str, lowest: int | None, end: int | None) -> Query:
    """From `lowest` up to, not including, `end`."""
    low, high = lowest or 0, _HIGHEST if end is None else end - 1
    if high < low:
        return Query.empty_query()
    return Query.range_query(schema, field, tantivy.FieldType.Unsigned, low, high)


def _bound(dollars: float | None) -> int | None:
    return None if dollars is None else bound_in_cents(dollars)


def _order(moment: datetime | None) -> int | None:
    return None if moment is None else order_start(to_ms(moment))
