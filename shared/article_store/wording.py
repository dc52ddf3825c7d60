"""Reads the words of an expression as both stores ask for them: one by one, without what has no word in it."""

import re
from dataclasses import dataclass
from math import ceil

from shared.article_store.indexed import FIELDS_OF
from shared.article_store.query import (
    AllOf,
    AnyOf,
    DealBetween,
    Expression,
    HasValue,
    Match,
    Not,
    OnSite,
    PublishedBetween,
    Words,
)
from shared.article_store.words import terms

# What says nothing by itself: articles, prepositions, pronouns, auxiliaries. As terms, that is stemmed.
_SILENT = frozenset(
    term
    for term in terms(
        "a about above after again all also am an and any are as at be because been before being below between both "
        "but by can could did do does doing down during each few for from further had has have having he her here hers "
        "herself him himself his how i if in into is it its itself just may me might more most must my myself no nor "
        "not of off on once only or other our ours ourselves out over own same shall she should so some such than that "
        "the their theirs them themselves then there these they this those through to too under until up upon very was "
        "we were what when where which while who whom whose why will with would you your yours yourself yourselves"
    )
)
# Between letters, two at least: 3/4, COVID-19 and X-ray are one thing each.
_JOINTS = re.compile(r"(?<=[^\W\d_]{2})[-\u2010\u2011/](?=[^\W\d_]{2})")


@dataclass(frozen=True)
class Said:
    """Terms that follow each other in one of these fields of the index, and how they were written."""

    text: str
    terms: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Bag:
    """At least `needed` of the parts are there."""

    parts: tuple[Said, ...]
    needed: int


@dataclass(frozen=True)
class Without:
    """The part does not hold."""

    part: "Asked"


@dataclass(frozen=True)
class Every:
    """Each part holds; there is one at least."""

    parts: tuple["Asked", ...]


@dataclass(frozen=True)
class Either:
    """One of the parts holds; there is one at least."""

    parts: tuple["Asked", ...]


Asked = Bag | HasValue | OnSite | PublishedBetween | DealBetween | Without | Every | Either


def asked(expression: Expression | None) -> Asked | None:
    """What is asked of each article; None where that is nothing."""
    match expression:
        case None:
            return None
        case Words():
            return bag(expression)
        case Not(part):
            inner = asked(part)
            return None if inner is None else Without(inner)
        case AllOf(parts):
            inside = _asked_of_each(parts)
            return Every(inside) if inside else None
        case AnyOf(parts):
            inside = _asked_of_each(parts)
            return Either(inside) if inside else None
        case _:
            return expression


def bag(words: Words) -> Bag | None:
    """The words to look for; None where there is none."""
    fields = FIELDS_OF[words.field]
    written = [words.text] if words.phrase else _written_apart(words)
    # A line that stands alone is a word to one store and none to the other.
    found: dict[tuple[str, ...], str] = {}
    for text in written:
        if text.strip("_"):
            found.setdefault(tuple(terms(text)), text)
    said = [Said(text, of_text, fields) for of_text, text in found.items() if of_text]
    if words.match != "all":
        said = [one for one in said if not _SILENT.issuperset(one.terms)] or said
    return Bag(tuple(said), needed(words.match, len(said))) if said else None


def _written_apart(words: Words) -> list[str]:
    """The words of a bag. Where any of them will do, those joined by a hyphen or a slash speak each for itself."""
    # Who asks for "boundary-layer flow" is helped by "flow in the layer at the boundary".
    return (_JOINTS.sub(" ", words.text) if words.match == "any" else words.text).split()


def needed(match: Match, words: int) -> int:
    """How many of so many words must be there."""
    if match == "all" or words <= 1:
        return words
    return 1 if match == "any" else max(2, ceil(words * 2 / 3))


def _asked_of_each(parts: tuple[Expression, ...]) -> tuple[Asked, ...]:
    return tuple(inner for part in parts if (inner := asked(part)) is not None)
