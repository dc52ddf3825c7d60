"""A Reindexing over Elasticsearch: the steps of its generations in their order, and what is in use."""

from elasticsearch import AsyncElasticsearch

from shared.article_store.elasticsearch import past
from shared.article_store.elasticsearch.connection import connect, our_errors
from shared.article_store.elasticsearch.facts import bring_up_facts
from shared.article_store.elasticsearch.generations import Generations
from shared.article_store.elasticsearch.mapping import fingerprint
from shared.article_store.elasticsearch.places import read_layout
from shared.article_store.elasticsearch.stories import bring_up_stories
from shared.article_store.elasticsearch.writer import ElasticsearchArticleWriter
from shared.article_store.reindexing import IndicesState, Report
from shared.clock import Clock
from shared.settings import StoreSettings


class ElasticsearchReindexing:
    """Moves the articles under a prefix to the mapping of the name `own`: this code's, unless it is given."""

    def __init__(self, settings: StoreSettings, clock: Clock, own: str | None = None) -> None:
        self._client: AsyncElasticsearch = connect(settings)
        self._clock = clock
        self._prefix = settings.index_prefix
        self._own = own or fingerprint()
        self._generations = Generations(self._client, self._prefix, self._own)

    async def state(self) -> IndicesState:
        with our_errors():
            layout = await read_layout(self._client, self._prefix)
            read = await self._generations.read()
            articles = await self._generations.count(read) if read else 0
            if layout is None:
                name = read.name if read else None
                return IndicesState(self._own, name, name, None, articles, articles)
            also = layout.also.name if layout.also else None
            return IndicesState(
                own=self._own,
                written=layout.leading.name,
                read=layout.reading,
                way_back=None if layout.is_filling else also,
                articles=articles,
                copied=await self._generations.count(layout.leading) if layout.is_filling else articles,
                left=self._own in layout.left,
            )

    async def run(self, report: Report) -> None:
        with our_errors():
            await past.create(self._client, self._prefix)
            layout = await self._generations.begin(by_itself=False)
            await bring_up_stories(self._client, self._clock, self._prefix)
            if layout.is_filling:
                writer = ElasticsearchArticleWriter(self._client, self._clock, self._prefix, self._own)
                await self._generations.copy(writer.places, writer.settling.settle, report)
                await self._generations.switch()
            else:
                # The rest of what a writer makes when it is opened.
                await bring_up_facts(self._client, self._clock, self._prefix)
            await self._generations.align()

    async def back(self) -> str:
        with our_errors():
            return await self._generations.back()

    async def finish(self) -> None:
        with our_errors():
            await self._generations.finish()

    async def close(self) -> None:
        await self._client.close()
