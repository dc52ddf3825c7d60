"""Numbers as texts write them: digits with their marks, words, and what "million" multiplies by."""

import re

from services.enrichment.enrichers.money_terms import (
    DECIMAL_COMMA,
    DECIMAL_COMMA_MAGNITUDES,
    LONG_SCALE,
    MAGNITUDES,
    SPELLED,
)

_GROUPING = re.compile(r"[ \u00a0\u202f'’]")
_HUNDRED = 100.0


def value_of(written: str, magnitude: str | None, language: str) -> float:
    """The value of digits or number words with their magnitude, in the conventions of a language.

    Args:
        written: without the magnitude.
        language: an ISO 639-1 code; "und" where it is not known.
    """
    return rounded(_number(written, magnitude, language) * _factor(magnitude, language))


def rounded(value: float) -> float:
    """Without the dust of binary fractions: 5.58 × 1,000,000 is 5,580,000."""
    return round(value, 4)


def _number(written: str, magnitude: str | None, language: str) -> float:
    if not written[0].isdigit():
        return _spelled(written)
    comma = language in DECIMAL_COMMA or (magnitude or "").lower().startswith(DECIMAL_COMMA_MAGNITUDES)
    digits = _GROUPING.sub("", written)
    return float(_with_decimal_point(digits, "," if comma else ".", even_after_mark=language == "und"))


def _factor(magnitude: str | None, language: str) -> float:
    if magnitude is None:
        return 1.0
    word = magnitude.lower()
    if word in ("billion", "billions") and language in LONG_SCALE:
        return 1e12
    return MAGNITUDES[word]


def _spelled(written: str) -> float:
    """The value of number words: "twenty-five" is 25, "two and a half" 2.5, "three hundred" 300."""
    words = written.lower().replace("-", " ").split()
    if len(words) == 1 or " ".join(words) in SPELLED:
        return SPELLED[" ".join(words)]
    value = 0.0
    for number in (SPELLED[word] for word in words if word not in ("and", "a", "an")):
        value = max(value, 1.0) * number if number == _HUNDRED else value + number
    return value or 1.0


def _with_decimal_point(digits: str, decimal_mark: str, *, even_after_mark: bool) -> str:
    """A written number as Python reads it: "1.200,5" and "1,200.5" → "1200.5".

    Three digits behind a single mark are thousands, unless it is the language's decimal mark; where the language is
    not known, even then (`even_after_mark`): money rarely has three decimals.
    """
    marks = [character for character in digits if character in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    whole, _, fraction = digits.rpartition(last)
    may_group = last != decimal_mark or even_after_mark
    if len(set(marks)) == 1 and (len(marks) > 1 or (len(fraction) == 3 and may_group and whole != "0")):
        return digits.replace(last, "")
    return f"{whole.replace('.', '').replace(',', '')}.{fraction}"
