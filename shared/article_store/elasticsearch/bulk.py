"""Writes documents in bulk under their own versions: an older one never replaces a newer one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import AsyncElasticsearch

from shared.article_store.elasticsearch.connection import BUSY, our_errors
from shared.article_store.elasticsearch.operations import ARTICLE_WEIGHT, Operation, Target, lines_of
from shared.clock import Clock
from shared.errors import DependencyUnavailable, NewsweirError, PermanentFailure

_CONFLICT = 409
# A refused item is tried again after 0.1, 0.2, … 1.6 s: a full queue empties in about a second.
_ATTEMPTS = 6
_FIRST_WAIT_S = 0.1
# Elasticsearch takes 100 MB a request; 200 articles of the usual size are 2 MB, of the largest 40.
_MOST_WEIGHT = 200 * ARTICLE_WEIGHT


# An index, the number of a change in it, and the term of the shard that counted it.
Mark = tuple[str, int, int]


class NoIndex(DependencyUnavailable):
    """An index, or the alias that it is written through, is not there."""


@dataclass(frozen=True)
class ItemResult:
    """What became of an operation: done, not because a newer version is there, or refused for good.

    Attributes:
        mark: where it was done: while a document carries this mark it is as it was left by the operation.
    """

    newer_is_there: bool = False
    failure: NewsweirError | None = None
    mark: Mark | None = None


async def write(
    client: AsyncElasticsearch, clock: Clock, target: Target, operations: Sequence[Operation], *, refresh: bool = False
) -> list[ItemResult]:
    """Carry operations out; results in the order given. With `refresh` searches see them when this returns.

    Raises:
        DependencyUnavailable: no answer, or still too busy after several attempts.
    """
    results: list[ItemResult] = []
    for chunk in _chunks(operations):
        results += await _write_chunk(client, clock, target, chunk, refresh)
    return results


def all_taken(results: list[ItemResult]) -> list[ItemResult]:
    """The same results, where nothing was refused for good.

    Raises:
        PermanentFailure: of the first that was.
    """
    for result in results:
        if result.failure is not None:
            raise result.failure
    return results


def _chunks(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    chunk: list[Operation] = []
    weight = 0
    for operation in operations:
        if chunk and weight + operation.weight > _MOST_WEIGHT:
            yield chunk
            chunk, weight = [], 0
        chunk.append(operation)
        weight += operation.weight
    if chunk:
        yield chunk


async def _write_chunk(
    client: AsyncElasticsearch, clock: Clock, target: Target, operations: Sequence[Operation], refresh: bool
) -> list[ItemResult]:
    results: dict[int, ItemResult] = {}
    open_items = list(range(len(operations)))
    for attempt in range(_ATTEMPTS):
        if attempt:
            await clock.sleep(_FIRST_WAIT_S * 2 ** (attempt - 1))
        items = await _send(client, target, [operations[number] for number in open_items], refresh)
        for number, item in zip(open_items, items, strict=True):
            if item["status"] not in BUSY:
                results[number] = _result(item)
        open_items = [number for number in open_items if number not in results]
        if not open_items:
            return [results[number] for number in range(len(operations))]
    raise DependencyUnavailable(f"elasticsearch at ELASTICSEARCH_URL was too busy for {len(open_items)} articles")


async def _send(
    client: AsyncElasticsearch, target: Target, operations: Iterable[Operation], refresh: bool
) -> list[dict[str, Any]]:
    lines = [line for operation in operations for line in lines_of(operation)]
    with our_errors():
        answer = await client.bulk(
            index=target.name, operations=lines, require_alias=target.is_alias, source=False, refresh=refresh
        )
    return [result for item in answer["items"] for result in item.values()]


def mark_of(found: Mapping[str, Any]) -> Mark | None:
    """The mark in what is said of a document."""
    return (found["_index"], found["_seq_no"], found["_primary_term"]) if "_seq_no" in found else None


def _result(item: dict[str, Any]) -> ItemResult:
    error = item.get("error")
    if item["status"] == _CONFLICT:
        return ItemResult(newer_is_there=True)
    if error is None:
        return ItemResult(mark=mark_of(item))
    if error["type"] == "index_not_found_exception":
        raise NoIndex(f"the index in elasticsearch cannot be written now: {error['reason']}")
    if error["type"] == "cluster_block_exception":
        raise DependencyUnavailable(f"the index in elasticsearch cannot be written now: {error['reason']}")
    return ItemResult(failure=PermanentFailure(f"elasticsearch refuses {item['_id']}: {error['reason']}"))
