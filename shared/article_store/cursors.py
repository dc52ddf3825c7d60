"""Where the next page starts, as an opaque string that fits one query only."""

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.article_store.query import MAX_CURSOR_CHARACTERS, ArticleQuery
from shared.clock import from_ms, to_ms
from shared.errors import InvalidCursor

# How long a view of the store is kept for the next page by relevance, and how many views one reader keeps.
VIEW_LIFETIME_S = 600
MAX_VIEWS = 200
_MAX_PAYLOAD_BYTES = 100_000
_ZLIB = b"x"
# In the year 2100.
_LATEST_MS = 4_102_444_800_000


@dataclass(frozen=True)
class TimePosition:
    """After the article with this published_order and id; both, for the order alone may be shared by two."""

    order: int
    article_id: str


@dataclass(frozen=True)
class RankPosition:
    """After so many articles by relevance, in a view of the store as it was when the first page was asked for.

    Attributes:
        view: the name that the store knows the view by.
        last: score, published_order and place in the view of the last of them, where the store goes on from these.
        begun_ms: since when recency counts, where it does: at the first page, or scores would change on the way.
    """

    offset: int
    view: str
    last: tuple[float, int, int] | None = None
    begun_ms: int | None = None


Position = TimePosition | RankPosition


def encode(query: ArticleQuery, position: Position) -> str:
    """A cursor for the page of the query that follows the position."""
    match position:
        case TimePosition(order, article_id):
            place: list[object] = [order, article_id]
        case RankPosition(offset, view, last):
            begun_ms = to_ms(query.fresh.at) if query.fresh else None
            position = replace(position, begun_ms=begun_ms)
            place = [offset, view, begun_ms, *(last or ())]
    said = json.dumps([_seal(query, position), *place], separators=(",", ":")).encode()
    # The name of a view of many indices is long, and repeats itself.
    payload = min(said, zlib.compress(said, 9), key=len)
    return base64.urlsafe_b64encode(payload).decode().rstrip("=")


def decode(query: ArticleQuery) -> Position | None:
    """The position of the query's cursor, None where it has none.

    Raises:
        InvalidCursor: not a cursor, or one of another query.
    """
    if query.cursor is None:
        return None
    by_rank = query.effective_sort == "relevance"
    match _parse(query.cursor):
        case [str(seal), int(order), str(article_id)] if not by_rank and order >= 0:
            position: Position = TimePosition(order, article_id)
        case [str(seal), int(offset), str(view), int() | None as begun_ms, *last] if by_rank and offset >= 0:
            position = RankPosition(offset, view, _last(last), begun_ms)
        case _:
            raise _foreign()
    if seal != _seal(query, position):
        raise _foreign()
    return position


def as_begun(query: ArticleQuery, position: Position | None) -> ArticleQuery:
    """The query as it was asked for the first page: what is new is what was new then."""
    if query.fresh is None or not isinstance(position, RankPosition) or position.begun_ms is None:
        return query
    if not 0 <= position.begun_ms < _LATEST_MS:
        raise _foreign()
    return replace(query, fresh=replace(query.fresh, at=from_ms(position.begun_ms)))


def _last(said: Sequence[object]) -> tuple[float, int, int] | None:
    match said:
        case []:
            return None
        case [float() | int() as score, int(order), int(place)]:
            return float(score), order, place
        case _:
            raise _foreign()


def _parse(cursor: str) -> object:
    if len(cursor) > MAX_CURSOR_CHARACTERS:
        raise _foreign()
    try:
        payload = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
        if payload.startswith(_ZLIB):
            payload = zlib.decompressobj().decompress(payload, _MAX_PAYLOAD_BYTES)
        return json.loads(payload)
    except (binascii.Error, zlib.error, ValueError, RecursionError) as error:
        raise _foreign() from error


def _foreign() -> InvalidCursor:
    return InvalidCursor("cursor does not belong to this query: start again from the first page")


def _seal(query: ArticleQuery, position: Position) -> str:
    """Changes with what is found and in which order, and with the place; page size, facets and highlights may differ
    between pages."""
    asked = (
        query.where,
        query.prefer,
        query.fresh and query.fresh.weight,
        query.filters,
        query.ranges,
        query.published_from,
        query.published_to,
        query.effective_sort,
        query.mode,
        query.hidden,
        query.copies,
        position,
    )
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
