"""Keeps revisions and withdrawals in an index of their own, beside that of the articles and never rebuilt with it.

None of its fields depends on facets or analysis, so a new mapping of the articles leaves it as it is.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import AsyncElasticsearch, BadRequestError
from elasticsearch.helpers import async_scan

from shared.article_store.document import RevisionMark, StoredRevision
from shared.article_store.elasticsearch import bulk
from shared.article_store.elasticsearch.operations import Operation, Target
from shared.article_store.past import MAX_REVISIONS, Past, RevisionPlan, kept
from shared.clock import Clock
from shared.events.articles import ArticleWithdrawn

# Raise it, and copy what the index before holds, when documents get another form.
LAYOUT_VERSION = 1
_CONTENT = "content"
_REVISION, _WITHDRAWN, _ERASED = "revision", "withdrawn", "erased"
_MARK_FIELDS = [f"{_CONTENT}.{name}" for name in RevisionMark.model_fields]
# A search answers 10,000 documents. Two writers at once can leave a few revisions more than are kept, for a moment.
_ARTICLES_A_SEARCH = 10_000 // (4 * MAX_REVISIONS)

_ARTICLES_A_LOOK = 1_000


def alias(prefix: str) -> str:
    """What readers and writers ask."""
    return f"{prefix}-revisions"


async def create(client: AsyncElasticsearch, prefix: str) -> None:
    """Make the index where there is none."""
    keyword = {"type": "keyword"}
    properties = {
        "article_id": keyword,
        "kind": keyword,
        "revision": {"type": "long"},
        "fetched_at": {"type": "date"},
        _CONTENT: {"type": "object", "enabled": False},
    }
    try:
        await client.indices.create(
            index=f"{alias(prefix)}-{LAYOUT_VERSION}",
            aliases={alias(prefix): {"is_write_index": True}},
            settings={"number_of_shards": 1, "auto_expand_replicas": "0-1"},
            mappings={"dynamic": "strict", "properties": properties},
        )
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise


async def read(client: AsyncElasticsearch, prefix: str, article_ids: Sequence[str]) -> dict[str, Past]:
    """The past of each article: withdrawals as they are now, revisions as of the last refresh."""
    pasts: dict[str, Past] = {}
    for start in range(0, len(article_ids), _ARTICLES_A_SEARCH):
        some = article_ids[start : start + _ARTICLES_A_SEARCH]
        marks, events = await asyncio.gather(_marks(client, prefix, some), _withdrawals(client, prefix, some))
        for article_id in some:
            pasts[article_id] = Past(
                tuple(marks.get(article_id, ())),
                events.get(_key(article_id, _WITHDRAWN)),
                events.get(_key(article_id, _ERASED)),
            )
    return pasts


async def forgotten(client: AsyncElasticsearch, prefix: str, article_ids: Sequence[str]) -> set[str]:
    """Those of these articles that are forgotten for good."""
    found: set[str] = set()
    for start in range(0, len(article_ids), _ARTICLES_A_LOOK):
        keys = [_key(article_id, _ERASED) for article_id in article_ids[start : start + _ARTICLES_A_LOOK]]
        answer = await client.mget(index=alias(prefix), ids=keys, source_includes=[_CONTENT])
        events = (item["_source"][_CONTENT] for item in answer["docs"] if item.get("found"))
        found |= {event["article_id"] for event in events if event["reason"] == "forgotten"}
    return found


async def revisions(client: AsyncElasticsearch, prefix: str, article_id: str) -> tuple[StoredRevision, ...]:
    """The revisions of an article that are kept, oldest first."""
    found = await _search(client, prefix, [article_id], [_CONTENT])
    return kept(StoredRevision.model_validate(hit["_source"][_CONTENT]) for hit in found)


async def withdrawals(client: AsyncElasticsearch, prefix: str) -> AsyncIterator[ArticleWithdrawn]:
    """All withdrawals that are remembered, as of the last refresh."""
    query = {"query": {"terms": {"kind": [_WITHDRAWN, _ERASED]}}, "_source": [_CONTENT]}
    async for found in async_scan(client, index=alias(prefix), query=query):
        yield ArticleWithdrawn.model_validate(found["_source"][_CONTENT])


async def carry_out(
    client: AsyncElasticsearch, clock: Clock, prefix: str, plans: Mapping[str, RevisionPlan]
) -> list[str]:
    """Write and remove revisions, to be seen at once; the articles for which there was something to do.

    Raises:
        PermanentFailure: a revision was refused.
    """
    busy = {article_id: plan for article_id, plan in plans.items() if plan.create or plan.remove}
    operations = [operation for article_id, plan in busy.items() for operation in _operations(article_id, plan)]
    await _write(client, clock, prefix, operations)
    return sorted(busy)


async def note(client: AsyncElasticsearch, clock: Clock, prefix: str, events: Iterable[ArticleWithdrawn]) -> None:
    """Remember withdrawals, each the latest of its kind of an article."""
    await _write(client, clock, prefix, [_withdrawal(event) for event in events])


async def _write(client: AsyncElasticsearch, clock: Clock, prefix: str, operations: Sequence[Operation]) -> None:
    for result in await bulk.write(client, clock, Target(alias(prefix)), operations, refresh=True):
        if result.failure is not None:
            raise result.failure


def _operations(article_id: str, plan: RevisionPlan) -> Iterator[Operation]:
    for number in plan.remove:
        yield Operation("delete", _key(article_id, number))
    for revision in plan.create:
        content = revision.model_dump(mode="json")
        document = {**_about(article_id, _REVISION, revision.revision), "fetched_at": content["fetched_at"]}
        yield Operation("create", _key(article_id, revision.revision), {**document, _CONTENT: content})


def _withdrawal(event: ArticleWithdrawn) -> Operation:
    kind = _ERASED if event.hard else _WITHDRAWN
    document = {**_about(event.article_id, kind, event.revision), _CONTENT: event.model_dump(mode="json")}
    return Operation("index", _key(event.article_id, kind), document, version=event.revision)


def _about(article_id: str, kind: str, revision: int) -> dict[str, Any]:
    return {"article_id": article_id, "kind": kind, "revision": revision}


def _key(article_id: str, what: int | str) -> str:
    return f"{article_id}:{what}"


async def _marks(client: AsyncElasticsearch, prefix: str, article_ids: Sequence[str]) -> dict[str, list[RevisionMark]]:
    marks: dict[str, list[RevisionMark]] = {}
    for hit in await _search(client, prefix, article_ids, ["article_id", *_MARK_FIELDS]):
        mark = RevisionMark.model_validate(hit["_source"][_CONTENT])
        marks.setdefault(hit["_source"]["article_id"], []).append(mark)
    return marks


async def _search(
    client: AsyncElasticsearch, prefix: str, article_ids: Sequence[str], fields: list[str]
) -> list[dict[str, Any]]:
    wanted = [{"terms": {"article_id": list(article_ids)}}, {"term": {"kind": _REVISION}}]
    answer = await client.search(
        index=alias(prefix),
        query={"bool": {"filter": wanted}},
        sort=[{"revision": "asc"}],
        size=4 * MAX_REVISIONS * len(article_ids),
        source_includes=fields,
        ignore_unavailable=True,
    )
    hits: list[dict[str, Any]] = answer["hits"]["hits"]
    return hits


async def _withdrawals(
    client: AsyncElasticsearch, prefix: str, article_ids: Sequence[str]
) -> dict[str, ArticleWithdrawn]:
    """By their key; got by id, so that one that was just written counts."""
    keys = [_key(article_id, kind) for article_id in article_ids for kind in (_WITHDRAWN, _ERASED)]
    answer = await client.mget(index=alias(prefix), ids=keys, source_includes=[_CONTENT])
    return {
        found["_id"]: ArticleWithdrawn.model_validate(found["_source"][_CONTENT])
        for found in answer["docs"]
        if found.get("found")
    }
