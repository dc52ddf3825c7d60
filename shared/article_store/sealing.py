"""Cursors of an order key and an id, sealed with the question that they belong to."""

import base64
import binascii
import hashlib
import json

from shared.errors import InvalidCursor


def sealed_cursor(asked: object, order: int, item_id: str) -> str:
    """An opaque string that leads on after the item in the answer to `asked`, which is told apart by its repr."""
    payload = json.dumps([_seal(asked), order, item_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")


def open_cursor(asked: object, cursor: str) -> tuple[int, str]:
    """The order key and the id that a cursor holds.

    Raises:
        InvalidCursor: not a cursor, or one of another question.
    """
    match _parse(cursor):
        case [str(seal), int(order), str(item_id)] if seal == _seal(asked) and 0 <= order < 2**63:
            return order, item_id
    raise InvalidCursor("cursor does not belong to this query: start again from the first page")


def _parse(cursor: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None


def _seal(asked: object) -> str:
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:12]
