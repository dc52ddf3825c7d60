"""Puts articles into Elasticsearch and takes them back; any number of writers at once, versions decide between them."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from elasticsearch import AsyncElasticsearch

from shared.article_store.document import Standing, StoredArticle
from shared.article_store.elasticsearch import bulk, past
from shared.article_store.elasticsearch.connection import connect, our_errors
from shared.article_store.elasticsearch.facts import MADE_AT_ONCE, FactKeeper, Touched, bring_up_facts, touched
from shared.article_store.elasticsearch.generations import bring_up
from shared.article_store.elasticsearch.layout import month_of
from shared.article_store.elasticsearch.looks import Known, Looks, Revisions
from shared.article_store.elasticsearch.mapping import (
    SOURCE,
    STANDING_FIELDS,
    fingerprint,
    placed,
    source_of,
    standing_of,
)
from shared.article_store.elasticsearch.operations import Operation
from shared.article_store.elasticsearch.places import Found, Places, claims, homeless
from shared.article_store.elasticsearch.settling import ROUNDS, SETTLED_AT_ONCE, Settling
from shared.article_store.elasticsearch.stories import StoryKeeper, bring_up_stories
from shared.article_store.past import Past, RevisionPlan, plans, withdraw_result
from shared.article_store.protocol import PutOutcome, StoryOutcome, WithdrawOutcome, deleted_by, story_outcomes
from shared.article_store.stories import StoredStory, is_newer, left_behind, newest, touched_members, without
from shared.article_store.versions import Write, decide
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.events.articles import ArticleWithdrawn, first_version
from shared.events.stories import StoryChanged
from shared.settings import StoreSettings


class ElasticsearchArticleWriter:
    """An ArticleWriter. What `put` returned is durable at once, and found by searches within a second: waiting for
    that would hold back every batch for half a second.

    Revisions and withdrawals are facts of their own, written first; the standing that an article carries is derived
    from them and may be that of a moment ago when another writer adds a fact meanwhile. So every writer looks again
    after it wrote, and mends what it finds: whoever comes last sees all that was written before.
    """

    def __init__(self, client: AsyncElasticsearch, clock: Clock, prefix: str, own: str) -> None:
        self._client = client
        self._clock = clock
        self._prefix = prefix
        self._places = Places(client, clock, prefix, own)
        self._looks = Looks(client, prefix, self._places)
        self._facts = FactKeeper(client, clock, prefix, self._places)
        self._stories = StoryKeeper(client, clock, prefix)
        self._settling = Settling(client, clock, prefix, self._places, self._looks, self._facts, self._stories)

    @property
    def settling(self) -> Settling:
        """What gives articles the standing that they should have."""
        return self._settling

    @property
    def places(self) -> Places:
        """Where this writer finds and puts articles."""
        return self._places

    @classmethod
    async def open(cls, settings: StoreSettings, clock: Clock, own: str | None = None) -> "ElasticsearchArticleWriter":
        """Connect, and bring the indices to the mapping of this code, or to its like under the name `own`.

        Raises:
            ConfigurationError: the URL cannot be used.
            DependencyUnavailable: Elasticsearch does not answer.
        """
        client = connect(settings)
        own = own or fingerprint()
        writer = cls(client, clock, settings.index_prefix, own)
        try:
            with our_errors():
                await past.create(client, settings.index_prefix)
                await bring_up_stories(client, clock, settings.index_prefix)
                await bring_up(client, settings.index_prefix, own, writer.places, writer.settling.settle)
                await bring_up_facts(client, clock, settings.index_prefix)
        except BaseException:
            await client.close()
            raise
        return writer

    async def put(self, articles: Sequence[StoredArticle]) -> list[PutOutcome]:
        if not articles:
            return []
        article_ids = sorted({article.article_id for article in articles})
        with our_errors():
            found, present, pasts = await self._known(article_ids, articles)
            planned = plans(pasts, present, articles)
            # Between the look and the write another writer may come: the version still decides, only the name of the
            # outcome may be that of a moment ago.
            decided = decide(present, {article_id: of_one.past for article_id, of_one in planned.items()}, articles)
            written = [write.stored for write in decided if write.result != "stale"]
            missing = homeless(found, [*present.values(), *written])
            seen = await self._facts_seen(present, articles)
            believed = {**present, **{stored.article_id: stored for stored in written}}
            first = {i: planned[i].past.revisions for i in missing if i not in present}
            # Documents are made while Elasticsearch writes what must be there before them.
            claimed, articles_placed, facts = await asyncio.gather(
                self._begin(planned, missing, first),
                _made(placed(stored) for stored in written),
                _collected(self._facts.operations(sorted(seen), seen, believed)),
            )
            homes = {**found.homes, **claimed}
            results = await self._places.write(found.layout, homes, articles_placed, beside=facts)
            marks = {s.article_id: result.mark for s, result in zip(written, results, strict=True) if result.mark}
            await self._facts.settle(
                seen, believed, await self._settling.settle(article_ids, homes, Known(believed, marks, first))
            )
        return _outcomes(decided, results)

    async def withdraw(self, events: Sequence[ArticleWithdrawn]) -> list[WithdrawOutcome]:
        if not events:
            return []
        article_ids = sorted({event.article_id for event in events})
        with our_errors():
            found, present, pasts = await self._known(article_ids)
            await past.note(self._client, self._clock, self._prefix, events)
            outcomes = [
                WithdrawOutcome(e.article_id, withdraw_result(pasts[e.article_id], present.get(e.article_id), e))
                for e in events
            ]
            deleted = deleted_by(events, outcomes)
            told = await self._stories.about(deleted)
            without_them = [without(story, deleted) for story in told]
            await self._stories.write(without_them)
            await self._settling.settle_members(left_behind(told, without_them))
            await self._settling.settle(article_ids, found.homes)
            seen = touched(present.values())
            for event in events:
                of_one = seen.setdefault(event.article_id, Touched())
                of_one.version = max(of_one.version, first_version(event.revision + 1) - 1)
            for article_id, fact_ids in (await self._facts.kept_of(article_ids)).items():
                seen[article_id].fact_ids |= fact_ids
            await self._facts.settle(seen, await self._present(article_ids))
        return outcomes

    async def change_stories(self, events: Sequence[StoryChanged]) -> list[StoryOutcome]:
        if not events:
            return []
        said = newest(events)
        with our_errors():
            before = known = await self._stories.read(said)
            touched_ids: set[str] = set()
            for _ in range(ROUNDS):
                touched_ids |= await self._keep_stories(said, known)
                await self._settling.settle_members(touched_ids)
                # Another writer may have kept a newer one meanwhile, without knowing whom this one had named.
                now = await self._stories.read(said)
                if all(now[i].version == story.version for i, story in said.items()):
                    return story_outcomes(events, before)
                known, said = now, {i: now[i] for i in said}
        raise DependencyUnavailable(f"{len(said)} stories change faster in elasticsearch than their articles")

    async def _keep_stories(self, said: Mapping[str, StoredStory], known: Mapping[str, StoredStory]) -> set[str]:
        """Write what is newer; the articles that may belong to another story now."""
        named = sorted({article_id for story in said.values() for article_id in story.named_ids})
        gone = await self._gone(named)
        kept = {i: without(story, gone) for i, story in said.items() if is_newer(story, known.get(i))}
        await self._stories.write(kept.values())
        touched = {a for i, story in said.items() for a in touched_members(known.get(i), kept.get(i, story))}
        return touched | await self._elsewhere(said.values())

    async def _gone(self, article_ids: Sequence[str]) -> set[str]:
        """Those of these articles that were deleted and did not come back."""
        erased = await past.erased(self._client, self._prefix, article_ids)
        present = await self._present(sorted(erased)) if erased else {}
        back = {i for i, stored in present.items() if stored.article.revision > erased[i]}
        return erased.keys() - back

    async def _elsewhere(self, stories: Collection[StoredStory]) -> set[str]:
        """The members of stories whose articles are in another one: a newer version may claim them back."""
        members = sorted({(member.article_id, story.story_id) for story in stories for member in story.members})
        found: set[str] = set()
        for start in range(0, len(members), SETTLED_AT_ONCE):
            some = members[start : start + SETTLED_AT_ONCE]
            there = await self._places.find(sorted({article_id for article_id, _ in some}), STANDING_FIELDS)
            standings = {article_id: standing_of(item)[1] for article_id, item in there.articles.items()}
            found |= {a for a, story_id in some if a in standings and not _is_in(standings[a], story_id)}
        return found

    async def check(self) -> None:
        with our_errors():
            await self._places.find((), ())
            name = past.alias(self._prefix)
            await self._client.cluster.health(index=name, wait_for_status="yellow", timeout="1s")

    async def close(self) -> None:
        await self._client.close()

    async def _known(
        self, article_ids: Sequence[str], batch: Sequence[StoredArticle] = ()
    ) -> tuple[Found, dict[str, StoredArticle], dict[str, Past]]:
        guesses = {stored.article_id: month_of(stored.article.first_seen_at) for stored in batch}
        found, pasts = await self._looks.look(article_ids, [SOURCE], guesses=guesses)
        present = {article_id: source_of(item) for article_id, item in found.articles.items()}
        said = await self._stories.marks(article_ids, (*present.values(), *batch))
        return found, present, {i: replace(pasts[i], stories=said[i]) for i in article_ids}

    async def _begin(
        self, planned: Mapping[str, RevisionPlan], missing: Mapping[str, str], first: Revisions
    ) -> dict[str, str]:
        """Write what must be there before articles are: their revisions, and the months of those that have none; the
        months, as this or another writer gave them.

        Of articles that nobody wrote before, `first`, nothing needs to be seen by searches at once: another writer
        finds the month, no revision, and refreshes. So does this one where the other was first.
        """
        refresh = any(plan.create or plan.remove for i, plan in planned.items() if i not in first)
        _, results = await past.carry_out(
            self._client, self._clock, self._prefix, planned, claims(missing), refresh=refresh
        )
        if not refresh and any(result.newer_is_there for result in results):
            await past.refresh(self._client, self._prefix)
        return await self._places.claimed(missing, results)

    async def _facts_seen(
        self, before: Mapping[str, StoredArticle], batch: Sequence[StoredArticle]
    ) -> dict[str, Touched]:
        """What may be among the facts of articles that are about to be put.

        What the store has in this version or a newer one may have been put before, by a writer that was killed before
        it came to the facts: of these articles all facts that are there are looked at.
        """
        seen = touched([*before.values(), *batch])
        late = {a.article_id for a in batch if a.article_id in before and before[a.article_id].version >= a.version}
        for article_id, fact_ids in (await self._facts.kept_of(sorted(late))).items():
            seen[article_id].fact_ids |= fact_ids
        return seen

    async def _present(self, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
        found = await self._places.find(article_ids, [SOURCE])
        return {article_id: source_of(item) for article_id, item in found.articles.items()}


async def _made(operations: Iterable[Operation]) -> list[Operation]:
    """The operations, made a few at a time while requests go on."""
    made = []
    for number, operation in enumerate(operations):
        made.append(operation)
        if number % MADE_AT_ONCE == 0:
            await asyncio.sleep(0)
    return made


async def _collected(operations: AsyncIterator[Operation]) -> list[Operation]:
    return [operation async for operation in operations]


def _is_in(own: Standing, story_id: str) -> bool:
    return own.story is not None and own.story.story_id == story_id


def _outcomes(decided: Sequence[Write], results: Iterable[bulk.ItemResult]) -> list[PutOutcome]:
    remaining = iter(results)
    outcomes = []
    for write in decided:
        result = bulk.ItemResult(newer_is_there=True) if write.result == "stale" else next(remaining)
        outcomes.append(
            PutOutcome(write.stored.article_id, None, result.failure)
            if result.failure
            else PutOutcome(write.stored.article_id, "stale" if result.newer_is_there else write.result)
        )
    return outcomes
