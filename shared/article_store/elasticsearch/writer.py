"""Puts articles into Elasticsearch; any number of writers at once, versions decide between them."""

from collections.abc import Sequence

from elasticsearch import AsyncElasticsearch

from shared.article_store.document import StoredArticle
from shared.article_store.elasticsearch import bulk
from shared.article_store.elasticsearch.connection import connect, our_errors
from shared.article_store.elasticsearch.index import bring_up, check_mapping
from shared.article_store.elasticsearch.mapping import HELD_FIELDS, alias, held_of
from shared.article_store.protocol import PutOutcome
from shared.article_store.versions import Held, decide
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.settings import StoreSettings


class ElasticsearchArticleWriter:
    """An ArticleWriter. What `put` returned is durable at once, and found by searches within a second: waiting for
    that would hold back every batch for half a second."""

    def __init__(self, client: AsyncElasticsearch, clock: Clock, prefix: str) -> None:
        self._client = client
        self._clock = clock
        self._prefix = prefix

    @classmethod
    async def open(cls, settings: StoreSettings, clock: Clock) -> "ElasticsearchArticleWriter":
        """Connect, and bring the index to the mapping of this code.

        Raises:
            ConfigurationError: the URL cannot be used.
            DependencyUnavailable: Elasticsearch does not answer.
        """
        client = connect(settings)
        try:
            with our_errors():
                await bring_up(client, clock, settings.index_prefix)
        except BaseException:
            await client.close()
            raise
        return cls(client, clock, settings.index_prefix)

    async def put(self, articles: Sequence[StoredArticle]) -> list[PutOutcome]:
        # Between this look and the write another writer may come: the version still decides, only the name of the
        # outcome may be that of a moment ago.
        decided = decide(await self._held({article.article_id for article in articles}), articles)
        writes = [write for write in decided if write.result != "stale"]
        results = iter(await bulk.write(self._client, self._clock, bulk.Target(alias(self._prefix)), writes))
        outcomes = []
        for write in decided:
            result = bulk.ItemResult(newer_is_there=True) if write.result == "stale" else next(results)
            outcomes.append(
                PutOutcome(write.stored.article_id, None, result.failure)
                if result.failure
                else PutOutcome(write.stored.article_id, "stale" if result.newer_is_there else write.result)
            )
        return outcomes

    async def check(self) -> None:
        name = alias(self._prefix)
        with our_errors():
            if not await check_mapping(self._client, self._prefix):
                raise DependencyUnavailable(f"no index {name} at ELASTICSEARCH_URL: start indexing again to make it")
            await self._client.cluster.health(index=name, wait_for_status="yellow", timeout="1s")

    async def close(self) -> None:
        await self._client.close()

    async def _held(self, article_ids: set[str]) -> dict[str, Held]:
        if not article_ids:
            return {}
        with our_errors():
            answer = await self._client.mget(
                index=alias(self._prefix), ids=sorted(article_ids), source_includes=list(HELD_FIELDS)
            )
        return {found["_id"]: held_of(found) for found in answer["docs"] if found.get("found")}
