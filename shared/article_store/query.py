"""A question to the article store and its answer, as values that no store's syntax leaks into."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.article_store.document import StoredArticle
from shared.article_store.periods import Interval
from shared.events.embedding import Embedding
from shared.events.enrichment import RelationType

Sort = Literal["relevance", "newest", "oldest"]
# words: what has the words. hybrid: what has them, and what is about the same, fused by who asks the store.
Mode = Literal["words", "hybrid"]
TextField = Literal["any", "title", "text", "author"]
Match = Literal["all", "most", "any"]
FilterMode = Literal["any", "all"]
BucketSort = Literal["count", "name"]
Copies = Literal["show", "hide"]
MAX_PAGE_SIZE = 200
MAX_FACET_SIZE = 200
MAX_LABEL_QUERY_CHARACTERS = 100
MAX_EXPRESSION_DEPTH = 8
MAX_EXPRESSION_PARTS = 64
MAX_WORDS = 256
MAX_RELEVANCE_DEPTH = 10_000
# One that names a view of a hundred indices is half as long.
MAX_CURSOR_CHARACTERS = 7_000


@dataclass(frozen=True)
class Words:
    """Words that are asked for, whatever their form, case and accents.

    What is written without a space (R&D, or Chinese) means its terms in a row. A bag without any word in it ("&")
    neither finds nor excludes: it is as if it were not there.

    Attributes:
        text: words with spaces between them, in any language.
        phrase: they follow each other, in one field.
        field: "any" is title, description, text and the names of the entities; "text" is description and text.
        match: of a bag, how many words must be there, each in any of the fields: all of them; most (all of up to two,
            two thirds of more); or any. In the latter two, words like "the" count only where there are no others; in
            the last, words joined by a hyphen or a slash are looked for one by one.
    """

    text: str
    phrase: bool = False
    field: TextField = "any"
    match: Match = "all"


@dataclass(frozen=True)
class HasValue:
    """Any of the values of a facet is there."""

    facet: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class OnSite:
    """The article's address is on this host, or on one below it: example.com holds for news.example.com."""

    host: str


@dataclass(frozen=True)
class PublishedBetween:
    """Published at or after `start` and before `end`; None leaves that side open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class DealBetween:
    """A relation of this type, or of any, has an amount of at least `lowest` and less than `end` US dollars."""

    relation: RelationType | None = None
    lowest: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Expression"


@dataclass(frozen=True)
class AllOf:
    """Every part holds; of no parts that is true of every article."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds; of no parts that is true of every article."""

    parts: tuple["Expression", ...]


Leaf = Words | HasValue | OnSite | PublishedBetween | DealBetween
Expression = Leaf | Not | AllOf | AnyOf


@dataclass(frozen=True)
class FacetFilter:
    """Narrows by one facet: of `include` any value must be there, or with mode "all" each; none of `exclude` may be.

    Relation and deal size narrow together: what includes both finds amounts of such relations alone.
    """

    facet: str
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    mode: FilterMode = "any"


@dataclass(frozen=True)
class RangeFilter:
    """Narrows by the numbers of a range: one is at least `lowest` and less than `end`; None leaves a side open."""

    facet: str
    lowest: float | None = None
    end: float | None = None


@dataclass(frozen=True)
class FacetRequest:
    """Asks for the counts of a facet: its `size` most frequent values and all those selected.

    A range has its spans in their order, and a date its intervals, whatever `size` and `sort` say.

    Attributes:
        sort: by falling count, then label; or by label.
        interval: of a date; None: the shortest from a day on that gives a chart's worth of buckets.
        query: counts only values that some article of the store has with a label in which words start with these, one
            after the other, whatever their case and accents; selected values are no exception. "": all values.
        under: of a tree, counts only values that lie directly below this one on some article of the store, HIGHEST for
            the highest of all; selected values are no exception. None: all values.
    """

    facet: str
    size: int = 10
    sort: BucketSort = "count"
    interval: Interval | None = None
    query: str = ""
    under: str | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether only some values are counted, which are found among the terms of the store."""
        return bool(self.query.strip()) or self.under is not None


@dataclass(frozen=True)
class Freshness:
    """By relevance, what was published lately before `at` is raised: by up to `weight`, which is added to the score."""

    at: datetime
    weight: float


@dataclass(frozen=True)
class ArticleQuery:
    """What to find, in which order, and what to count on the way.

    Attributes:
        where: what holds of every article found; None: nothing is asked.
        prefer: words that raise an article among those found, and need not be there.
        fresh: how recency counts in relevance; None: not at all.
        published_from: first instant of publication that counts.
        published_to: first instant that does not count any more.
        sort: "relevance" without words means "newest".
        mode: of relevance; no store reads it, since each is asked for words and for neighbours apart.
        cursor: the `next` of the page before; opaque, and bound to the same query. By relevance it leads on in the
            store as it was when the first page was asked for, for VIEW_LIFETIME_S after the page before.
        highlight: whether to return fragments with the words that matched.
        hidden: whether what was withdrawn from searches is found, too.
        copies: whether articles that copy another one are found; hidden, they count nowhere.
    """

    where: Expression | None = None
    prefer: tuple[Words, ...] = ()
    fresh: Freshness | None = None
    filters: tuple[FacetFilter, ...] = ()
    ranges: tuple[RangeFilter, ...] = ()
    published_from: datetime | None = None
    published_to: datetime | None = None
    sort: Sort = "relevance"
    mode: Mode = "words"
    size: int = 20
    cursor: str | None = None
    facets: tuple[FacetRequest, ...] = ()
    highlight: bool = False
    hidden: bool = False
    copies: Copies = "show"

    @property
    def effective_sort(self) -> Sort:
        """Relevance needs words to be relevant to."""
        if self.sort == "relevance" and not any(True for _ in self.wanted_words()):
            return "newest"
        return self.sort

    def wanted_words(self) -> Iterator[Words]:
        """The words that speak for an article: those asked for, and those preferred."""
        if self.where is not None:
            yield from wanted_words(self.where)
        yield from self.prefer


def wanted_words(expression: Expression) -> Iterator[Words]:
    """All words of an expression that are not ruled out."""
    match expression:
        case Words():
            yield expression
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from wanted_words(part)


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
    """One article found.

    Attributes:
        score: None where the order is by time.
        copies: how many copies of it the store has; counted where they are hidden.
    """

    stored: StoredArticle
    score: float | None = None
    highlights: Highlights | None = None
    copies: int = 0


@dataclass(frozen=True)
class NearestQuery:
    """Asks for the articles whose vectors are the nearest to one, of the same model.

    Attributes:
        among: what else holds of them; its words, too, must be there. Its sort, page, facets and cursor do not count.
        least_cosine: none that is less alike is found.
    """

    among: ArticleQuery
    vector: Embedding
    size: int = 100
    least_cosine: float = -1.0


@dataclass(frozen=True)
class Bucket:
    """One value of a facet with the number of matching articles."""

    value: str
    label: str
    count: int
    selected: bool = False


@dataclass(frozen=True)
class FacetCounts:
    """The counts of a facet.

    Attributes:
        buckets: in the order asked for.
        other: values of articles outside the buckets, each article counted once for each.
        exact: whether every count is; if not, a count may be too low.
        interval: of a date's buckets; they follow each other without a gap.
        failed: why the facet could not be counted, though the page could be served; there are no buckets then.
    """

    facet: str
    buckets: tuple[Bucket, ...]
    other: int
    exact: bool = True
    interval: Interval | None = None
    failed: str | None = None


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
