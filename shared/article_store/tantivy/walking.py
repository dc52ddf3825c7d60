"""Walks through what a query finds in the order of a number and an id, page by page."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import tantivy
from tantivy import Occur, Order, Query

# Room for what ties with the last of a page.
_SPARE = 20
# A tie that is not at its end yet is fetched in steps of this factor, down to a depth that takes a second.
_DEEPER = 8
_DEEPEST = 100_000
_HIGHEST = 2**63 - 1
T = TypeVar("T")
Place = tuple[int, str]


@dataclass(frozen=True)
class Walk(Generic[T]):
    """An order: by a fast field of unsigned numbers, of equal ones by the id.

    Attributes:
        read: makes of a document what the walk gives.
        place: the number and the id of that.
    """

    field: str
    upwards: bool
    read: Callable[[tantivy.Document], T]
    place: Callable[[T], Place]

    def page(
        self, searcher: tantivy.Searcher, schema: tantivy.Schema, found: Query, size: int, after: Place | None
    ) -> tuple[list[T], bool]:
        """The first `size` in the order that follow `after`, and whether there are more."""
        if size == 0:
            return [], False
        remaining = found if after is None else self._following(schema, found, after[0])
        depth = size + _SPARE
        while True:
            ranked, all_of_them = self._first(searcher, remaining, depth)
            if after is not None:
                ranked = [item for item in ranked if self._is_later(self.place(item), after)]
            if len(ranked) > size or all_of_them:
                return ranked[:size], len(ranked) > size
            depth *= _DEEPER

    def _first(self, searcher: tantivy.Searcher, found: Query, depth: int) -> tuple[list[T], bool]:
        """The first whose place is certain, in order, and whether these are all.

        Tantivy breaks a tie by where a document happens to lie: what ties with the last one found may have others
        before it that were not.
        """
        order = Order.Asc if self.upwards else Order.Desc
        hits = searcher.search(found, limit=depth, count=False, order_by_field=self.field, order=order).hits
        all_of_them = len(hits) < depth or depth >= _DEEPEST
        certain = hits if all_of_them else [hit for hit in hits if hit[0] != hits[-1][0]]
        items = [self.read(searcher.doc(address)) for _, address in certain]
        return sorted(items, key=self.place, reverse=not self.upwards), all_of_them

    def _is_later(self, place: Place, passed: Place) -> bool:
        return place > passed if self.upwards else place < passed

    def _following(self, schema: tantivy.Schema, found: Query, order: int) -> Query:
        """What remains, those with the very number of the position included."""
        bounds = (order, _HIGHEST) if self.upwards else (0, order)
        rest = Query.range_query(schema, self.field, tantivy.FieldType.Unsigned, *bounds)
        return Query.boolean_query([(Occur.Must, found), (Occur.Must, rest)])
