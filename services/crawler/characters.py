"""Which characters of others' words are kept: those that people read, and nothing that steers how the rest is shown."""

import re

# As browsers read references to what Windows-1252 has between 128 and 159: &#150; is a dash.
_MEANT = {number: bytes([number]).decode("cp1252", "ignore") for number in range(0x80, 0xA0)}
_CONTROLS = dict.fromkeys((*range(9), *range(14, 28), 0x7F))
# Half of a pair, which cutting a JSON text leaves of an emoji; no encoding can carry it.
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000))
# What turns the direction of all that follows, the page around it included. The marks of direction are kept.
_DIRECTIONS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
# Soft hyphens and blanks without width stand inside words, and make them others to whoever searches. What joins letters
# and parts of emoji is kept.
_WITHOUT_WIDTH = dict.fromkeys((0xAD, 0x200B, 0x2060, 0xFEFF))
_TABLE = {**_MEANT, **_CONTROLS, **_SURROGATES, **_DIRECTIONS, **_WITHOUT_WIDTH}
_ANY = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x9f\xad\u200b\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff]")


def readable(text: str) -> str:
    """The text without what nobody can read; blanks of every kind stay as they are."""
    return text.translate(_TABLE) if _ANY.search(text) else text
