"""A question to the article store and its answer, as values that no store's syntax leaks into."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.article_store.document import StoredArticle

Sort = Literal["relevance", "newest", "oldest"]
MAX_PAGE_SIZE = 200
MAX_FACET_SIZE = 200
MAX_CLAUSES = 64
MAX_RELEVANCE_DEPTH = 10_000


@dataclass(frozen=True)
class Clause:
    """One condition on title, description and text; all of a query's clauses must hold.

    `text` is a word, or with `phrase` words that follow each other in one field. With `negated` it must not occur.
    """

    text: str
    phrase: bool = False
    negated: bool = False


@dataclass(frozen=True)
class FacetFilter:
    """Narrows by one facet: any of `include` must be there, none of `exclude` may be."""

    facet: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class FacetRequest:
    """Asks for the counts of a facet: its `size` most frequent values and all those selected."""

    facet: str
    size: int = 10


@dataclass(frozen=True)
class ArticleQuery:
    """What to find, in which order, and what to count on the way.

    Attributes:
        published_from: first instant of publication that counts.
        published_to: first instant that does not count any more.
        sort: "relevance" without clauses means "newest".
        cursor: the `next` of the page before; opaque, and bound to the same query.
        highlight: whether to return fragments with the words that matched.
        hidden: whether what was withdrawn from searches is found, too.
    """

    clauses: tuple[Clause, ...] = ()
    filters: tuple[FacetFilter, ...] = ()
    published_from: datetime | None = None
    published_to: datetime | None = None
    sort: Sort = "relevance"
    size: int = 20
    cursor: str | None = None
    facets: tuple[FacetRequest, ...] = ()
    highlight: bool = False
    hidden: bool = False

    @property
    def effective_sort(self) -> Sort:
        """Relevance needs words to be relevant to."""
        if self.sort == "relevance" and not any(not clause.negated for clause in self.clauses):
            return "newest"
        return self.sort


HIGHLIGHT_START = "\ue000"
HIGHLIGHT_END = "\ue001"


@dataclass(frozen=True)
class Highlights:
    """Text around the words that matched, each between HIGHLIGHT_START and HIGHLIGHT_END (private-use characters,
    so that whoever shows it escapes first and marks afterwards)."""

    title: str | None = None
    text: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hit:
    """One article found; score is None where the order is by time."""

    stored: StoredArticle
    score: float | None = None
    highlights: Highlights | None = None


@dataclass(frozen=True)
class Bucket:
    """One value of a facet with the number of matching articles."""

    value: str
    label: str
    count: int
    selected: bool = False


@dataclass(frozen=True)
class FacetCounts:
    """Buckets by falling count, then label; `other` counts values of articles outside the buckets."""

    facet: str
    buckets: tuple[Bucket, ...]
    other: int


@dataclass(frozen=True)
class Total:
    """How many articles match: exactly, or at least so many."""

    value: int
    relation: Literal["eq", "gte"] = "eq"


@dataclass(frozen=True)
class SearchResult:
    """A page of hits, the total, the facets asked for in the order asked, and the cursor of the next page."""

    total: Total
    hits: tuple[Hit, ...]
    facets: tuple[FacetCounts, ...] = ()
    next: str | None = None
