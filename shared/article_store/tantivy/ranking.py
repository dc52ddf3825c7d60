"""Finds the first so many of an order completely decided: ties are broken by publication and id, never by chance.

Tantivy breaks a tie by where a document happens to lie, which a merge changes. So what ties with the last one wanted
is fetched too, and sorted here.
"""

from dataclasses import dataclass

import tantivy
from tantivy import DocAddress, Order, Query

from shared.article_store.cursors import TimePosition
from shared.article_store.narrowing import ORDER
from shared.article_store.query import Sort
from shared.article_store.tantivy.schema import article_id_of

# Room for articles that share the order key of the page before; more than one is rare already (see `order_key`).
_SPARE = 8
# A tie that is not at its end yet is fetched in steps of this factor, down to a depth that still takes milliseconds.
_DEEPER = 8
_DEEPEST = 100_000


@dataclass(frozen=True)
class Ranked:
    """A document in its place; score is None in the orders by time."""

    document: tantivy.Document
    article_id: str
    order: int
    score: float | None

    @property
    def position(self) -> TimePosition:
        """Where the next page starts that ends with this one."""
        return TimePosition(self.order, self.article_id)


@dataclass(frozen=True)
class _Place:
    """A document not yet fetched: the key it is sorted by, and its publication."""

    key: float
    order: int
    address: DocAddress


def by_relevance(searcher: tantivy.Searcher, query: Query, start: int, end: int) -> list[Ranked]:
    """The documents from place `start` up to, not including, `end`: best first, of equals the newest first."""
    places = _settled(searcher, query, "relevance", end)
    places.sort(key=lambda place: (-place.key, -place.order))
    return [_ranked(searcher, place, place.key) for place in places[start:end]]


def by_time(
    searcher: tantivy.Searcher, query: Query, sort: Sort, after: TimePosition | None, size: int
) -> list[Ranked]:
    """The first `size` documents in the order of time that follow `after`; the query starts at its very instant."""
    newest_first = sort == "newest"
    ranked = [_ranked(searcher, place, None) for place in _settled(searcher, query, sort, size + _SPARE)]
    ranked.sort(key=_place_in_time, reverse=newest_first)
    if after is not None:
        passed = (after.order, after.article_id)
        ranked = [r for r in ranked if (_place_in_time(r) < passed if newest_first else _place_in_time(r) > passed)]
    return ranked[:size]


def _place_in_time(ranked: Ranked) -> tuple[int, str]:
    return (ranked.order, ranked.article_id)


def _settled(searcher: tantivy.Searcher, query: Query, sort: Sort, size: int) -> list[_Place]:
    """At least the first `size` places, and all that tie with the last of them."""
    depth = size + 1
    while True:
        hits = _search(searcher, query, sort, depth)
        if len(hits) < depth or hits[size - 1][0] != hits[-1][0] or depth >= _DEEPEST:
            break
        depth *= _DEEPER
    orders = searcher.fast_field_values(ORDER, [address for _, address in hits])
    return [_Place(key, int(order or 0), address) for (key, address), order in zip(hits, orders, strict=True)]


def _search(searcher: tantivy.Searcher, query: Query, sort: Sort, depth: int) -> list[tuple[float, DocAddress]]:
    if sort == "relevance":
        return searcher.search(query, limit=depth, count=False).hits
    order = Order.Desc if sort == "newest" else Order.Asc
    return searcher.search(query, limit=depth, count=False, order_by_field=ORDER, order=order).hits


def _ranked(searcher: tantivy.Searcher, place: _Place, score: float | None) -> Ranked:
    document = searcher.doc(place.address)
    return Ranked(document, article_id_of(document), place.order, score)
