"""The query string of a search, understood as an ArticleQuery, and written back into a URL."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any, TypeVar, get_args
from urllib.parse import parse_qsl, urlencode

from shared.article_store.query import (
    MAX_EXPRESSION_PARTS,
    MAX_FACET_SIZE,
    MAX_PAGE_SIZE,
    AllOf,
    ArticleQuery,
    Expression,
    FacetFilter,
    FacetRequest,
    Not,
    Sort,
    Words,
)
from shared.errors import InvalidInput, LimitExceeded
from shared.facets import FACETS, FACETS_BY_NAME, Facet

MAX_QUERY_STRING_CHARACTERS = 8192
MAX_TEXT_CHARACTERS = 2000
MAX_CURSOR_CHARACTERS = 1000
DEFAULT_PAGE_SIZE = 20
DEFAULT_FACET_SIZE = 10
_NO_FACETS = "none"
_SORTS: tuple[Sort, ...] = get_args(Sort)
# Quotation marks of all kinds, as phones and word processors write them.
_QUOTES = '"“”„«»'
_TOKEN = re.compile(rf"(?P<minus>-+)?(?:[{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]?|(?P<word>[^\s{_QUOTES}]+))")
T = TypeVar("T")


class InvalidParameter(InvalidInput):
    """A parameter that is not known or does not fit; `parameter` is its name as it was given."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter


@dataclass(frozen=True)
class Parameter:
    """One name that the query string may hold: what it means, and its JSON schema for OpenAPI."""

    name: str
    description: str
    schema: dict[str, Any]
    facet: str | None = None


def _of_facet(facet: Facet) -> tuple[Parameter, ...]:
    values = {"type": "array", "items": {"type": "string"}}
    excluded = f"{facet.label}: none of the values may be there."
    several = "Repeat it or separate values by commas; a comma within a value is written \\,."
    size = {"type": "integer", "minimum": 1, "maximum": MAX_FACET_SIZE, "default": DEFAULT_FACET_SIZE}
    return (
        Parameter(facet.name, f"{facet.description} Any of the values must be there. {several}", values, facet.name),
        Parameter(f"not_{facet.name}", f"{excluded} {several}", values, facet.name),
        Parameter(f"facet.{facet.name}.size", f"{facet.label}: how many values to count.", size, facet.name),
    )


PARAMETERS: tuple[Parameter, ...] = (
    Parameter(
        "q",
        'Words that must all occur in title, description or text; "a phrase" in quotes; -word or -"a phrase" must not.',
        {"type": "string", "maxLength": MAX_TEXT_CHARACTERS},
    ),
    Parameter("from", "Published since: a day, or a time in ISO 8601 (UTC unless it says so).", {"type": "string"}),
    Parameter("to", "Published until: the day included, or before the time.", {"type": "string"}),
    Parameter(
        "sort",
        "The order; relevance without words means newest.",
        {"type": "string", "enum": list(_SORTS), "default": "relevance"},
    ),
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
_NAMES = tuple(parameter.name for parameter in PARAMETERS)


def parse(query_string: str) -> ArticleQuery:
    """The question that a query string (without its "?", percent-encoded) asks.

    Raises:
        InvalidParameter: an unknown name, or a value that does not fit.
        LimitExceeded: the query string is longer than MAX_QUERY_STRING_CHARACTERS.
    """
    given = _Given.read(query_string)
    published_from = given.one("from", lambda value: _instant(value, end=False))
    published_to = given.one("to", lambda value: _instant(value, end=True))
    if published_from and published_to and published_from >= published_to:
        raise InvalidParameter("to", "ends before `from` begins: exchange the two")
    return ArticleQuery(
        where=given.one("q", _bounded_text),
        filters=_filters(given),
        published_from=published_from,
        published_to=published_to,
        sort=given.one("sort", _sort) or "relevance",
        size=given.one("size", lambda value: _number(value, MAX_PAGE_SIZE)) or DEFAULT_PAGE_SIZE,
        cursor=given.one("cursor", _cursor),
        facets=_facets(given),
        highlight=given.one("highlight", _truth) is not False,
    )


def parse_text(text: str) -> Expression | None:
    """The words, "phrases" and -exclusions of a search box, all of which must hold; a quote that is never closed lasts
    to the end. None where nothing is asked.

    Raises:
        LimitExceeded: more than MAX_EXPRESSION_PARTS of them.
    """
    parts: list[Expression] = []
    for match in _TOKEN.finditer(text):
        phrase = match["phrase"]
        words = " ".join((match["word"] if phrase is None else phrase).split())
        # A dash that stands alone is punctuation.
        if words.strip("-"):
            said = Words(words, phrase=phrase is not None)
            parts.append(Not(said) if match["minus"] else said)
    if len(parts) > MAX_EXPRESSION_PARTS:
        raise LimitExceeded(f"{len(parts)} words and phrases: ask for at most {MAX_EXPRESSION_PARTS}")
    return AllOf(tuple(parts)) if parts else None


def write_text(expression: Expression | None) -> str:
    """What to type for such an expression: the inverse of `parse_text`."""
    match expression:
        case Words(text, phrase):
            return f'"{text}"' if phrase else text
        case Not(part):
            return f"-{write_text(part)}"
        case AllOf(parts):
            return " ".join(write_text(part) for part in parts)
        case _:
            return ""


def to_pairs(query: ArticleQuery) -> list[tuple[str, str]]:
    """The names and values that say the query, leaving out what is said by default; `parse` reads them back."""
    pairs = [
        ("q", write_text(query.where)),
        ("from", _written(query.published_from, end=False)),
        ("to", _written(query.published_to, end=True)),
        ("sort", "" if query.sort == "relevance" else query.sort),
        ("size", "" if query.size == DEFAULT_PAGE_SIZE else str(query.size)),
        ("cursor", query.cursor or ""),
        ("highlight", "" if query.highlight else "false"),
        *_filter_pairs(query.filters),
        *_facet_pairs(query.facets),
    ]
    return [(name, value) for name, value in pairs if value]


def to_url(path: str, query: ArticleQuery, *, cursor: str | None = None) -> str:
    """A link to the first page of the query, or to the page that `cursor` names; the query's own cursor is dropped."""
    pairs = to_pairs(replace(query, cursor=cursor))
    return f"{path}?{urlencode(pairs, safe=':,')}" if pairs else path


@dataclass(frozen=True)
class _Given:
    """The values of each name that the query string holds, in its order; empty ones, as forms send them, are none."""

    values: dict[str, list[str]]

    @classmethod
    def read(cls, query_string: str) -> "_Given":
        if len(query_string) > MAX_QUERY_STRING_CHARACTERS:
            raise LimitExceeded(
                f"a query string of {len(query_string)} characters: at most {MAX_QUERY_STRING_CHARACTERS} are read"
            )
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(query_string, keep_blank_values=True):
            if name not in _NAMES:
                nearest = get_close_matches(name, _NAMES, n=1)
                raise InvalidParameter(name, f"unknown; is {nearest[0]} meant?" if nearest else "unknown; see /docs")
            if value:
                values.setdefault(name, []).append(value)
        return cls(values)

    def one(self, name: str, read: Callable[[str], T]) -> T | None:
        """The value of a parameter that is given at most once."""
        values = self.values.get(name, [])
        if len(values) > 1:
            raise InvalidParameter(name, f"given {len(values)} times; give it once")
        try:
            return read(values[0].strip()) if values and values[0].strip() else None
        except (ValueError, OverflowError, LimitExceeded) as error:
            raise InvalidParameter(name, str(error)) from error

    def many(self, name: str) -> tuple[str, ...]:
        """The distinct values of a parameter that may be repeated or hold a list."""
        return tuple(dict.fromkeys(part for value in self.values.get(name, []) for part in _split_list(value)))


def _split_list(value: str) -> list[str]:
    parts = re.findall(r"(?:\\.|[^,\\]|\\\Z)+", value, re.DOTALL)
    return [re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in parts]


def _join_list(values: Iterable[str]) -> str:
    return ",".join(value.replace("\\", "\\\\").replace(",", "\\,") for value in values)


def _bounded_text(value: str) -> Expression | None:
    if len(value) > MAX_TEXT_CHARACTERS:
        raise LimitExceeded(f"{len(value)} characters: at most {MAX_TEXT_CHARACTERS} are read")
    return parse_text(value)


def _instant(value: str, *, end: bool) -> datetime:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return _moment(value)
    return datetime.combine(day, time(), UTC) + timedelta(days=1 if end else 0)


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value[:40]!r} is no day like 2026-03-31 and no time like 2026-03-31T18:00Z") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _written(moment: datetime | None, *, end: bool) -> str:
    if moment is None:
        return ""
    if moment.time() != time() or moment.date() == date.min:
        return moment.isoformat().replace("+00:00", "Z")
    return (moment.date() - timedelta(days=1 if end else 0)).isoformat()


def _sort(value: str) -> Sort:
    for sort in _SORTS:
        if value == sort:
            return sort
    raise ValueError(f"{value[:40]!r} is none of {', '.join(_SORTS)}")


def _number(value: str, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", value) or not 1 <= int(value) <= most:
        raise ValueError(f"{value[:40]!r} is no number from 1 to {most}")
    return int(value)


def _cursor(value: str) -> str:
    if len(value) > MAX_CURSOR_CHARACTERS:
        raise LimitExceeded(f"longer than any cursor ({MAX_CURSOR_CHARACTERS} characters)")
    return value


def _truth(value: str) -> bool:
    if value not in ("true", "false", "1", "0"):
        raise ValueError(f"{value[:40]!r} is neither true nor false")
    return value in ("true", "1")


def _filters(given: _Given) -> tuple[FacetFilter, ...]:
    filters = (FacetFilter(facet.name, given.many(facet.name), given.many(f"not_{facet.name}")) for facet in FACETS)
    return tuple(item for item in filters if item.include or item.exclude)


def _facets(given: _Given) -> tuple[FacetRequest, ...]:
    names = given.many("facet") or tuple(FACETS_BY_NAME)
    if names == (_NO_FACETS,):
        return ()
    if unknown := [name for name in names if name not in FACETS_BY_NAME]:
        raise InvalidParameter("facet", f"{unknown[0][:40]!r} is none of {', '.join(FACETS_BY_NAME)}")
    return tuple(FacetRequest(name, _facet_size(given, name)) for name in names)


def _facet_size(given: _Given, name: str) -> int:
    return given.one(f"facet.{name}.size", lambda value: _number(value, MAX_FACET_SIZE)) or DEFAULT_FACET_SIZE


def _filter_pairs(filters: Iterable[FacetFilter]) -> Iterable[tuple[str, str]]:
    for item in filters:
        yield item.facet, _join_list(item.include)
        yield f"not_{item.facet}", _join_list(item.exclude)


def _facet_pairs(facets: tuple[FacetRequest, ...]) -> Iterable[tuple[str, str]]:
    names = tuple(request.facet for request in facets)
    if names != tuple(FACETS_BY_NAME):
        yield "facet", ",".join(names) or _NO_FACETS
    for request in facets:
        if request.size != DEFAULT_FACET_SIZE:
            yield f"facet.{request.facet}.size", str(request.size)
