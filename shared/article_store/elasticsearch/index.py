"""Brings the index behind the alias to the mapping of this code: makes it, or copies what an older one holds."""

from typing import Any

from elasticsearch import AsyncElasticsearch, BadRequestError, NotFoundError
from elasticsearch.helpers import async_scan

from shared.article_store.elasticsearch import bulk
from shared.article_store.elasticsearch.mapping import (
    SOURCE,
    alias,
    definition,
    fingerprint,
    index_name,
    placed,
    source_of,
)
from shared.article_store.elasticsearch.operations import Operation
from shared.clock import Clock
from shared.errors import DependencyUnavailable

_COPY_PAGE = 200


async def bring_up(client: AsyncElasticsearch, clock: Clock, prefix: str) -> None:
    """Return when the alias stands for an index of this code's mapping; several processes may do so at once.

    While an older index is copied it refuses writes, so that no writer of an older program puts an article behind the
    copy's back. Killed half-way, the next start copies again: versions make that harmless.
    """
    old = [name for name in await _behind_alias(client, prefix) if name != index_name(prefix)]
    await _create(client, prefix, with_alias=not old)
    for name in old:
        await client.indices.put_settings(index=name, settings={"index.blocks.write": True})
        await _copy(client, clock, name, index_name(prefix))
    if old:
        await _switch(client, prefix, old)


async def check_mapping(client: AsyncElasticsearch, prefix: str) -> bool:
    """Whether there is an index; it has this code's mapping then.

    Raises:
        DependencyUnavailable: it has another one.
    """
    try:
        answer = await client.indices.get_mapping(index=alias(prefix))
    except NotFoundError:
        return False
    for name, index in answer.items():
        if index["mappings"].get("_meta", {}).get("fingerprint") != fingerprint():
            raise DependencyUnavailable(
                f"the index {name} has another mapping than this program's: it is rebuilt when an indexing service of "
                "the same version starts"
            )
    return True


async def _behind_alias(client: AsyncElasticsearch, prefix: str) -> list[str]:
    try:
        return list(await client.indices.get_alias(name=alias(prefix)))
    except NotFoundError:
        return []


async def _create(client: AsyncElasticsearch, prefix: str, *, with_alias: bool) -> None:
    aliases: dict[str, Any] = {alias(prefix): {"is_write_index": True}} if with_alias else {}
    try:
        await client.indices.create(index=index_name(prefix), aliases=aliases, **definition())
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
        if with_alias:
            await client.indices.put_alias(index=index_name(prefix), name=alias(prefix), is_write_index=True)


async def _copy(client: AsyncElasticsearch, clock: Clock, old: str, new: str) -> None:
    target = bulk.Target(new, is_alias=False)
    writes: list[Operation] = []
    async for found in async_scan(client, index=old, query={"_source": [SOURCE]}, size=_COPY_PAGE):
        writes.append(placed(source_of(found)))
        if len(writes) == _COPY_PAGE:
            await bulk.write(client, clock, target, writes)
            writes = []
    await bulk.write(client, clock, target, writes)


async def _switch(client: AsyncElasticsearch, prefix: str, old: list[str]) -> None:
    """In one step: readers never see none and never see both."""
    await client.indices.refresh(index=index_name(prefix))
    await client.indices.update_aliases(
        actions=[
            {"add": {"index": index_name(prefix), "alias": alias(prefix), "is_write_index": True}},
            *({"remove_index": {"index": name}} for name in old),
        ]
    )
