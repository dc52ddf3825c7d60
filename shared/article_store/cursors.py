"""Where the next page starts, as an opaque string that fits one query only."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from shared.article_store.query import ArticleQuery
from shared.errors import InvalidInput


@dataclass(frozen=True)
class TimePosition:
    """After the article with this published_order and id; both, for the order alone may be shared by two."""

    order: int
    article_id: str


@dataclass(frozen=True)
class RankPosition:
    """After so many articles by relevance."""

    offset: int


Position = TimePosition | RankPosition


def encode(query: ArticleQuery, position: Position) -> str:
    """A cursor for the page of the query that follows the position."""
    place = [position.order, position.article_id] if isinstance(position, TimePosition) else [position.offset]
    payload = json.dumps([_seal(query), *place], separators=(",", ":"))
    return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")


def decode(query: ArticleQuery) -> Position | None:
    """The position of the query's cursor, None where it has none.

    Raises:
        InvalidInput: not a cursor, or one of another query.
    """
    if query.cursor is None:
        return None
    match _parse(query.cursor):
        case [str(seal), int(order), str(article_id)] if query.effective_sort != "relevance" and order >= 0:
            position: Position = TimePosition(order, article_id)
        case [str(seal), int(offset)] if query.effective_sort == "relevance" and offset >= 0:
            position = RankPosition(offset)
        case _:
            raise _foreign()
    if seal != _seal(query):
        raise _foreign()
    return position


def _parse(cursor: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _foreign() from error


def _foreign() -> InvalidInput:
    return InvalidInput("cursor does not belong to this query: start again from the first page")


def _seal(query: ArticleQuery) -> str:
    """Changes with what is found and in which order; page size, facets and highlights may differ between pages."""
    asked = (
        query.where,
        query.prefer,
        query.filters,
        query.ranges,
        query.published_from,
        query.published_to,
        query.effective_sort,
        query.hidden,
        query.copies,
    )
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
