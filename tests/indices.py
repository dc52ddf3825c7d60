"""Indices of tests in a real Elasticsearch, gone when the test is over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from elasticsearch import AsyncElasticsearch


@asynccontextmanager
async def removed_afterwards(elasticsearch_url: str | None, index_prefix: str) -> AsyncIterator[None]:
    """Remove the indices and templates under the prefix at the end, whatever happened; nothing without a server."""
    try:
        yield
    finally:
        if elasticsearch_url:
            async with AsyncElasticsearch(elasticsearch_url) as client:
                # By name: a server may forbid removal by pattern.
                for index in await client.indices.get(index=f"{index_prefix}-*"):
                    await client.indices.delete(index=index)
                for found in (await client.indices.get_index_template())["index_templates"]:
                    if found["name"].startswith(f"{index_prefix}-"):
                        await client.indices.delete_index_template(name=found["name"])
