"""Refuses a query that names what is not there or asks for more than the store answers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from shared.article_store.cursors import Position, RankPosition
from shared.article_store.periods import period
from shared.article_store.query import (
    MAX_EXPRESSION_DEPTH,
    MAX_EXPRESSION_PARTS,
    MAX_FACET_SIZE,
    MAX_LABEL_QUERY_CHARACTERS,
    MAX_PAGE_SIZE,
    MAX_RELEVANCE_DEPTH,
    MAX_WORDS,
    AllOf,
    AnyOf,
    ArticleQuery,
    Expression,
    HasValue,
    Leaf,
    Not,
    OnSite,
    Words,
)
from shared.errors import Expired, InvalidInput, LimitExceeded
from shared.facets import FACETS_BY_NAME
from shared.urls import is_text

MAX_FILTER_VALUES = 256
MAX_TEXT_CHARACTERS = 2_000
MAX_GET_MANY = 1_000
# Of a timeline, whose values are counted in each stretch: a store answers at most 65,000 counts at once.
MAX_EDGES = 130


def check_bounds(query: ArticleQuery) -> None:
    """Return when the query may be asked.

    Raises:
        InvalidInput: an unknown facet, one asked for twice, a size below zero, or what is no Unicode text.
        LimitExceeded: a page, a facet, the expression, its words or the filter values beyond their bound.
    """
    # First of all how deep it is: what follows goes down into it.
    leaves = [*_leaves(query.where, 1), *query.prefer]
    values = [leaf for leaf in leaves if isinstance(leaf, HasValue)]
    for name in (*(v.facet for v in values), *(f.facet for f in query.filters), *(f.facet for f in query.facets)):
        if name not in FACETS_BY_NAME:
            raise InvalidInput(f"no facet {name!r}: one of {', '.join(FACETS_BY_NAME)}")
    if len({request.facet for request in query.facets}) < len(query.facets):
        raise InvalidInput("a facet is asked for twice")
    filter_values = [
        *(value for v in values for value in v.values),
        *(value for f in query.filters for value in (*f.include, *f.exclude)),
    ]
    texts = [_text(leaf) for leaf in leaves]
    asked_of_facets = [said for request in query.facets for said in (request.query, request.under or "")]
    if not all(map(is_text, (*texts, *filter_values, *asked_of_facets))):
        raise InvalidInput("half of a surrogate pair in a query: send it as UTF-8")
    within("page size", query.size, MAX_PAGE_SIZE)
    within("number of parts", len(leaves), MAX_EXPRESSION_PARTS)
    within("length of the words of a part", max((len(text) for text in texts), default=0), MAX_TEXT_CHARACTERS)
    within("number of words", sum(len(text.split()) for text in texts), MAX_WORDS)
    within("number of filter values", len(filter_values), MAX_FILTER_VALUES)
    _check_values(query, values)
    for request in query.facets:
        within(f"size of facet {request.facet}", request.size, MAX_FACET_SIZE)
        if request.under is not None and not FACETS_BY_NAME[request.facet].below:
            raise InvalidInput(f"no value of {request.facet} lies below another")


def check_edges(edges: Sequence[int]) -> None:
    """Return when values may be counted between these days.

    Raises:
        InvalidInput: fewer than two, or not in rising order.
        LimitExceeded: more than MAX_EDGES.
    """
    if len(edges) < 2 or any(later <= earlier for earlier, later in pairwise(edges)):
        raise InvalidInput("stretches of time are said by two days or more, in rising order")
    within("number of edges", len(edges), MAX_EDGES)


def _check_values(query: ArticleQuery, values: Sequence[HasValue]) -> None:
    """Whether each facet can be asked in the way that it is."""
    for r in query.ranges:
        if r.facet not in FACETS_BY_NAME or FACETS_BY_NAME[r.facet].kind != "range":
            raise InvalidInput(f"{r.facet!r} is no facet of numbers")
        steps = FACETS_BY_NAME[r.facet].steps
        if steps and not {r.lowest, r.end} <= {None, *steps}:
            raise InvalidInput(f"the numbers of {r.facet} are kept in steps: a bound is one of {steps}")
    if len({r.facet for r in query.ranges}) < len(query.ranges):
        raise InvalidInput("a facet of numbers is narrowed twice")
    asked = [*((v.facet, v.values) for v in values), *((f.facet, (*f.include, *f.exclude)) for f in query.filters)]
    for facet, names in asked:
        if FACETS_BY_NAME[facet].kind == "date":
            for name in names:
                _period(name)
    for request in query.facets:
        kind = FACETS_BY_NAME[request.facet].kind
        if request.interval is not None and kind != "date":
            raise InvalidInput(f"{request.facet} has no intervals")
        _check_label_query(request.facet, request.query)


def _check_label_query(facet: str, text: str) -> None:
    within(f"length of the words looked for in {facet}", len(text), MAX_LABEL_QUERY_CHARACTERS)
    if text.strip() and FACETS_BY_NAME[facet].kind == "date":
        raise InvalidInput(f"{facet} has no labels to search in")


def _period(value: str) -> None:
    try:
        period(value)
    except ValueError as error:
        raise InvalidInput(str(error)) from error


def _leaves(expression: Expression | None, depth: int) -> Iterator[Leaf]:
    if depth > MAX_EXPRESSION_DEPTH:
        raise LimitExceeded(f"a query of more than {MAX_EXPRESSION_DEPTH} levels: take parentheses out")
    match expression:
        case None:
            return
        case Not(part):
            yield from _leaves(part, depth + 1)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves(part, depth + 1)
        case _:
            yield expression


def _text(leaf: Leaf) -> str:
    match leaf:
        case Words(text):
            return text
        case OnSite(host):
            return host
        case _:
            return ""


def check_get_many(article_ids: Sequence[str]) -> None:
    """Return when so many articles may be asked for at once; raise LimitExceeded otherwise."""
    within("number of articles", len(article_ids), MAX_GET_MANY)


def within_depth(query: ArticleQuery, position: Position | None) -> ArticleQuery:
    """The query, its page cut where the depth of an order by relevance ends.

    Raises:
        Expired: nothing is left of the page.
    """
    if query.effective_sort != "relevance":
        return query
    left = MAX_RELEVANCE_DEPTH - (position.offset if isinstance(position, RankPosition) else 0)
    if left <= 0:
        raise Expired(
            f"only the first {MAX_RELEVANCE_DEPTH} articles by relevance: narrow the query, or sort by time, which "
            "leads through all of them"
        )
    return replace(query, size=min(query.size, left))


def within(what: str, value: int, limit: int) -> None:
    """Return when a number is neither negative nor above its limit; raise InvalidInput or LimitExceeded otherwise."""
    if value < 0:
        raise InvalidInput(f"{what} is {value}: it cannot be negative")
    if value > limit:
        raise LimitExceeded(f"{what} is {value}: at most {limit}")
