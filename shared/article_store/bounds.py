"""Refuses a query that names what is not there or asks for more than the store answers."""

from shared.article_store.query import MAX_CLAUSES, MAX_FACET_SIZE, MAX_PAGE_SIZE, MAX_RELEVANCE_DEPTH, ArticleQuery
from shared.errors import InvalidInput, LimitExceeded
from shared.facets import FACETS_BY_NAME

MAX_FILTER_VALUES = 256
MAX_CLAUSE_CHARACTERS = 1_000


def check_bounds(query: ArticleQuery) -> None:
    """Return when the query may be asked.

    Raises:
        InvalidInput: an unknown facet, one asked for twice, a size below zero, or what is no Unicode text.
        LimitExceeded: a page, a facet, a clause, their number or that of filter values beyond its bound.
    """
    for name in (*(f.facet for f in query.filters), *(f.facet for f in query.facets)):
        if name not in FACETS_BY_NAME:
            raise InvalidInput(f"no facet {name!r}: one of {', '.join(FACETS_BY_NAME)}")
    if len({request.facet for request in query.facets}) < len(query.facets):
        raise InvalidInput("a facet is asked for twice")
    asked = (*(c.text for c in query.clauses), *(v for f in query.filters for v in (*f.include, *f.exclude)))
    if not all(_is_text(text) for text in asked):
        raise InvalidInput("half of a surrogate pair in a query: send it as UTF-8")
    filter_values = sum(len(f.include) + len(f.exclude) for f in query.filters)
    _within("page size", query.size, MAX_PAGE_SIZE)
    _within("number of clauses", len(query.clauses), MAX_CLAUSES)
    _within("length of a clause", max((len(clause.text) for clause in query.clauses), default=0), MAX_CLAUSE_CHARACTERS)
    _within("number of filter values", filter_values, MAX_FILTER_VALUES)
    for request in query.facets:
        _within(f"size of facet {request.facet}", request.size, MAX_FACET_SIZE)


def check_depth(offset: int, size: int) -> None:
    """Return when a page by relevance may be asked that starts at this offset.

    Raises:
        LimitExceeded: it ends beyond MAX_RELEVANCE_DEPTH.
    """
    if offset + size > MAX_RELEVANCE_DEPTH:
        raise LimitExceeded(
            f"only the first {MAX_RELEVANCE_DEPTH} articles by relevance: narrow the query, or sort by time"
        )


def _is_text(text: str) -> bool:
    """Python's strings can hold half of a surrogate pair (JSON can carry one); no store can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _within(what: str, value: int, limit: int) -> None:
    if value < 0:
        raise InvalidInput(f"{what} is {value}: it cannot be negative")
    if value > limit:
        raise LimitExceeded(f"{what} is {value}: at most {limit}")
