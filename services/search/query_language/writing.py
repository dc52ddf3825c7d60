"""Writes an expression as the text that asks it."""

import re

from services.search.query_language.fields import TEXT_FIELDS, entity_named
from services.search.query_language.moments import written
from services.search.query_language.tokens import QUOTES
from shared.article_store.query import AllOf, AnyOf, Expression, HasValue, Not, OnSite, PublishedBetween, Words

# What reads as one word wherever it stands.
_PLAIN_WORD = re.compile(rf"(?!-|(?:AND|OR|NOT)$|[A-Za-z_]+:)[^\s(){QUOTES}]+")
_PLAIN_VALUE = re.compile(rf"[^\s(){QUOTES}]+")
_FIELD_OF_TEXT = {place: name for name, place in TEXT_FIELDS.items()}
_IN_QUOTES = re.compile(rf"[\\{QUOTES}]")


def write(expression: Expression | None) -> str:
    """What to type: `read` makes the expression of it again, or an equal one where this could not have been typed."""
    match expression:
        case None:
            return ""
        case AllOf(parts):
            return " ".join(_within(part) for part in parts)
        case AnyOf(parts) if _is_entity(expression):
            return f"entity:{_value(parts[0])}"
        case AnyOf(parts):
            # AND binds more tightly than OR: nothing in between needs parentheses.
            return " OR ".join(write(part) for part in parts)
        case Not(part):
            return f"-{_within(part, negated=True)}"
        case _:
            return _leaf(expression)


def _leaf(expression: Expression) -> str:
    match expression:
        case Words():
            return _words(expression)
        case HasValue(facet, values):
            return " OR ".join(f"{facet}:{_quoted_if_needed(value)}" for value in values)
        case OnSite(host):
            return f"site:{_quoted_if_needed(host)}"
        case PublishedBetween(start, end):
            sides = (("after", start), ("before", end))
            return " ".join(f"{name}:{written(moment)}" for name, moment in sides if moment)
        case _:
            raise AssertionError("every other expression has parts")


def _words(words: Words) -> str:
    if words.field in _FIELD_OF_TEXT:
        field = _FIELD_OF_TEXT[words.field]
        if words.phrase:
            return f"{field}:{_quoted(words.text)}"
        said = [f"{field}:{_quoted_if_needed(word)}" for word in words.text.split()]
        return " ".join(said)
    if words.phrase:
        return _quoted(words.text)
    return " ".join(word if _PLAIN_WORD.fullmatch(word) else _quoted(word) for word in words.text.split())


def _within(part: Expression, *, negated: bool = False) -> str:
    """The part as one of several that all hold, or as what a single minus applies to."""
    text = write(part)
    return f"({text})" if _is_alternative(part) or (negated and _is_several(part)) else text


def _is_alternative(part: Expression) -> bool:
    if isinstance(part, AnyOf):
        return not _is_entity(part)
    return isinstance(part, HasValue) and len(part.values) > 1


def _is_several(part: Expression) -> bool:
    match part:
        case AllOf():
            return True
        case Words(text, phrase):
            return not phrase and " " in text
        case PublishedBetween(start, end):
            return bool(start and end)
        case _:
            return False


def _is_entity(expression: AnyOf) -> bool:
    first = expression.parts[0] if expression.parts else None
    return isinstance(first, HasValue) and len(first.values) == 1 and expression == entity_named(first.values[0])


def _value(part: Expression) -> str:
    assert isinstance(part, HasValue), "as _is_entity found"
    return _quoted_if_needed(part.values[0])


def _quoted_if_needed(value: str) -> str:
    return value if _PLAIN_VALUE.fullmatch(value) else _quoted(value)


def _quoted(text: str) -> str:
    return '"' + _IN_QUOTES.sub(lambda found: "\\" + found[0], text) + '"'
