"""The parameters of a search, understood as an ArticleQuery, and written back into a URL."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_args
from urllib.parse import urlencode

from services.search.moments import since, until, written
from services.search.parameter import Parameter
from services.search.query_language.reading import MAX_QUERY_CHARACTERS, match_of, read, read_forgiving
from services.search.query_language.writing import write
from services.search.query_string import (
    Given,
    InvalidParameter,
    Pairs,
    join_list,
    number,
    one_of,
    pairs_of_query_string,
    truth,
)
from services.search.range_parameters import NUMERIC, RANGE_ALIASES, range_pairs, range_parameters, read_ranges
from shared.article_store.periods import Interval
from shared.article_store.query import (
    MAX_CURSOR_CHARACTERS,
    MAX_FACET_SIZE,
    MAX_LABEL_QUERY_CHARACTERS,
    MAX_PAGE_SIZE,
    ArticleQuery,
    BucketSort,
    Copies,
    Expression,
    FacetFilter,
    FacetRequest,
    FilterMode,
    Match,
    Mode,
    Sort,
)
from shared.errors import LimitExceeded
from shared.facets import FACETS, FACETS_BY_NAME, Facet

DEFAULT_PAGE_SIZE = 20
DEFAULT_FACET_SIZE = 10
_NO_FACETS = "none"
_SORTS: tuple[Sort, ...] = get_args(Sort)
_MATCHES: tuple[Match, ...] = get_args(Match)
_MODES: tuple[FilterMode, ...] = get_args(FilterMode)
_RELEVANCE_MODES: tuple[Mode, ...] = get_args(Mode)
# What has the text of another article is hidden unless asked for.
_COPIES: tuple[Copies, ...] = ("hide", "show")
_INTERVALS: tuple[Interval, ...] = get_args(Interval)
_BUCKET_SORTS: tuple[BucketSort, ...] = get_args(BucketSort)
# Other names of a parameter, as other news interfaces have it.
ALIASES = {"lang": "language", "not_lang": "not_language"}


@dataclass(frozen=True)
class Question:
    """What is asked, and what was mended to understand it; notes are for people, and only of a forgiving reader."""

    query: ArticleQuery
    notes: tuple[str, ...] = ()


def _of_facet(facet: Facet) -> tuple[Parameter, ...]:
    values = {"type": "array", "items": {"type": "string"}}
    excluded = f"{facet.label}: none of the values may be there."
    several = "Repeat it or separate values by commas; a comma within a value is written \\,."
    size = {"type": "integer", "minimum": 1, "maximum": MAX_FACET_SIZE, "default": DEFAULT_FACET_SIZE}
    about = f"facet.{facet.name}"
    return (
        Parameter(facet.name, f"{facet.description} Any of the values must be there. {several}", values, facet.name),
        Parameter(f"not_{facet.name}", f"{excluded} {several}", values, facet.name),
        Parameter(f"{about}.size", f"{facet.label}: how many values to count.", size, facet.name),
        Parameter(
            f"{about}.sort",
            f"{facet.label}: the order of the values, by falling count or by name.",
            _choice(_BUCKET_SORTS),
            facet.name,
        ),
        Parameter(
            f"{about}.mode",
            f"{facet.label}: whether any or all of the selected values must be there.",
            _choice(_MODES),
            facet.name,
        ),
        *(() if facet.kind == "date" else (_label_query(facet),)),
        *(_of_date(facet) if facet.kind == "date" else ()),
    )


def _label_query(facet: Facet) -> Parameter:
    said = f"{facet.label}: counts only values in whose labels words start with these, whatever case and accents."
    schema = {"type": "string", "maxLength": MAX_LABEL_QUERY_CHARACTERS}
    return Parameter(f"facet.{facet.name}.q", said, schema, facet.name)


def _of_date(facet: Facet) -> tuple[Parameter, ...]:
    said = f"{facet.label}: how long each bucket is; without it the shortest that gives a chart's worth of them."
    return (Parameter(f"facet.{facet.name}.interval", said, {"type": "string", "enum": list(_INTERVALS)}, facet.name),)


def _choice(choices: tuple[str, ...]) -> dict[str, Any]:
    return {"type": "string", "enum": list(choices), "default": choices[0]}


PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "q",
        'Words that must all occur, "a phrase" in quotes, -excluded, OR, parentheses, and fields as title: or person:; '
        "docs/query-language.md has all of it.",
        {"type": "string", "maxLength": MAX_QUERY_CHARACTERS},
    ),
    Parameter("match", "How many words of q must be there; most: two thirds of more than two.", _choice(_MATCHES)),
    Parameter(
        "from",
        "Published since: a day, a month, a year, a time in ISO 8601 (UTC unless it says so), or how long ago, as 7d.",
        {"type": "string"},
    ),
    Parameter("to", "Published until: the day, month or year included, or before the time.", {"type": "string"}),
    Parameter(
        "copies",
        "Whether articles with the text of an earlier one are found, too; hidden, they count nowhere.",
        _choice(_COPIES),
    ),
    *(parameter for facet in NUMERIC for parameter in range_parameters(facet)),
    Parameter(
        "mode",
        "What relevance means. words: articles with the words of q. hybrid: also those that are about the same, by "
        "their vectors, the first hundred of each fused by rank; total and facets count those with the words.",
        _choice(_RELEVANCE_MODES),
    ),
    Parameter("sort", "The order; relevance without words means newest.", _choice(_SORTS)),
    Parameter(
        "size",
        "Articles on a page.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE},
    ),
    Parameter(
        "cursor",
        "Where the page before ended: follow next rather than build it.",
        {"type": "string", "maxLength": MAX_CURSOR_CHARACTERS},
    ),
    Parameter("highlight", "Whether to return the words that matched.", {"type": "boolean", "default": True}),
    Parameter(
        "facet",
        f"Which facets to count, in this order: all unless given; {_NO_FACETS} counts nothing.",
        {"type": "array", "items": {"type": "string", "enum": [*FACETS_BY_NAME, _NO_FACETS]}},
    ),
    *(parameter for facet in FACETS for parameter in _of_facet(facet)),
)
NAMES = (*(parameter.name for parameter in PARAMETERS), *ALIASES, *RANGE_ALIASES)
ONE_VALUE = frozenset(parameter.name for parameter in PARAMETERS if parameter.schema["type"] != "array")


def parse(query_string: str, now: datetime) -> ArticleQuery:
    """The question that a query string (without its "?", percent-encoded) asks; spans like 7d count back from `now`.

    Raises:
        InvalidParameter: an unknown name, or a value that does not fit.
        QueryMistake: the text of q cannot be read.
        LimitExceeded: the query string is longer than MAX_QUERY_STRING_CHARACTERS.
    """
    return understand(pairs_of_query_string(query_string), now).query


def understand(pairs: Pairs, now: datetime, *, forgiving: bool = False) -> Question:
    """The question that names and values ask; raises as `parse`, a forgiving reader no QueryMistake."""
    given = Given.of(pairs, NAMES)
    published_from = given.one("from", lambda value: since(value, now))
    published_to = given.one("to", lambda value: until(value, now))
    if published_from and published_to and published_from >= published_to:
        raise InvalidParameter("to", "ends before `from` begins: exchange the two")
    where, notes = _where(given, now, forgiving=forgiving)
    query = ArticleQuery(
        where=where,
        filters=_filters(given),
        ranges=read_ranges(given),
        published_from=published_from,
        published_to=published_to,
        copies=given.one("copies", one_of(_COPIES)) or "hide",
        sort=given.one("sort", one_of(_SORTS)) or "relevance",
        mode=given.one("mode", one_of(_RELEVANCE_MODES)) or "words",
        size=given.one("size", number(MAX_PAGE_SIZE)) or DEFAULT_PAGE_SIZE,
        cursor=given.one("cursor", _cursor),
        facets=_facets(given),
        highlight=given.one("highlight", truth) is not False,
    )
    return Question(query, notes)


# Nothing is asked, and every facet counted.
EVERYTHING = ArticleQuery(facets=tuple(FacetRequest(name) for name in FACETS_BY_NAME), highlight=True, copies="hide")


def to_pairs(query: ArticleQuery) -> list[tuple[str, str]]:
    """The names and values that say the query, leaving out what is said by default; `parse` reads them back."""
    match = match_of(query.where)
    pairs = [
        ("q", write(query.where)),
        ("match", "" if match == "all" else match),
        ("from", written(query.published_from) if query.published_from else ""),
        ("to", written(query.published_to, end=True) if query.published_to else ""),
        *range_pairs(query.ranges),
        ("copies", "" if query.copies == "hide" else query.copies),
        ("sort", "" if query.sort == "relevance" else query.sort),
        ("mode", "" if query.mode == "words" else query.mode),
        ("size", "" if query.size == DEFAULT_PAGE_SIZE else str(query.size)),
        ("cursor", query.cursor or ""),
        ("highlight", "" if query.highlight else "false"),
        *_filter_pairs(query.filters),
        *_facet_pairs(query.facets),
    ]
    return [(name, value) for name, value in pairs if value]


def to_url(path: str, query: ArticleQuery, *, cursor: str | None = None, more: Iterable[tuple[str, str]] = ()) -> str:
    """A link to the first page of the query, or to the page that `cursor` names; the query's own cursor is dropped.

    Args:
        more: names and values that are not part of the query.
    """
    pairs = [*to_pairs(replace(query, cursor=cursor)), *more]
    return f"{path}?{urlencode(pairs, safe=':,', errors='surrogatepass')}" if pairs else path


def _where(given: Given, now: datetime, *, forgiving: bool) -> tuple[Expression | None, tuple[str, ...]]:
    match = given.one("match", one_of(_MATCHES)) or "all"
    text = given.one("q", str) or ""
    if forgiving:
        reading = read_forgiving(text, now, match)
        return reading.expression, reading.notes
    return read(text, now, match), ()


def _cursor(value: str) -> str:
    if len(value) > MAX_CURSOR_CHARACTERS:
        raise LimitExceeded(f"longer than any cursor ({MAX_CURSOR_CHARACTERS} characters)")
    return value


def _filters(given: Given) -> tuple[FacetFilter, ...]:
    filters = (_filter(given, facet.name) for facet in FACETS)
    return tuple(item for item in filters if item != FacetFilter(item.facet))


def _filter(given: Given, name: str) -> FacetFilter:
    aliases = [alias for alias, meant in ALIASES.items() if meant == name]
    return FacetFilter(
        name,
        given.many(name, *aliases),
        given.many(f"not_{name}", *(f"not_{alias}" for alias in aliases)),
        given.one(f"facet.{name}.mode", one_of(_MODES)) or "any",
    )


def _facets(given: Given) -> tuple[FacetRequest, ...]:
    names = given.many("facet") or tuple(FACETS_BY_NAME)
    if names == (_NO_FACETS,):
        return ()
    if unknown := [name for name in names if name not in FACETS_BY_NAME]:
        raise InvalidParameter("facet", f"{unknown[0][:40]!r} is none of {', '.join(FACETS_BY_NAME)}")
    return tuple(_facet(given, name) for name in names)


def _facet(given: Given, name: str) -> FacetRequest:
    return FacetRequest(
        name,
        given.one(f"facet.{name}.size", number(MAX_FACET_SIZE)) or DEFAULT_FACET_SIZE,
        given.one(f"facet.{name}.sort", one_of(_BUCKET_SORTS)) or "count",
        given.one(f"facet.{name}.interval", one_of(_INTERVALS)),
        given.one(f"facet.{name}.q", str) or "",
    )


def _filter_pairs(filters: Iterable[FacetFilter]) -> Iterable[tuple[str, str]]:
    for item in filters:
        yield item.facet, join_list(item.include)
        yield f"not_{item.facet}", join_list(item.exclude)
        yield f"facet.{item.facet}.mode", "" if item.mode == "any" else item.mode


def _facet_pairs(facets: tuple[FacetRequest, ...]) -> Iterable[tuple[str, str]]:
    names = tuple(request.facet for request in facets)
    if names != tuple(FACETS_BY_NAME):
        yield "facet", ",".join(names) or _NO_FACETS
    for request in facets:
        about = f"facet.{request.facet}"
        yield f"{about}.size", "" if request.size == DEFAULT_FACET_SIZE else str(request.size)
        yield f"{about}.sort", "" if request.sort == "count" else request.sort
        yield f"{about}.interval", request.interval or ""
        yield f"{about}.q", request.query
