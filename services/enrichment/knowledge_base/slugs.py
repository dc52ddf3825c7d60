"""Ids that follow from names."""

import re
import unicodedata
from functools import lru_cache

from shared.events.enrichment import EntityType

ID_PREFIXES: dict[EntityType, str] = {
    "organization": "org",
    "person": "person",
    "location": "place",
    "product": "product",
    "technology": "tech",
    "event": "event",
    "norp": "norp",
}
_BREAK = re.compile(r"[^a-z0-9]+")
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "ae",
        "ø": "o",
        "Ø": "o",
        "œ": "oe",
        "ł": "l",
        "Ł": "l",
        "đ": "d",
        "ı": "i",
        "&": " and ",
    }
    | dict.fromkeys("'’")
)


# An article asks for the same name again and again, and so do the articles of a day.
@lru_cache(maxsize=4096)
def slug(name: str) -> str:
    """Lower-case ASCII letters and digits joined by hyphens; empty for a name without any."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore").decode()
    return _BREAK.sub("-", plain.lower()).strip("-")


def entity_id(entity_type: EntityType, name: str) -> str | None:
    """The id of an entity without another one; None for a name without letters that a slug could hold."""
    stem = slug(name)
    return f"{ID_PREFIXES[entity_type]}:{stem}" if stem else None
