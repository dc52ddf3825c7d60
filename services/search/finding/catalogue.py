"""What API and pages ask the article store: within the time limit, and showing only what may be shown."""

import asyncio
import re
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import TypeVar

from services.search.finding.hybrid import WINDOW, apart, fused, is_hybrid
from services.search.finding.rights import as_permitted, fact_as_permitted, revision_as_permitted
from services.search.finding.similar import others, resembling
from shared import tracing
from shared.article_store.document import StoredArticle, StoredRevision
from shared.article_store.fact_query import FactQuery, FactResult
from shared.article_store.protocol import ArticleReader
from shared.article_store.query import ArticleQuery, FacetCounts, FacetRequest, Hit, NearestQuery, SearchResult
from shared.article_store.snippets import SNIPPET_CHARACTERS
from shared.article_store.stories import StoredStory, StoryQuery, StoryResult, without
from shared.embeddings.protocol import Embedder
from shared.errors import DependencyUnavailable, InvalidInput, TemporaryFailure
from shared.events.embedding import Embedding

_ARTICLE_ID = re.compile(r"[0-9a-f]{64}")
_STORY_ID = re.compile(r"[0-9a-f]{16}")
T = TypeVar("T")


class UnknownArticle(InvalidInput):
    """No article has this id."""


class UnknownFacet(InvalidInput):
    """No facet has this name."""


class ModelUnavailable(DependencyUnavailable):
    """The model that makes vectors gave none of a question."""


class UnknownStory(InvalidInput):
    """No story has this id."""


class Catalogue:
    """The store, as the search service shows it.

    Every method raises DependencyUnavailable when the store is away or gives no answer within the time limit.
    """

    def __init__(self, reader: ArticleReader, *, time_limit_s: float, embedder: Embedder | None = None) -> None:
        self._reader = reader
        self._time_limit_s = time_limit_s
        self._embedder = embedder

    @property
    def finds_by_meaning(self) -> bool:
        """Whether vectors are made here, so that a hybrid question has an answer."""
        return self._embedder is not None

    async def find(self, query: ArticleQuery) -> SearchResult:
        """One page of articles, as far as they may be shown, and the counts of facets; raises as
        `ArticleReader.search`.

        Of a hybrid question: InvalidInput where no vectors are made.
        """
        found = await self._in_time(self._find_hybrid(query) if is_hybrid(query) else self._reader.search(query))
        return replace(found, hits=tuple(replace(hit, stored=as_permitted(hit.stored)) for hit in found.hits))

    async def days(self, query: ArticleQuery) -> dict[int, int]:
        """How many articles of a question were published on each day since 1970; raises as `ArticleReader.days`."""
        return await self._in_time(self._reader.days(query))

    async def values_over_time(
        self, query: ArticleQuery, request: FacetRequest, edges: Sequence[int]
    ) -> tuple[FacetCounts, ...]:
        """The counts of a facet between each two days since 1970; raises as `ArticleReader.values_over_time`."""
        return await self._in_time(self._reader.values_over_time(query, request, edges))

    async def one(self, article_id: str) -> StoredArticle:
        """The article as far as it may be shown; raises UnknownArticle."""
        known = _ARTICLE_ID.fullmatch(article_id)
        stored = await self._in_time(self._reader.get(article_id)) if known else None
        if stored is None or stored.hidden:
            raise UnknownArticle(f"no article has the id {article_id[:80]!r}: ids come with each article of a search")
        return as_permitted(stored)

    async def several(self, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
        """Those of the articles that are there and may be found, by id, as far as they may be shown."""
        found = await self._in_time(self._reader.get_many(article_ids))
        return {article_id: as_permitted(stored) for article_id, stored in found.items() if not stored.hidden}

    async def revisions(self, article_id: str) -> tuple[StoredRevision, ...]:
        """What the article said, oldest first, as far as it may be shown; raises UnknownArticle."""
        stored = await self.one(article_id)
        found = await self._in_time(self._reader.revisions(article_id))
        return tuple(revision_as_permitted(revision, stored) for revision in found)

    async def facts(self, query: FactQuery) -> FactResult:
        """One page of relations and quotes, those of articles that may not be copied without the words beyond their
        snippet; raises as `ArticleReader.facts`."""
        result = await self._in_time(self._reader.facts(query))
        beyond = {fact.article_id for fact in result.facts if fact.evidence.end > SNIPPET_CHARACTERS}
        articles = await self._in_time(self._reader.get_many(tuple(beyond))) if beyond else {}
        facts = tuple(fact_as_permitted(fact, articles.get(fact.article_id)) for fact in result.facts)
        return replace(result, facts=facts)

    async def similar(self, article_id: str, size: int) -> tuple[Hit, ...]:
        """Other articles that read like this one, the nearest first; raises UnknownArticle."""
        stored = await self.one(article_id)
        found = await self.find(resembling(stored, size))
        return others(stored, found.hits, size)

    async def stories(self, query: StoryQuery) -> StoryResult:
        """One page of stories; raises as `ArticleReader.stories`."""
        return await self._in_time(self._reader.stories(query))

    async def story(self, story_id: str) -> StoredStory:
        """The story, without articles that were taken back; raises UnknownStory."""
        known = _STORY_ID.fullmatch(story_id)
        story = await self._in_time(self._reader.story(story_id)) if known else None
        if story is None:
            raise UnknownStory(f"no story has the id {story_id[:80]!r}: ids come with articles and lists of stories")
        ids = tuple(member.article_id for member in story.members)
        articles = await self._in_time(self._reader.get_many(ids)) if ids else {}
        # What was deleted may still be named by a story that was told later.
        hidden = {article_id for article_id in ids if article_id not in articles or articles[article_id].hidden}
        shown = without(story, hidden) if hidden else story
        if shown.size == 0 and shown.merged_into is None:
            raise UnknownStory(f"the story {story_id} has no articles any more")
        return shown

    async def _find_hybrid(self, query: ArticleQuery) -> SearchResult:
        embedder = self._embedder
        if embedder is None:
            raise InvalidInput(
                "mode=hybrid needs vectors, and none are made here: set NEWSWEIR_EMBEDDINGS, or leave it"
            )
        parts = apart(query)

        async def near() -> tuple[Hit, ...]:
            vector = await _vector_of(embedder, parts.meant)
            return await self._reader.nearest(NearestQuery(parts.among, vector, WINDOW, embedder.least_cosine))

        found, neighbours = await asyncio.gather(self._reader.search(parts.words), near())
        return fused(query, found, neighbours)

    async def check(self) -> None:
        """Return when the store can answer."""
        await self._in_time(self._reader.check())

    async def _in_time(self, answer: Awaitable[T]) -> T:
        try:
            with tracing.span("ask store"):
                async with asyncio.timeout(self._time_limit_s):
                    return await answer
        except TimeoutError as error:
            raise DependencyUnavailable(f"the article store gave no answer within {self._time_limit_s:g} s") from error


async def _vector_of(embedder: Embedder, text: str) -> Embedding:
    try:
        return await embedder.question(text)
    except TemporaryFailure as error:
        raise ModelUnavailable(f"no vector of a question: {error}") from error
