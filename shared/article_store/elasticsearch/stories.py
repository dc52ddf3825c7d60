"""Keeps stories in an index of their own, and tells what they say of articles."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from elasticsearch import AsyncElasticsearch, BadRequestError, NotFoundError
from elasticsearch.helpers import async_scan

from shared.article_store.document import StoredArticle
from shared.article_store.elasticsearch import bulk
from shared.article_store.elasticsearch.operations import Operation, Target
from shared.article_store.elasticsearch.story_mapping import (
    CONTENT,
    naming,
    placed_story,
    story_alias,
    story_definition,
    story_index_name,
    story_of_found,
)
from shared.article_store.stories import StoredStory, StoryMark, claims_of, marks
from shared.clock import Clock

# A story has up to 500 members in its source: so many at once are a few megabytes.
_PAGE = 100


class StoryKeeper:
    """Reads and writes stories; what it wrote is found at once."""

    def __init__(self, client: AsyncElasticsearch, clock: Clock, prefix: str) -> None:
        self._client = client
        self._clock = clock
        self._alias = story_alias(prefix)

    async def read(self, story_ids: Collection[str]) -> dict[str, StoredStory]:
        """These stories, as far as they are there."""
        if not story_ids:
            return {}
        answer = await self._client.mget(index=self._alias, ids=list(story_ids), source_includes=[CONTENT])
        return {found["_id"]: story_of_found(found) for found in answer["docs"] if found.get("found")}

    async def write(self, stories: Iterable[StoredStory]) -> None:
        """Write stories, each unless a newer version is there."""
        operations = [placed_story(story) for story in stories]
        bulk.all_taken(await bulk.write(self._client, self._clock, Target(self._alias), operations, refresh=True))

    async def about(self, article_ids: Collection[str], story_ids: Collection[str] = ()) -> list[StoredStory]:
        """The stories that name one of these articles, and these stories."""
        found: list[StoredStory] = []
        after: list[str] = []
        while article_ids or story_ids:
            answer = await self._client.search(
                index=self._alias,
                query=naming(article_ids, story_ids),
                sort=[{"story_id": "asc"}],
                size=_PAGE,
                search_after=after or None,
                source_includes=[CONTENT],
                ignore_unavailable=True,
            )
            hits = answer["hits"]["hits"]
            found += [story_of_found(hit) for hit in hits]
            if len(hits) < _PAGE:
                break
            after = hits[-1]["sort"]
        return found

    async def marks(
        self, article_ids: Iterable[str], articles: Iterable[StoredArticle]
    ) -> dict[str, tuple[StoryMark, ...]]:
        """What stories say of these articles, given what their states claim."""
        return await self.marks_for(claims_of(article_ids, articles))

    async def marks_for(self, claims: Mapping[str, Collection[str]]) -> dict[str, tuple[StoryMark, ...]]:
        """What stories say of articles that claim to be in these stories, by article_id."""
        claimed: set[str] = set().union(*claims.values())
        return marks(await self.about(list(claims), claimed), claims)


async def bring_up_stories(client: AsyncElasticsearch, clock: Clock, prefix: str) -> None:
    """Return when the alias stands for an index of this code's mapping, with all that an older one held."""
    name = story_index_name(prefix)
    behind = await _behind_alias(client, prefix)
    if behind == [name]:
        return
    try:
        await client.indices.create(index=name, **story_definition())
    except BadRequestError as error:
        if error.error != "resource_already_exists_exception":
            raise
    older = [one for one in behind if one != name]
    for one in older:
        await client.indices.put_settings(index=one, settings={"index.blocks.write": True})
        await _copy(client, clock, one, name)
    await client.indices.refresh(index=name)
    await client.indices.update_aliases(
        actions=[
            {"add": {"index": name, "alias": story_alias(prefix), "is_write_index": True}},
            *({"remove_index": {"index": one}} for one in older),
        ]
    )


async def _behind_alias(client: AsyncElasticsearch, prefix: str) -> Sequence[str]:
    try:
        return list(await client.indices.get_alias(name=story_alias(prefix)))
    except NotFoundError:
        return []


async def _copy(client: AsyncElasticsearch, clock: Clock, older: str, name: str) -> None:
    target = Target(name, is_alias=False)
    waiting: list[Operation] = []
    async for found in async_scan(client, index=older, query={"_source": [CONTENT]}, size=_PAGE):
        waiting.append(placed_story(story_of_found(found)))
        if len(waiting) == _PAGE:
            bulk.all_taken(await bulk.write(client, clock, target, waiting))
            waiting = []
    bulk.all_taken(await bulk.write(client, clock, target, waiting))
