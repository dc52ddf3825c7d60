"""Keeps the facts of articles in an index of their own, true to what the articles are, whoever writes meanwhile.

Facts are derived: they are written after their article, under its version, and who wrote looks at the article again.
Where another writer changed it in between, its facts are replaced once more; every id that was ever written is either
a fact of what the article is, or is removed by the one who wrote it.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from elasticsearch import AsyncElasticsearch, BadRequestError, NotFoundError
from elasticsearch.helpers import async_scan

from shared.article_store.document import StoredArticle
from shared.article_store.elasticsearch import bulk
from shared.article_store.elasticsearch.fact_mapping import (
    fact_alias,
    fact_definition,
    fact_index_name,
    placed_fact,
)
from shared.article_store.elasticsearch.mapping import SOURCE, STATE_FIELDS, State, alias, source_of, state_of
from shared.article_store.elasticsearch.operations import Operation, Target
from shared.article_store.elasticsearch.places import Places
from shared.article_store.facts import fact_ids, facts_of
from shared.clock import Clock
from shared.errors import DependencyUnavailable

_ROUNDS = 8
_FILL_PAGE = 200
# Documents of so many articles are made in a millisecond or two.
MADE_AT_ONCE = 8


@dataclass
class Touched:
    """What may be in the index of one article's facts: ids that were written, and the highest version they had."""

    version: int = 0
    fact_ids: set[str] = field(default_factory=set)

    def add(self, stored: StoredArticle) -> None:
        """Count a state of the article in that was, or is about to be, written."""
        self.version = max(self.version, stored.version)
        self.fact_ids |= fact_ids(stored)


def touched(states: Iterable[StoredArticle]) -> dict[str, Touched]:
    """What these states of articles put into the index, by article_id."""
    found: dict[str, Touched] = {}
    for stored in states:
        found.setdefault(stored.article_id, Touched()).add(stored)
    return found


class FactKeeper:
    """Replaces facts with their articles, in one bulk request and one look at the articles in the usual case."""

    def __init__(self, client: AsyncElasticsearch, clock: Clock, prefix: str, places: Places) -> None:
        self._client = client
        self._places = places
        self._clock = clock
        self._prefix = prefix
        self._target = Target(fact_alias(prefix))

    async def settle(
        self,
        seen: Mapping[str, Touched],
        present: Mapping[str, StoredArticle],
        looked: Mapping[str, State] | None = None,
    ) -> None:
        """Return when the facts of all these articles are those of what they are.

        `present` is what the articles are believed to be; who is not in it is believed to be no more. Where their
        `operations` were carried out already, `looked` is what the articles were found to be afterwards.

        Raises:
            DependencyUnavailable: others change the articles faster than this comes to an end.
        """
        open_ids, believed = sorted(seen), dict(present)
        for _ in range(_ROUNDS):
            if looked is None:
                await self._write([operation async for operation in self.operations(open_ids, seen, believed)])
            with_facts = [i for i in open_ids if seen[i].fact_ids]
            states = await self._look(with_facts) if looked is None else looked
            open_ids = [i for i in with_facts if states.get(i) != _state(believed.get(i))]
            if not open_ids:
                return
            looked, believed = None, await self._get(open_ids)
        raise DependencyUnavailable(f"{len(open_ids)} articles change faster in elasticsearch than their facts")

    async def operations(
        self, article_ids: Iterable[str], seen: Mapping[str, Touched], believed: Mapping[str, StoredArticle]
    ) -> AsyncIterator[Operation]:
        """What lets the facts of articles be those of what they are believed to be; counted in as written."""
        for number, article_id in enumerate(article_ids):
            if article_id in believed:
                seen[article_id].add(believed[article_id])
            for operation in _operations(seen[article_id], believed.get(article_id), self._target):
                yield operation
            # Making documents takes as long as writing them: requests under way must not wait for all of them.
            if number % MADE_AT_ONCE == 0:
                await asyncio.sleep(0)

    async def kept_of(self, article_ids: Sequence[str]) -> dict[str, set[str]]:
        """The ids of all facts that are in the index, by article_id; what was written a moment ago, too."""
        found: dict[str, set[str]] = {}
        if article_ids:
            await self._client.indices.refresh(index=fact_alias(self._prefix))
            query = {"query": {"terms": {"article_id": list(article_ids)}}, "_source": ["article_id"]}
            async for hit in async_scan(self._client, index=fact_alias(self._prefix), query=query):
                found.setdefault(hit["_source"]["article_id"], set()).add(hit["_id"])
        return found

    async def _write(self, operations: Sequence[Operation]) -> None:
        bulk.all_taken(await bulk.write(self._client, self._clock, self._target, operations))

    async def _look(self, article_ids: Sequence[str]) -> dict[str, State]:
        if not article_ids:
            return {}
        found = await self._places.find(article_ids, STATE_FIELDS)
        return {article_id: state_of(item) for article_id, item in found.articles.items()}

    async def _get(self, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
        found = await self._places.find(article_ids, [SOURCE])
        return {article_id: source_of(item) for article_id, item in found.articles.items()}


async def bring_up_facts(client: AsyncElasticsearch, clock: Clock, prefix: str) -> None:
    """Return when the alias stands for an index of this code's mapping; several processes may do so at once.

    A new one is filled from the articles, which must be there: so facts never need to be copied.
    """
    name = fact_index_name(prefix)
    behind = await _behind_alias(client, prefix)
    if behind == [name]:
        return
    try:
        await client.indices.create(index=name, **fact_definition())
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
    for older in behind:
        if older != name:
            # A writer of an older program must not put facts behind the filling's back.
            await client.indices.put_settings(index=older, settings={"index.blocks.write": True})
    await _fill(client, clock, prefix)
    await client.indices.refresh(index=name)
    await client.indices.update_aliases(
        actions=[
            {"add": {"index": name, "alias": fact_alias(prefix), "is_write_index": True}},
            *({"remove_index": {"index": older}} for older in behind if older != name),
        ]
    )


async def _behind_alias(client: AsyncElasticsearch, prefix: str) -> list[str]:
    try:
        return list(await client.indices.get_alias(name=fact_alias(prefix)))
    except NotFoundError:
        return []


async def _fill(client: AsyncElasticsearch, clock: Clock, prefix: str) -> None:
    target = Target(fact_index_name(prefix), is_alias=False)
    waiting: list[Operation] = []
    async for stored in _articles(client, prefix):
        waiting += [placed_fact(fact, stored.version) for fact in facts_of(stored)]
        if len(waiting) >= _FILL_PAGE:
            bulk.all_taken(await bulk.write(client, clock, target, waiting))
            waiting = []
    bulk.all_taken(await bulk.write(client, clock, target, waiting))


async def _articles(client: AsyncElasticsearch, prefix: str) -> AsyncIterator[StoredArticle]:
    query = {"_source": [SOURCE]}
    async for found in async_scan(client, index=alias(prefix), query=query, size=_FILL_PAGE, ignore_unavailable=True):
        yield source_of(found)


def _operations(seen: Touched, stored: StoredArticle | None, target: Target) -> list[Operation]:
    """Write what an article says now, and remove what else may be there."""
    facts = facts_of(stored) if stored else ()
    version = stored.version if stored else seen.version
    surplus = seen.fact_ids - {fact.fact_id for fact in facts}
    return [
        *(placed_fact(fact, version, target) for fact in facts),
        *(Operation("delete", fact_id, version=version, target=target) for fact_id in sorted(surplus)),
    ]


def _state(stored: StoredArticle | None) -> State | None:
    return None if stored is None else (stored.version, stored.standing)
