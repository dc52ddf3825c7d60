"""Spellings that a name is also met in."""

import unicodedata
from collections.abc import Iterable


def without_accents(name: str) -> str:
    """The name in plain letters: "Telefónica" → "Telefonica"."""
    plain = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", plain)


def with_plain_spellings(names: Iterable[str]) -> tuple[str, ...]:
    """The names, each followed by itself without accents where that differs."""
    return tuple(dict.fromkeys(spelling for name in names for spelling in (name, without_accents(name)) if spelling))
