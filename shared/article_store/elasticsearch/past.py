"""Keeps revisions and withdrawals in an index of their own, beside that of the articles and never rebuilt with it.

None of its fields depends on facets or analysis, so a new mapping of the articles leaves it as it is.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import AsyncElasticsearch, BadRequestError
from elasticsearch.helpers import async_scan

from shared.article_store.document import RevisionMark, StoredRevision
from shared.article_store.elasticsearch import bulk
from shared.article_store.elasticsearch.operations import ARTICLE_WEIGHT, Operation, Target
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


async def marks(client: AsyncElasticsearch, prefix: str, article_ids: Sequence[str]) -> dict[str, list[RevisionMark]]:
    """The revisions of each article that searches see; of one that has none, nothing."""
    found: dict[str, list[RevisionMark]] = {}
    for start in range(0, len(article_ids), _ARTICLES_A_SEARCH):
        some = article_ids[start : start + _ARTICLES_A_SEARCH]
        for hit in await _search(client, prefix, some, ["article_id", *_MARK_FIELDS]):
            mark = RevisionMark.model_validate(hit["_source"][_CONTENT])
            found.setdefault(hit["_source"]["article_id"], []).append(mark)
    return found


async def refresh(client: AsyncElasticsearch, prefix: str) -> None:
    """Let searches see all revisions that were written before."""
    await client.indices.refresh(index=alias(prefix))


def withdrawals_asked(prefix: str, article_ids: Sequence[str]) -> list[dict[str, Any]]:
    """What to get for the withdrawals of articles, by id, so that one that was just written counts: two documents of
    each."""
    return [
        {"_index": alias(prefix), "_id": _key(article_id, kind), "_source": [_CONTENT]}
        for article_id in article_ids
        for kind in (_WITHDRAWN, _ERASED)
    ]


def pasts(
    article_ids: Sequence[str], known: Mapping[str, Sequence[RevisionMark]], answer: Sequence[Mapping[str, Any]]
) -> dict[str, Past]:
    """The past of each article, of its revisions and of what was got for `withdrawals_asked`."""
    events = [
        ArticleWithdrawn.model_validate(found["_source"][_CONTENT]) if found.get("found") else None for found in answer
    ]
    return {
        article_id: Past(tuple(known.get(article_id, ())), events[2 * number], events[2 * number + 1])
        for number, article_id in enumerate(article_ids)
    }


async def erased(client: AsyncElasticsearch, prefix: str, article_ids: Sequence[str]) -> dict[str, int]:
    """The revision up to which each of these articles was deleted; of one that never was, nothing."""
    found: dict[str, int] = {}
    for start in range(0, len(article_ids), _ARTICLES_A_LOOK):
        keys = [_key(article_id, _ERASED) for article_id in article_ids[start : start + _ARTICLES_A_LOOK]]
        answer = await client.mget(index=alias(prefix), ids=keys, source_includes=[_CONTENT])
        events = (item["_source"][_CONTENT] for item in answer["docs"] if item.get("found"))
        found |= {event["article_id"]: int(event["revision"]) for event in events}
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
    client: AsyncElasticsearch,
    clock: Clock,
    prefix: str,
    plans: Mapping[str, RevisionPlan],
    beside: Sequence[Operation] = (),
    *,
    refresh: bool = True,
) -> tuple[list[str], list[bulk.ItemResult]]:
    """Write and remove revisions, with `refresh` to be seen by searches at once; the articles for which there was
    something to do, and what became of the operations on other documents of this index that were to be done `beside`.

    Raises:
        PermanentFailure: something was refused.
    """
    busy = {article_id: plan for article_id, plan in plans.items() if plan.create or plan.remove}
    operations = [operation for article_id, plan in busy.items() for operation in _operations(article_id, plan)]
    results = await _write(client, clock, prefix, [*beside, *operations], refresh=refresh)
    return sorted(busy), results[: len(beside)]


async def note(client: AsyncElasticsearch, clock: Clock, prefix: str, events: Iterable[ArticleWithdrawn]) -> None:
    """Remember withdrawals, each the latest of its kind of an article."""
    await _write(client, clock, prefix, [_withdrawal(event) for event in events])


async def _write(
    client: AsyncElasticsearch, clock: Clock, prefix: str, operations: Sequence[Operation], *, refresh: bool = True
) -> list[bulk.ItemResult]:
    return bulk.all_taken(await bulk.write(client, clock, Target(alias(prefix)), operations, refresh=refresh))


def _operations(article_id: str, plan: RevisionPlan) -> Iterator[Operation]:
    for number in plan.remove:
        yield Operation("delete", _key(article_id, number))
    for revision in plan.create:
        content = revision.model_dump(mode="json")
        document = {**_about(article_id, _REVISION, revision.revision), "fetched_at": content["fetched_at"]}
        yield Operation(
            "create", _key(article_id, revision.revision), {**document, _CONTENT: content}, weight=ARTICLE_WEIGHT
        )


def _withdrawal(event: ArticleWithdrawn) -> Operation:
    kind = _ERASED if event.hard else _WITHDRAWN
    document = {**_about(event.article_id, kind, event.revision), _CONTENT: event.model_dump(mode="json")}
    return Operation("index", _key(event.article_id, kind), document, version=event.revision)


def _about(article_id: str, kind: str, revision: int) -> dict[str, Any]:
    return {"article_id": article_id, "kind": kind, "revision": revision}


def _key(article_id: str, what: int | str) -> str:
    return f"{article_id}:{what}"


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
