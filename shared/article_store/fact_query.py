"""A question for facts, and its answer, as values that no store's syntax leaks into."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from shared.article_store.bounds import MAX_FILTER_VALUES, within
from shared.article_store.facts import FactKind, StoredFact
from shared.article_store.query import MAX_FACET_SIZE, MAX_PAGE_SIZE, Copies, FacetCounts, Total
from shared.errors import InvalidInput
from shared.events.enrichment import EntityId, RelationStatus, RelationType

FactSort = Literal["newest", "oldest", "largest"]
# What facts can be counted by. party: subject, object or a known speaker.
FactField = Literal["kind", "type", "status", "party", "subject", "object", "speaker", "source", "language"]
Interval = Literal["day", "week", "month", "quarter", "year"]
MAX_WORDS_CHARACTERS = 1_000


@dataclass(frozen=True)
class FactCount:
    """Asks for the `size` most frequent values of a field among what is found."""

    field: FactField
    size: int = 10


@dataclass(frozen=True)
class FactQuery:
    """Which facts to find, in which order, and what to count and to add up on the way.

    Every condition must hold; of several values of one, any. The counts respect all conditions, the own one too.

    Attributes:
        subjects: of relations, by entity id; objects, too. parties: who takes part in whatever role, or speaks.
        speakers: of quotes, by entity id.
        amount_from: the least amount in US dollars; with it, or with amount_to, facts without an amount are left out.
        amount_to: the amount in US dollars that does not count any more.
        words: all of them must be in the quote, or in the passage that says the relation.
        published_from: first instant of the article's publication that counts.
        published_to: first instant that does not count any more.
        articles: by article id.
        copies: whether facts of articles that copy another one are found; hidden, they count and add up nowhere.
        without: by field, values of which none may be there.
        sort: "largest": by amount in US dollars, those without one last.
        cursor: the `next` of the page before; opaque, and bound to the same query.
        sums: whether to add amounts up over time: "auto" chooses an interval that gives at most 60 buckets.
        hidden: whether facts of articles that were withdrawn from searches are found, too.
    """

    kinds: tuple[FactKind, ...] = ()
    types: tuple[RelationType, ...] = ()
    subjects: tuple[EntityId, ...] = ()
    objects: tuple[EntityId, ...] = ()
    parties: tuple[EntityId, ...] = ()
    speakers: tuple[EntityId, ...] = ()
    statuses: tuple[RelationStatus, ...] = ()
    amount_from: float | None = None
    amount_to: float | None = None
    words: str = ""
    published_from: datetime | None = None
    published_to: datetime | None = None
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    copies: Copies = "show"
    without: tuple[tuple[FactField, tuple[str, ...]], ...] = ()
    sort: FactSort = "newest"
    size: int = 20
    cursor: str | None = None
    counts: tuple[FactCount, ...] = ()
    sums: Interval | Literal["auto"] | None = None
    hidden: bool = False

    @property
    def terms(self) -> dict[str, tuple[str, ...]]:
        """The values asked for by the name of the field that must have one of them."""
        asked: dict[str, tuple[str, ...]] = {
            "kind": self.kinds,
            "type": self.types,
            "status": self.statuses,
            "subject": self.subjects,
            "object": self.objects,
            "party": self.parties,
            "speaker": self.speakers,
            "source": self.sources,
            "language": self.languages,
            "article_id": self.articles,
        }
        return {field: values for field, values in asked.items() if values}


@dataclass(frozen=True)
class FactSum:
    """The facts whose article was published in an interval: from `start` to the start of the next one.

    Attributes:
        facts: how many there are.
        amount_usd: their amounts in US dollars together; those without one add nothing.
    """

    start: datetime
    facts: int
    amount_usd: float


@dataclass(frozen=True)
class FactResult:
    """A page of facts, the total, the counts in the order asked, and the cursor of the next page.

    Attributes:
        sums: one after the other without a gap, from the first that holds a fact to the last.
        interval: of the sums.
    """

    total: Total
    facts: tuple[StoredFact, ...]
    counts: tuple[FacetCounts, ...] = ()
    sums: tuple[FactSum, ...] = ()
    interval: Interval | None = None
    next: str | None = None


def check_fact_bounds(query: FactQuery) -> None:
    """Return when the query may be asked.

    Raises:
        InvalidInput: a field counted twice or unknown, a size below zero, a time without a zone.
        LimitExceeded: more values, words, counts or a longer page than is answered.
    """
    fields = [count.field for count in query.counts]
    if unknown := sorted(set(fields) - set(get_args(FactField))):
        raise InvalidInput(f"facts cannot be counted by {unknown[0]!r}: one of {', '.join(get_args(FactField))}")
    if len(set(fields)) < len(fields):
        raise InvalidInput("facts are counted by one field twice")
    if any(moment is not None and moment.tzinfo is None for moment in (query.published_from, query.published_to)):
        raise InvalidInput("a time without a zone: end it with Z, or with an offset")
    within("page size", query.size, MAX_PAGE_SIZE)
    if unknown := sorted({field for field, _ in query.without} - set(get_args(FactField))):
        raise InvalidInput(f"facts have no {unknown[0]!r}: one of {', '.join(get_args(FactField))}")
    asked = [*query.terms.values(), *(values for _, values in query.without)]
    within("number of filter values", sum(map(len, asked)), MAX_FILTER_VALUES)
    within("length of the words", len(query.words), MAX_WORDS_CHARACTERS)
    for count in query.counts:
        within(f"number of values counted by {count.field}", count.size, MAX_FACET_SIZE)
