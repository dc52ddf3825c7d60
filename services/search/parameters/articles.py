"""The parameters of a search, understood as an ArticleQuery, and written back into a URL."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args
from urllib.parse import urlencode

from services.search.parameters.facets import OF_FACETS, filter_pairs, read_filters, request_pairs
from services.search.parameters.form import AnyParameter, Form, Given
from services.search.parameters.parameter import (
    CURSOR,
    DEFAULT_PAGE_SIZE,
    choice,
    flag,
    page_size,
    several_of,
    shown_copies,
    single,
)
from services.search.parameters.query_string import InvalidParameter, Pairs, pairs_of_query_string
from services.search.parameters.ranges import RANGES, range_pairs, read_ranges
from services.search.parameters.times import times
from services.search.query_language.reading import MAX_QUERY_CHARACTERS, match_of, read, read_forgiving
from services.search.query_language.writing import write
from shared.article_store.query import (
    ArticleQuery,
    Expression,
    FacetRequest,
    Freshness,
    Match,
    Mode,
    Sort,
)
from shared.facets import FACETS_BY_NAME

_NO_FACETS = "none"
Recency = Literal["gentle", "strong", "none"]
_RECENCIES: tuple[Recency, ...] = get_args(Recency)
_SORTS: tuple[Sort, ...] = get_args(Sort)
_MATCHES: tuple[Match, ...] = get_args(Match)
_RELEVANCE_MODES: tuple[Mode, ...] = get_args(Mode)

# How long it may be is said by the reader, which points at where it becomes too much.
_Q = single(
    "q",
    'Words that must all occur, "a phrase" in quotes, -excluded, OR, parentheses, and fields as title: or person:; '
    "docs/query-language.md has all of it.",
    {"type": "string", "maxLength": MAX_QUERY_CHARACTERS},
    lambda value, _: value,
    "",
)
_MATCH = choice("match", "How many words of q must be there; most: two thirds of more than two.", _MATCHES, _MATCHES[0])
_TIMES = times(
    "Published since: a day, a month, a year, a time in ISO 8601 (UTC unless it says so), or how long ago, as 7d.",
    "Published until: the day, month or year included, or before the time.",
)
_SHOWN_COPIES = shown_copies("articles with the text of an earlier one are found")
_MODE = choice(
    "mode",
    "What relevance means. words: articles with the words of q. hybrid: also those that are about the same, by "
    "their vectors, the first hundred of each fused by rank; total and facets count those with the words.",
    _RELEVANCE_MODES,
    _RELEVANCE_MODES[0],
)
_RECENCY = choice(
    "recency",
    "How much relevance raises what was published within a day, a week, a month and a year, by as many steps; it never "
    "changes what is found.",
    _RECENCIES,
    _RECENCIES[0],
)
SORT = choice("sort", "The order; relevance without words means newest.", _SORTS, _SORTS[0])
_SIZE = page_size("Articles")
_HIGHLIGHT = flag("highlight", "Whether to return the words that matched.", default=True)
_FACET = several_of(
    "facet",
    f"Which facets to count, in this order: all unless given; {_NO_FACETS} counts nothing.",
    (*FACETS_BY_NAME, _NO_FACETS),
)
# What only says how a page of articles is shown, and nothing of what is found.
_OF_PAGES: tuple[AnyParameter, ...] = (_RECENCY, SORT, _SIZE, CURSOR, _HIGHLIGHT, _FACET)
_OF_COUNTS: tuple[AnyParameter, ...] = tuple(p for of_facet in OF_FACETS.values() for p in of_facet.counting)

SEARCH = Form(
    (
        _Q,
        _MATCH,
        *_TIMES.parameters,
        _SHOWN_COPIES,
        *(parameter for bounds in RANGES.values() for parameter in bounds.parameters),
        _MODE,
        _RECENCY,
        SORT,
        _SIZE,
        CURSOR,
        _HIGHLIGHT,
        _FACET,
        *(parameter for of_facet in OF_FACETS.values() for parameter in of_facet.parameters),
    )
)


# Added to a score of BM25, of which each rare word of the question that an article has gives 2 to 8.
RECENCY_WEIGHTS: dict[Recency, float] = {"gentle": 0.4, "strong": 4.0, "none": 0.0}


@dataclass(frozen=True)
class Question:
    """What is asked, and what was mended to understand it; notes are for people, and only of a forgiving reader."""

    query: ArticleQuery
    notes: tuple[str, ...] = ()


def within_search(*own: AnyParameter, keeping: Iterable[AnyParameter] = ()) -> Form:
    """The form of a question about all that a search finds, with parameters of its own.

    What only says how a page is shown is taken, so that the address of a search becomes one of the other question, and
    of no account, but for those of `keeping`.
    """
    kept = tuple(keeping)
    shown = tuple(parameter for parameter in (*_OF_PAGES, *_OF_COUNTS) if parameter not in kept)
    return SEARCH.with_own(*own, silent=lambda parameter: parameter in shown)


def parse(query_string: str, now: datetime) -> ArticleQuery:
    """The question that a query string (without its "?", percent-encoded) asks; spans like 7d count back from `now`.

    Raises:
        InvalidParameter: an unknown name, or a value that does not fit.
        QueryMistake: the text of q cannot be read.
        LimitExceeded: the query string is longer than MAX_QUERY_STRING_CHARACTERS.
    """
    return understand(pairs_of_query_string(query_string), now)


def understand(pairs: Pairs, now: datetime) -> ArticleQuery:
    """The question that names and values ask; raises as `parse`."""
    return asked_of_articles(SEARCH.read(pairs, now))


def asked_of_articles(given: Given) -> ArticleQuery:
    """The question that is given in SEARCH or a form around it.

    Raises:
        InvalidParameter, QueryMistake: as `parse`.
    """
    return _question(given, read(given[_Q], given.now, given[_MATCH]))


def asked_by_people(given: Given) -> Question:
    """As `asked_of_articles`, of people: mistakes in the text are mended, and noted."""
    reading = read_forgiving(given[_Q], given.now, given[_MATCH])
    return Question(_question(given, reading.expression), reading.notes)


# Nothing is asked, and every facet counted.
EVERYTHING = ArticleQuery(facets=tuple(FacetRequest(name) for name in FACETS_BY_NAME), highlight=True, copies="hide")


def to_pairs(query: ArticleQuery) -> list[tuple[str, str]]:
    """The names and values that say the query, leaving out what is said by default; `parse` reads them back."""
    match = match_of(query.where)
    pairs = [
        ("q", write(query.where)),
        ("match", "" if match == "all" else match),
        *_TIMES.pairs(query.published_from, query.published_to),
        *range_pairs(query.ranges),
        ("copies", "" if query.copies == "hide" else query.copies),
        ("sort", "" if query.sort == "relevance" else query.sort),
        ("mode", "" if query.mode == "words" else query.mode),
        ("recency", "" if (recency := recency_of(query)) == "gentle" else recency),
        ("size", "" if query.size == DEFAULT_PAGE_SIZE else str(query.size)),
        ("cursor", query.cursor or ""),
        ("highlight", "" if query.highlight else "false"),
        *filter_pairs(query.filters),
        *_facet_pairs(query.facets),
    ]
    return [(name, value) for name, value in pairs if value]


def recency_of(query: ArticleQuery) -> Recency:
    """How much recency counts; "gentle" where the order is not by relevance, and nothing need be said."""
    if query.effective_sort != "relevance":
        return "gentle"
    weight = query.fresh.weight if query.fresh else 0.0
    return min(RECENCY_WEIGHTS, key=lambda name: abs(RECENCY_WEIGHTS[name] - weight))


def to_url(path: str, query: ArticleQuery, *, cursor: str | None = None, more: Iterable[tuple[str, str]] = ()) -> str:
    """A link to the first page of the query, or to the page that `cursor` names; the query's own cursor is dropped.

    Args:
        more: names and values that are not part of the query.
    """
    return link(path, [*to_pairs(replace(query, cursor=cursor)), *more])


def link(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The path with these names and values; those whose value is empty are left out."""
    said = [(name, value) for name, value in pairs if value]
    return f"{path}?{urlencode(said, safe=':,', errors='surrogatepass')}" if said else path


def _question(given: Given, where: Expression | None) -> ArticleQuery:
    published_from, published_to = _TIMES.of(given)
    query = ArticleQuery(
        where=where,
        filters=read_filters(given),
        ranges=read_ranges(given),
        published_from=published_from,
        published_to=published_to,
        copies=given[_SHOWN_COPIES],
        sort=given[SORT],
        mode=given[_MODE],
        size=given[_SIZE],
        cursor=given[CURSOR],
        facets=_facets(given),
        highlight=given[_HIGHLIGHT],
    )
    weight = RECENCY_WEIGHTS[given[_RECENCY]]
    counts = weight and query.effective_sort == "relevance"
    return replace(query, fresh=Freshness(given.now, weight)) if counts else query


def _facets(given: Given) -> tuple[FacetRequest, ...]:
    names = given[_FACET] or tuple(FACETS_BY_NAME)
    if names == (_NO_FACETS,):
        return ()
    if _NO_FACETS in names:
        raise InvalidParameter(_FACET.name, f"{_NO_FACETS!r} stands alone: leave it out, or the others")
    return tuple(OF_FACETS[name].request(given) for name in names)


def _facet_pairs(facets: tuple[FacetRequest, ...]) -> Iterable[tuple[str, str]]:
    names = tuple(request.facet for request in facets)
    if names != tuple(FACETS_BY_NAME):
        yield "facet", ",".join(names) or _NO_FACETS
    yield from request_pairs(facets)
