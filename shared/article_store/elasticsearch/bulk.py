"""Writes documents in bulk under their own versions: an older one never replaces a newer one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import AsyncElasticsearch

from shared.article_store.elasticsearch.connection import BUSY, our_errors
from shared.article_store.elasticsearch.mapping import to_document
from shared.article_store.versions import Write
from shared.clock import Clock
from shared.errors import DependencyUnavailable, NewsweirError, PermanentFailure

_CONFLICT = 409
# A refused item is tried again after 0.1, 0.2, … 1.6 s: a full queue empties in about a second.
_ATTEMPTS = 6
_FIRST_WAIT_S = 0.1
# Elasticsearch takes 100 MB a request; 200 articles of the usual size are 2 MB, of the largest 40.
_CHUNK = 200


@dataclass(frozen=True)
class ItemResult:
    """What became of a write: written, not because a newer version is there, or refused for good."""

    newer_is_there: bool = False
    failure: NewsweirError | None = None


@dataclass(frozen=True)
class Target:
    """Where to write: an alias, or with `is_alias` false an index. Either must be there: none is made on the way."""

    name: str
    is_alias: bool = True


async def write(client: AsyncElasticsearch, clock: Clock, target: Target, writes: Sequence[Write]) -> list[ItemResult]:
    """Write documents; results in the order given.

    Raises:
        DependencyUnavailable: no answer, or still too busy after several attempts.
    """
    results: list[ItemResult] = []
    for chunk in _chunks(writes):
        results += await _write_chunk(client, clock, target, chunk)
    return results


async def _write_chunk(
    client: AsyncElasticsearch, clock: Clock, target: Target, writes: Sequence[Write]
) -> list[ItemResult]:
    results: dict[int, ItemResult] = {}
    open_items = list(range(len(writes)))
    for attempt in range(_ATTEMPTS):
        if attempt:
            await clock.sleep(_FIRST_WAIT_S * 2 ** (attempt - 1))
        items = await _send(client, target, [writes[number] for number in open_items])
        for number, item in zip(open_items, items, strict=True):
            if item["status"] not in BUSY:
                results[number] = _result(item)
        open_items = [number for number in open_items if number not in results]
        if not open_items:
            return [results[number] for number in range(len(writes))]
    raise DependencyUnavailable(f"elasticsearch at ELASTICSEARCH_URL was too busy for {len(open_items)} articles")


async def _send(client: AsyncElasticsearch, target: Target, writes: Iterable[Write]) -> list[dict[str, Any]]:
    operations = [line for item in writes for line in _lines(item)]
    with our_errors():
        answer = await client.bulk(
            index=target.name, operations=operations, require_alias=target.is_alias, source=False
        )
    return [item["index"] for item in answer["items"]]


def _lines(write: Write) -> Iterator[dict[str, Any]]:
    yield {"index": {"_id": write.stored.article_id, "version": write.stored.version, "version_type": "external_gte"}}
    yield to_document(write.stored, write.held)


def _result(item: dict[str, Any]) -> ItemResult:
    error = item.get("error")
    if item["status"] == _CONFLICT:
        return ItemResult(newer_is_there=True)
    if error is None:
        return ItemResult()
    if error["type"] in ("cluster_block_exception", "index_not_found_exception"):
        raise DependencyUnavailable(f"the index in elasticsearch cannot be written now: {error['reason']}")
    return ItemResult(failure=PermanentFailure(f"elasticsearch refuses article {item['_id']}: {error['reason']}"))


def _chunks(writes: Sequence[Write]) -> Iterator[Sequence[Write]]:
    return (writes[start : start + _CHUNK] for start in range(0, len(writes), _CHUNK))
