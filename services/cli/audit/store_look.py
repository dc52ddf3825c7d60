"""Compares the registry with the article store: both read whole, what differs looked at again one by one."""

from collections.abc import Collection, Sequence

from services.cli.audit.broker_look import look_everywhere, read_ledger
from services.cli.audit.findings import Finding, Registered, store_gaps
from services.cli.output import say
from shared.article_store.document import StoredArticle
from shared.article_store.protocol import ArticleReader
from shared.article_store.query import ArticleQuery
from shared.clock import Clock
from shared.redis_client import RedisConnection
from shared.registry import RegistryEntry, discarded_key, registry_key

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
    excused = await _excused(connection, lost)
    suspects = store_gaps(registry, await _store(reader), excused)
    if not suspects:
        return set()
    await clock.sleep(_SETTLE_S)
    # What was registered before and is not under way now has ended, and what has ended is in the store: looked at in
    # this order, nothing slips through on its way.
    excused |= await _excused(connection, lost)
    confirmed: set[Finding] = set()
    ids = sorted({suspect.id for suspect in suspects})
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        known = {
            article_id: registry.get(article_id, Registered(0)) for article_id in await _registered(connection, some)
        }
        confirmed |= store_gaps(known, await _stored(reader, some), excused)
    return confirmed


async def _registry(connection: RedisConnection) -> dict[str, Registered]:
    """What the registry knows, by article_id."""
    found: dict[str, Registered] = {}
    async for article_id, text in connection.client.hscan_iter(registry_key(connection), count=_SCAN_COUNT):
        entry = RegistryEntry.decode(text)
        # What was taken back keeps no hash, so that the same text counts as new when it comes back.
        found[article_id] = Registered(entry.revision, withdrawn=not entry.content_hash)
    return found


async def _store(reader: ArticleReader) -> dict[str, int]:
    """The newest revision of each article that the store holds."""
    found: dict[str, int] = {}
    async for stored in reader.scan(ArticleQuery(hidden=True)):
        found[stored.article_id] = _newest_revision(stored)
        if len(found) % _SAY_EVERY == 0:
            say(f"{len(found)} articles of the store read")
    return found


async def _excused(connection: RedisConnection, lost: Collection[str]) -> set[str]:
    """Articles of which the newest revision need not be in the store: under way, given up or discarded."""
    ledger = await read_ledger(connection)
    look = await look_everywhere(connection)
    unended = {**ledger.in_flight, **ledger.dead}
    by_fetch = {flight.article_id for fetch_id, flight in unended.items() if fetch_id not in lost}
    # Asked for last, so that a letter which is discarded meanwhile is somewhere.
    return {*look.articles, *by_fetch, *await _discarded(connection)}


async def _discarded(connection: RedisConnection) -> set[str]:
    """Articles of which nothing was handed over since a letter of theirs was discarded."""
    before: dict[str, str] = await connection.client.hgetall(discarded_key(connection))
    now = await connection.client.hmget(registry_key(connection), list(before)) if before else []
    return {article_id for (article_id, entry), current in zip(before.items(), now, strict=True) if entry == current}


async def _registered(connection: RedisConnection, article_ids: Sequence[str]) -> list[str]:
    """Those that the registry knows now."""
    entries = await connection.client.hmget(registry_key(connection), article_ids)
    return [article_id for article_id, entry in zip(article_ids, entries, strict=True) if entry is not None]


async def _stored(reader: ArticleReader, article_ids: Sequence[str]) -> dict[str, int]:
    found = await reader.get_many(article_ids)
    return {article_id: _newest_revision(stored) for article_id, stored in found.items()}


def _newest_revision(stored: StoredArticle) -> int:
    withdrawal = stored.standing.withdrawal
    return max(stored.article.revision, withdrawal.revision if withdrawal else 0)
