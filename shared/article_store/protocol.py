"""The contract of the article store: what readers ask and writers put, whichever store stands behind it."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from shared.article_store.document import StoredArticle, StoredRevision
from shared.article_store.fact_query import FactQuery, FactResult
from shared.article_store.past import WithdrawResult
from shared.article_store.query import ArticleQuery, FacetCounts, FacetRequest, Hit, NearestQuery, SearchResult
from shared.article_store.stories import StoredStory, StoryQuery, StoryResult, newest
from shared.errors import NewsweirError
from shared.events.articles import ArticleWithdrawn, PutResult
from shared.events.stories import StoryChanged


@dataclass(frozen=True)
class PutOutcome:
    """What became of one document of a batch; `failure` is set where it could not be written.

    created: the article was not there. updated: it was, with another content or enrichment.
    unchanged: same content and enrichment, the version advanced. stale: the store holds a newer version.
    """

    article_id: str
    result: PutResult | None
    failure: NewsweirError | None = None


@dataclass(frozen=True)
class WithdrawOutcome:
    """What became of one withdrawal of a batch.

    withdrawn: the article is marked. deleted: it is deleted with its revisions. stale: a newer revision or withdrawal
    is there, and an article that is newer stays as it is. unknown: the article is not there; should a revision come
    late that is older, it is met by the withdrawal.
    """

    article_id: str
    result: WithdrawResult


@dataclass(frozen=True)
class StoryOutcome:
    """What became of one StoryChanged of a batch: kept, or stale, for a newer one is there."""

    story_id: str
    result: Literal["kept", "stale"]


def deleted_by(events: Iterable[ArticleWithdrawn], outcomes: Iterable[WithdrawOutcome]) -> frozenset[str]:
    """The articles that a batch of withdrawals deletes, or never lets in: no story tells of them any more."""
    pairs = zip(events, outcomes, strict=True)
    return frozenset(event.article_id for event, outcome in pairs if event.hard and outcome.result != "stale")


def story_outcomes(events: Sequence[StoryChanged], known: Mapping[str, StoredStory]) -> list[StoryOutcome]:
    """What became of a batch, given the stories that were there before it."""
    said = newest(events)
    return [
        StoryOutcome(e.story_id, "stale" if e.version < max(said[e.story_id].version, _version(known, e)) else "kept")
        for e in events
    ]


def _version(known: Mapping[str, StoredStory], event: StoryChanged) -> int:
    return known[event.story_id].version if event.story_id in known else 0


class ArticleReader(Protocol):
    """Asks the store; any number of readers, in any process.

    Every method raises DependencyUnavailable while the store cannot answer.

    Articles like another one are no question of their own: who asks searches for its words, in `where` and `prefer`.
    """

    async def get(self, article_id: str) -> StoredArticle | None:
        """The article, or None; one that is hidden too, and says so."""
        ...

    async def get_many(self, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
        """Those of the articles that are there, by id; as `get`, in one question.

        Raises:
            LimitExceeded: more than MAX_GET_MANY ids.
        """
        ...

    async def outlines(self, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
        """As `get_many` in half its time: what finds the articles and what a notice tells of them, see outline.py."""
        ...

    async def revisions(self, article_id: str) -> tuple[StoredRevision, ...]:
        """What is kept of what the article said, oldest first: at most MAX_REVISIONS, each other than the one before;
        empty where the article is not there."""
        ...

    async def search(self, query: ArticleQuery) -> SearchResult:
        """One page of the articles that match and are not hidden, and the counts of the facets asked for.

        Counts of a facet ignore that facet's own filter and respect everything else; the values that the filter
        names, included or excluded, are returned whatever their count.

        Raises:
            InvalidInput: an unknown facet, or a cursor that does not belong to the query.
            LimitExceeded: more than is answered (see bounds.py).
            Expired: the view of the store that a page by relevance belongs to is not kept any more, or the page
                begins beyond MAX_RELEVANCE_DEPTH.
        """
        ...

    async def nearest(self, query: NearestQuery) -> tuple[Hit, ...]:
        """The articles nearest to a vector, the nearest first, with the cosine as their score; neither copies nor
        highlights are looked for. Of what was put up to a second ago some may be missing.

        Raises:
            InvalidInput, LimitExceeded: as `search`; and more than MAX_PAGE_SIZE hits.
            ConfigurationError: what compares vectors is not installed.
        """
        ...

    async def days(self, query: ArticleQuery) -> dict[int, int]:
        """How many articles that match were published on each day since 1970 that has any, in UTC; every filter counts,
        page and facets do not.

        Raises:
            InvalidInput: an unknown facet.
            LimitExceeded: more than is answered (see bounds.py).
        """
        ...

    async def values_over_time(
        self, query: ArticleQuery, request: FacetRequest, edges: Sequence[int]
    ) -> tuple[FacetCounts, ...]:
        """The counts of one facet in each stretch from one edge up to, not including, the next, in one question; the
        same as those of a search for what was published within it.

        Args:
            edges: days since 1970, in rising order, at most MAX_EDGES of them.

        Raises:
            InvalidInput: an unknown facet.
            LimitExceeded: more than is answered (see bounds.py).
        """
        ...

    async def story(self, story_id: str) -> StoredStory | None:
        """The story, or None; one that is empty or was merged into another too, and says so."""
        ...

    async def stories(self, query: StoryQuery) -> StoryResult:
        """One page of the stories that match.

        Raises:
            InvalidInput: a cursor that does not belong to the query.
            LimitExceeded: more than is answered (see stories.py).
        """
        ...

    async def facts(self, query: FactQuery) -> FactResult:
        """One page of the relations and quotes that match, the counts and the sums asked for.

        Raises:
            InvalidInput: a field that facts are not counted by, or a cursor that does not belong to the query.
            LimitExceeded: more than is answered (see fact_query.py).
        """
        ...

    def scan(self, query: ArticleQuery) -> AsyncIterator[StoredArticle]:
        """All articles that match, newest first, each once; for exports and rebuilds."""
        ...

    def withdrawals(self) -> AsyncIterator[ArticleWithdrawn]:
        """All withdrawals that are remembered, tombstones among them, in no order; for copies of a whole store."""
        ...

    async def analyse(self, text: str) -> list[str]:
        """The tokens that this store makes of a text."""
        ...

    async def check(self) -> None:
        """Return when the store can answer; raise DependencyUnavailable with the reason otherwise."""
        ...

    async def close(self) -> None:
        """Release connections and files."""
        ...


class ArticleWriter(Protocol):
    """Puts articles into the store; what `put` returned is durable, and readers see it soon: searches within 50 ms
    on one machine and within a second with Elasticsearch, whose `get` sees it at once."""

    async def put(self, articles: Sequence[StoredArticle]) -> list[PutOutcome]:
        """Write a batch; outcomes in the order given. An older version never replaces a newer one, and
        `ingested_at` of an article that was there is kept.

        What each article says is kept as a revision first, stale or not, unless the revision before says the same. Its
        facts are replaced with it.
        `standing` is not taken from what is put: it follows from revisions, withdrawals and stories.

        Raises:
            DependencyUnavailable: nothing can be written now; the batch may be put again.
        """
        ...

    async def change_stories(self, events: Sequence[StoryChanged]) -> list[StoryOutcome]:
        """Keep the newest of each story, and let every article carry the story that it belongs to; outcomes in the
        order given. May run beside a put, and be repeated. Articles that were forgotten are left out.

        Raises:
            DependencyUnavailable: nothing can be written now; the batch may be said again.
        """
        ...

    async def withdraw(self, events: Sequence[ArticleWithdrawn]) -> list[WithdrawOutcome]:
        """Mark or delete articles; outcomes in the order given. May run beside a put, and be repeated.

        A mark holds until a newer revision is put. A deletion takes all revisions up to its own with it, and leaves
        a tombstone: nothing up to that revision is ever written again.

        Raises:
            DependencyUnavailable: nothing can be written now; the batch may be withdrawn again.
        """
        ...

    async def check(self) -> None:
        """Return when the store can be written; raise DependencyUnavailable with the reason otherwise."""
        ...

    async def close(self) -> None:
        """Release the store; a second writer may take over."""
        ...
