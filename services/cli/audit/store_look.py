"""Compares the registry with the article store: both read whole, what differs looked at again one by one."""

from collections.abc import Collection, Sequence

from services.cli.audit.broker_look import read_ledger
from services.cli.audit.findings import Finding, store_gaps
from services.cli.output import say
from shared import dispositions
from shared.article_store.protocol import ArticleReader
from shared.article_store.query import ArticleQuery
from shared.clock import Clock
from shared.redis_client import RedisConnection
from shared.registry import RegistryEntry, registry_key

_SCAN_COUNT = 1_000
_SAY_EVERY = 50_000
_AT_ONCE = 100
# Longer than any store takes to show what was put.
_SETTLE_S = 1.0


async def compare(
    connection: RedisConnection, reader: ArticleReader, clock: Clock, lost: Collection[str]
) -> set[Finding]:
    """What differs between registry and store and is not under way. Takes about 500 bytes of memory an article.

    Args:
        lost: fetches in flight or dead that have no event any more: nothing of theirs is under way.

    Raises:
        DependencyUnavailable: the store cannot answer.
    """
    registry = await _registry(connection)
    suspects = store_gaps(registry, await _store(reader), await _excused(connection, lost))
    if not suspects:
        return set()
    await clock.sleep(_SETTLE_S)
    # What was registered before and is not under way now has ended, and what has ended is in the store: looked at in
    # this order, nothing slips through on its way.
    excused, confirmed = await _excused(connection, lost), set[Finding]()
    ids = sorted({suspect.id for suspect in suspects})
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        known = {article_id: registry.get(article_id, 0) for article_id in await _registered(connection, some)}
        confirmed |= store_gaps(known, await _stored(reader, some), excused)
    return confirmed


async def _registry(connection: RedisConnection) -> dict[str, int]:
    """The revision of each article that the registry knows."""
    found: dict[str, int] = {}
    async for article_id, entry in connection.client.hscan_iter(registry_key(connection), count=_SCAN_COUNT):
        found[article_id] = RegistryEntry.decode(entry).revision
    return found


async def _store(reader: ArticleReader) -> dict[str, int]:
    """The revision of each article that the store holds."""
    found: dict[str, int] = {}
    async for stored in reader.scan(ArticleQuery()):
        found[stored.article_id] = stored.article.revision
        if len(found) % _SAY_EVERY == 0:
            say(f"{len(found)} articles of the store read")
    return found


async def _excused(connection: RedisConnection, lost: Collection[str]) -> set[str]:
    """Articles of which the newest revision need not be in the store: under way, given up or discarded."""
    ledger = await read_ledger(connection)
    # Asked for later, so that a letter which is discarded meanwhile is in one of both.
    discarded = await connection.client.hkeys(dispositions.discarded_key(connection))
    unended = {**ledger.in_flight, **ledger.dead}
    return {*discarded, *(flight.article_id for fetch_id, flight in unended.items() if fetch_id not in lost)}


async def _registered(connection: RedisConnection, article_ids: Sequence[str]) -> list[str]:
    """Those that the registry knows now."""
    entries = await connection.client.hmget(registry_key(connection), article_ids)
    return [article_id for article_id, entry in zip(article_ids, entries, strict=True) if entry is not None]


async def _stored(reader: ArticleReader, article_ids: Sequence[str]) -> dict[str, int]:
    found = [(article_id, await reader.get(article_id)) for article_id in article_ids]
    return {article_id: stored.article.revision for article_id, stored in found if stored is not None}
