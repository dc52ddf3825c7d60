"""Where the next page of facts starts, as an opaque string that fits one query only."""

from dataclasses import dataclass, replace

from shared.article_store.fact_query import FactQuery
from shared.article_store.sealing import open_cursor, sealed_cursor


@dataclass(frozen=True)
class FactPosition:
    """After the fact with this order key (of the query's sort) and id."""

    order: int
    fact_id: str


def encode_fact_cursor(query: FactQuery, position: FactPosition) -> str:
    """A cursor for the page of the query that follows the position."""
    return sealed_cursor(_asked(query), position.order, position.fact_id)


def decode_fact_cursor(query: FactQuery) -> FactPosition | None:
    """The position of the query's cursor, None where it has none.

    Raises:
        InvalidInput: not a cursor, or one of another query.
    """
    return None if query.cursor is None else FactPosition(*open_cursor(_asked(query), query.cursor))


def _asked(query: FactQuery) -> FactQuery:
    """What is found and in which order; page size, counts and sums may differ between pages."""
    return replace(query, size=0, cursor=None, counts=(), sums=None)
