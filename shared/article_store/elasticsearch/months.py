"""Looks after the indices of months, and drops those that are empty."""

from datetime import datetime

from elasticsearch import AsyncElasticsearch, NotFoundError

from shared.article_store.elasticsearch.connection import connect, our_errors
from shared.article_store.elasticsearch.layout import Generation, generation_name, month_of, month_of_index
from shared.article_store.elasticsearch.places import behind_alias, read_layout
from shared.article_store.months import OldMonth
from shared.settings import StoreSettings


class ElasticsearchMonths:
    """Months under a prefix."""

    def __init__(self, settings: StoreSettings) -> None:
        self._client: AsyncElasticsearch = connect(settings)
        self._prefix = settings.index_prefix

    async def before(self, before: datetime) -> list[OldMonth]:
        with our_errors():
            layout = await read_layout(self._client, self._prefix)
            if layout is None:
                return []
            return [
                OldMonth(month, await self._count(index), await self._count(index, published_from=before))
                for generation in layout.written
                if generation.name == layout.reading
                for month, index in await self._indices(generation, before)
            ]

    async def drop_empty(self, before: datetime) -> list[str]:
        dropped: set[str] = set()
        with our_errors():
            layout = await read_layout(self._client, self._prefix)
            for generation in layout.written if layout else ():
                for month, index in await self._indices(generation, before):
                    if await self._drop_if_empty(index):
                        dropped.add(month)
        return sorted(dropped)

    async def close(self) -> None:
        await self._client.close()

    async def _indices(self, generation: Generation, before: datetime) -> list[tuple[str, str]]:
        """Months, each with its index, that ended before a time."""
        if not generation.monthly:
            return []
        indices = await behind_alias(self._client, generation_name(self._prefix, generation.name))
        by_month = ((month_of_index(self._prefix, generation, index), index) for index in indices)
        return [(month, index) for month, index in by_month if month < month_of(before)]

    async def _count(self, index: str, published_from: datetime | None = None) -> int:
        await self._client.indices.refresh(index=index)
        since = {"range": {"published_at": {"gte": published_from.isoformat()}}} if published_from else None
        return int((await self._client.count(index=index, query=since))["count"])

    async def _drop_if_empty(self, index: str) -> bool:
        """Writes are refused while it is decided, so that no article is dropped that came in between."""
        try:
            empty = await self._count(index) == 0
            if empty:
                await self._client.indices.add_block(index=index, block="write")
                empty = await self._count(index) == 0
            if empty:
                await self._client.indices.delete(index=index)
            else:
                # Ours, or that of somebody who was killed between the two.
                await self._client.indices.put_settings(index=index, settings={"index.blocks.write": None})
        except NotFoundError:
            # Another one dropped it.
            return False
        return empty
