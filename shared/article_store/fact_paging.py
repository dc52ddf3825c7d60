"""Where the next page of facts starts, as an opaque string that fits one query only."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass, replace

from shared.article_store.fact_query import FactQuery
from shared.errors import InvalidInput


@dataclass(frozen=True)
class FactPosition:
    """After the fact with this order key (of the query's sort) and id."""

    order: int
    fact_id: str


def encode_fact_cursor(query: FactQuery, position: FactPosition) -> str:
    """A cursor for the page of the query that follows the position."""
    payload = json.dumps([_seal(query), position.order, position.fact_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")


def decode_fact_cursor(query: FactQuery) -> FactPosition | None:
    """The position of the query's cursor, None where it has none.

    Raises:
        InvalidInput: not a cursor, or one of another query.
    """
    if query.cursor is None:
        return None
    match _parse(query.cursor):
        case [str(seal), int(order), str(fact_id)] if seal == _seal(query) and 0 <= order < 2**63:
            return FactPosition(order, fact_id)
    raise InvalidInput("cursor does not belong to this query: start again from the first page")


def _parse(cursor: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _seal(query: FactQuery) -> str:
    """Changes with what is found and in which order; page size, counts and sums may differ between pages."""
    asked = replace(query, size=0, cursor=None, counts=(), sums=None)
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
