"""Which of many saved queries match these few articles: each query is asked of the words and values of all at once.

Asking the store itself for each query costs with its size. A word here is what it is to the store, and what a query
asks for is decided by the same code for both stores and for this.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from shared.article_store.document import StoredArticle
from shared.article_store.indexed import TERM_FACETS, facet_values, host_key, numbers, sites, texts
from shared.article_store.narrowing import (
    ORDER,
    Between,
    Condition,
    In,
    OneOf,
    deal,
    has_value,
    narrowed,
    narrowing_facets,
    published,
)
from shared.article_store.query import ArticleQuery, DealBetween, HasValue, OnSite, PublishedBetween
from shared.article_store.wording import Asked, Bag, Either, Every, Said, Without, asked
from shared.article_store.words import lines

# Reading a query takes longer than asking it; saved ones are asked of each batch again.
_REMEMBERED_QUERIES = 20_000
_FACETS_BY_FIELD = {facet.field: facet for facet in TERM_FACETS}

# Some of the articles of a batch: bit N is set where the article N is among them.
_Some = int
_Fields = tuple[str, ...]
P = TypeVar("P")


@dataclass(frozen=True)
class _Question:
    """What a query asks of each article."""

    where: Asked | None
    must: tuple[Condition, ...]
    must_not: tuple[Condition, ...]
    hidden: bool
    copies: bool


class Batch:
    """Some articles, and what finds them."""

    def __init__(self, articles: Sequence[StoredArticle]) -> None:
        self._articles = articles
        self._every: _Some = (1 << len(articles)) - 1
        self._texts = [texts(stored) for stored in articles]
        self._hidden = self._where(lambda stored: stored.hidden)
        self._copies = self._where(lambda stored: stored.copy_of is not None)
        # What follows is found out when the first query asks for it.
        self._terms: dict[_Fields, dict[str, _Some]] = {}
        self._pieces: dict[_Fields, dict[str, str]] = {}
        self._lines: dict[tuple[_Fields, int], str] = {}
        # Of terms in a row, who was looked at, and who has them.
        self._rows: dict[Said, tuple[_Some, _Some]] = {}
        self._values: dict[str, dict[str, _Some]] = {}
        self._between: dict[Between, _Some] = {}
        self._numbers: list[dict[str, tuple[float, ...]]] = []

    def found_by(self, query: ArticleQuery) -> frozenset[str]:
        """The ids of the articles that the query finds; its order, page and facets are of no account."""
        found = self._found(_question(query))
        return frozenset(self._articles[number].article_id for number in _numbers_of(found)) if found else frozenset()

    def _found(self, question: _Question) -> _Some:
        found = self._every
        if not question.hidden:
            found &= ~self._hidden
        if not question.copies:
            found &= ~self._copies
        for condition in question.must:
            found &= self._meeting(condition)
        for condition in question.must_not:
            found &= ~self._meeting(condition)
        return found if question.where is None else self._holding(question.where, found)

    def _holding(self, part: Asked, among: _Some) -> _Some:
        """Those among some for which a part holds."""
        match part:
            case Bag(parts, needed):
                return _at_least(needed, parts, self._saying, among)
            case Without(inner):
                return among & ~self._holding(inner, among)
            case Every(parts):
                return _at_least(len(parts), parts, self._holding, among)
            case Either(parts):
                return _any_of(self._holding(one, among) for one in parts)
            case HasValue(facet, values):
                return among & self._meeting(has_value(facet, values))
            case OnSite(host):
                return among & self._valued("site").get(host_key(host), 0)
            case PublishedBetween():
                return among & self._meeting(published(part))
            case DealBetween():
                return among & self._meeting(deal(part))

    def _meeting(self, condition: Condition) -> _Some:
        match condition:
            case In(field, values):
                held = self._valued(field)
                return _any_of(held.get(value, 0) for value in values)
            case Between():
                if condition not in self._between:
                    self._between[condition] = self._within(condition)
                return self._between[condition]
            case OneOf(conditions):
                return _any_of(map(self._meeting, conditions))

    def _within(self, between: Between) -> _Some:
        if between.field == ORDER:
            return self._where(lambda stored: _lies(stored.published_order, between))
        if not self._numbers:
            self._numbers = [numbers(stored) for stored in self._articles]
        held = [any(_lies(number, between) for number in of_one.get(between.field, ())) for of_one in self._numbers]
        return sum(1 << at for at, lies in enumerate(held) if lies)

    def _saying(self, said: Said, among: _Some) -> _Some:
        held = self._held_terms(said.fields)
        for term in said.terms:
            among &= held.get(term, 0)
        return self._in_a_row(said, among) if among and len(said.terms) > 1 else among

    def _in_a_row(self, said: Said, among: _Some) -> _Some:
        looked_at, found = self._rows.get(said, (0, 0))
        row = f" {' '.join(said.terms)} "
        for number in _numbers_of(among & ~looked_at):
            if row in self._line(said.fields, number):
                found |= 1 << number
        self._rows[said] = (looked_at | among, found)
        return among & found

    def _held_terms(self, fields: _Fields) -> dict[str, _Some]:
        """The terms of these fields, and who has them in any of them."""
        if fields not in self._terms:
            # Each piece is looked at once, however many articles have it.
            every = (self._texts_of(fields, number) for number in range(len(self._articles)))
            pieces = _by_key({piece for text in of_one for piece in text.split()} for of_one in every)
            self._pieces[fields] = lines(pieces)
            held: dict[str, _Some] = {}
            for piece, line in self._pieces[fields].items():
                for term in line.split():
                    held[term] = held.get(term, 0) | pieces[piece]
            self._terms[fields] = held
        return self._terms[fields]

    def _line(self, fields: _Fields, number: int) -> str:
        """The terms of these fields of an article, with a blank around each and two between two texts."""
        key = (fields, number)
        if key not in self._lines:
            pieces = self._pieces[fields]
            rows = (filter(None, (pieces[piece] for piece in text.split())) for text in self._texts_of(fields, number))
            self._lines[key] = "".join(f" {' '.join(row)} " for row in rows)
        return self._lines[key]

    def _texts_of(self, fields: _Fields, number: int) -> Iterator[str]:
        of_article = self._texts[number]
        return (text for field in fields for text in of_article[field])

    def _valued(self, field: str) -> dict[str, _Some]:
        """The values of a field, and who has them."""
        if field not in self._values:
            self._values[field] = _by_key(_values_of(field, stored) for stored in self._articles)
        return self._values[field]

    def _where(self, holds: Callable[[StoredArticle], bool]) -> _Some:
        return sum(1 << number for number, stored in enumerate(self._articles) if holds(stored))


@lru_cache(maxsize=_REMEMBERED_QUERIES)
def _question(query: ArticleQuery) -> _Question:
    narrowing = narrowed(query, narrowing_facets(query))
    bounds = (published(PublishedBetween(query.published_from, query.published_to)),)
    return _Question(
        where=None if (where := asked(query.where)) is None else _rows_last(where),
        must=(*(bounds if query.published_from or query.published_to else ()), *narrowing.must),
        must_not=narrowing.must_not,
        hidden=query.hidden,
        copies=query.copies == "show",
    )


def _rows_last(part: Asked) -> Asked:
    """The same, with what asks for words in a row behind what is found out sooner, and mostly turns the query down."""
    match part:
        case Bag(parts, needed):
            return Bag(tuple(sorted(parts, key=_rows)), needed)
        case Every(parts):
            return Every(tuple(sorted(map(_rows_last, parts), key=_rows)))
        case Either(parts):
            return Either(tuple(map(_rows_last, parts)))
        case Without(inner):
            return Without(_rows_last(inner))
        case _:
            return part


def _rows(part: Asked | Said) -> int:
    match part:
        case Said(terms=terms):
            return int(len(terms) > 1)
        case Bag(parts=parts) | Every(parts=parts) | Either(parts=parts):
            return sum(map(_rows, parts))
        case Without(inner):
            return _rows(inner)
        case _:
            return 0


def _values_of(field: str, stored: StoredArticle) -> Iterable[str]:
    return (
        sites(stored) if field == "site" else (value.value for value in facet_values(_FACETS_BY_FIELD[field], stored))
    )


def _lies(number: float, between: Between) -> bool:
    return (between.lowest is None or number >= between.lowest) and (between.end is None or number < between.end)


def _by_key(keys: Iterable[Iterable[str]]) -> dict[str, _Some]:
    """For each key, which of the articles have it; the keys are given article by article."""
    held: dict[str, _Some] = {}
    for number, of_one in enumerate(keys):
        bit = 1 << number
        for key in of_one:
            held[key] = held.get(key, 0) | bit
    return held


def _at_least(needed: int, parts: Sequence[P], finding: Callable[[P, _Some], _Some], among: _Some) -> _Some:
    """Those among some that are found by at least so many of the parts."""
    if needed == len(parts):
        for part in parts:
            among = among and finding(part, among)
        return among
    # At N: those that N parts have found so far.
    reached = [among, *[0] * needed]
    for found in (finding(part, among) for part in parts):
        for count in range(needed, 0, -1):
            reached[count] |= reached[count - 1] & found
    return reached[needed]


def _any_of(found: Iterable[_Some]) -> _Some:
    some = 0
    for one in found:
        some |= one
    return some


def _numbers_of(some: _Some) -> Iterator[int]:
    while some:
        lowest = some & -some
        yield lowest.bit_length() - 1
        some ^= lowest
