"""Puts articles into Elasticsearch and takes them back; any number of writers at once, versions decide between them."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from elasticsearch import AsyncElasticsearch

from shared.article_store.document import Standing, StoredArticle
from shared.article_store.elasticsearch import bulk, past
from shared.article_store.elasticsearch.connection import connect, our_errors
from shared.article_store.elasticsearch.facts import FactKeeper, Touched, bring_up_facts, touched
from shared.article_store.elasticsearch.generations import bring_up
from shared.article_store.elasticsearch.layout import month_of
from shared.article_store.elasticsearch.mapping import (
    SOURCE,
    STANDING_FIELDS,
    fingerprint,
    placed,
    source_of,
    standing_of,
    taken_away,
)
from shared.article_store.elasticsearch.operations import Operation
from shared.article_store.elasticsearch.places import NOWHERE, Found, Months, Places
from shared.article_store.elasticsearch.stories import StoryKeeper, bring_up_stories
from shared.article_store.past import Past, in_standing, plans, standing, withdraw_result
from shared.article_store.protocol import PutOutcome, StoryOutcome, WithdrawOutcome, story_outcomes
from shared.article_store.stories import Claim, StoredStory, is_newer, newest, touched_members, without
from shared.article_store.versions import Write, decide
from shared.clock import Clock
from shared.errors import DependencyUnavailable
from shared.events.articles import ArticleWithdrawn, first_version
from shared.events.stories import StoryChanged
from shared.settings import StoreSettings

# Each round more needs another writer to have changed the same article in between.
_ROUNDS = 8
# A batch of stories may name tens of thousands of articles.
_SETTLED_AT_ONCE = 500


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
        self._facts = FactKeeper(client, clock, prefix, self._places)
        self._stories = StoryKeeper(client, clock, prefix)

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
                await bring_up(client, settings.index_prefix, own, writer.places, writer.settle)
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
            await past.carry_out(self._client, self._clock, self._prefix, planned)
            # Between the look and the write another writer may come: the version still decides, only the name of the
            # outcome may be that of a moment ago.
            decided = decide(present, {article_id: of_one.past for article_id, of_one in planned.items()}, articles)
            writes = [placed(write.stored) for write in decided if write.result != "stale"]
            homes = await self._homes(found, [*present.values(), *(w.stored for w in decided if w.result != "stale")])
            results = await self._places.write(found.layout, homes, writes)
            mended = await self.settle(article_ids, homes)
            await self._settle_facts(present, articles, decided, mended)
        return _outcomes(decided, results)

    async def withdraw(self, events: Sequence[ArticleWithdrawn]) -> list[WithdrawOutcome]:
        if not events:
            return []
        article_ids = sorted({event.article_id for event in events})
        with our_errors():
            found, present, pasts = await self._known(article_ids)
            await past.note(self._client, self._clock, self._prefix, events)
            forgotten = {event.article_id for event in events if event.hard and event.reason == "forgotten"}
            await self._stories.write([without(s, forgotten) for s in await self._stories.about(forgotten)])
            await self.settle(article_ids, found.homes)
            seen = touched(present.values())
            for event in events:
                of_one = seen.setdefault(event.article_id, Touched())
                of_one.version = max(of_one.version, first_version(event.revision + 1) - 1)
            for article_id, fact_ids in (await self._facts.kept_of(article_ids)).items():
                seen[article_id].fact_ids |= fact_ids
            await self._facts.settle(seen, await self._present(article_ids))
        return [
            WithdrawOutcome(e.article_id, withdraw_result(pasts[e.article_id], present.get(e.article_id), e))
            for e in events
        ]

    async def change_stories(self, events: Sequence[StoryChanged]) -> list[StoryOutcome]:
        if not events:
            return []
        said = newest(events)
        with our_errors():
            before = known = await self._stories.read(said)
            touched_ids: set[str] = set()
            for _ in range(_ROUNDS):
                touched_ids |= await self._keep_stories(said, known)
                for start in range(0, len(touched_ids), _SETTLED_AT_ONCE):
                    await self.settle(sorted(touched_ids)[start : start + _SETTLED_AT_ONCE])
                # Another writer may have kept a newer one meanwhile, without knowing whom this one had named.
                now = await self._stories.read(said)
                if all(now[i].version == story.version for i, story in said.items()):
                    return story_outcomes(events, before)
                known, said = now, {i: now[i] for i in said}
        raise DependencyUnavailable(f"{len(said)} stories change faster in elasticsearch than their articles")

    async def _keep_stories(self, said: Mapping[str, StoredStory], known: Mapping[str, StoredStory]) -> set[str]:
        """Write what is newer; the articles that may belong to another story now."""
        members = sorted({member.article_id for story in said.values() for member in story.members})
        forgotten = await past.forgotten(self._client, self._prefix, members)
        kept = {i: without(story, forgotten) for i, story in said.items() if is_newer(story, known.get(i))}
        await self._stories.write(kept.values())
        touched = {a for i, story in said.items() for a in touched_members(known.get(i), kept.get(i, story))}
        return touched | await self._elsewhere(said.values())

    async def _elsewhere(self, stories: Collection[StoredStory]) -> set[str]:
        """The members of stories whose articles are in another one: a newer version may claim them back."""
        members = sorted({(member.article_id, story.story_id) for story in stories for member in story.members})
        found: set[str] = set()
        for start in range(0, len(members), _SETTLED_AT_ONCE):
            some = members[start : start + _SETTLED_AT_ONCE]
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
        pasts, found = await asyncio.gather(
            past.read(self._client, self._prefix, article_ids),
            self._places.find(article_ids, [SOURCE], guesses=guesses),
        )
        present = {article_id: source_of(item) for article_id, item in found.articles.items()}
        said = await self._stories.marks(article_ids, (*present.values(), *batch))
        return found, present, {i: replace(pasts[i], stories=said[i]) for i in article_ids}

    async def _homes(self, found: Found, articles: Iterable[StoredArticle]) -> dict[str, str]:
        """The months of all these articles; of those that have none yet, as the first of their states says."""
        missing: dict[str, str] = {}
        for stored in articles:
            if stored.article_id not in found.homes:
                missing.setdefault(stored.article_id, month_of(stored.article.first_seen_at))
        return {**found.homes, **(await self._places.claim(missing) if missing else {})}

    async def _settle_facts(
        self,
        before: Mapping[str, StoredArticle],
        batch: Sequence[StoredArticle],
        decided: Sequence[Write],
        mended: Collection[str],
    ) -> None:
        """Replace the facts of the articles that were put.

        What the store had in this version or a newer one may have been put before, by a writer that was killed before
        it came to the facts: of these articles all facts that are there are looked at.
        """
        seen = touched([*before.values(), *batch])
        late = {a.article_id for a in batch if a.article_id in before and before[a.article_id].version >= a.version}
        for article_id, fact_ids in (await self._facts.kept_of(sorted(late))).items():
            seen[article_id].fact_ids |= fact_ids
        written = {w.stored.article_id: w.stored for w in decided if w.result != "stale"}
        await self._facts.settle(seen, {i: stored for i, stored in {**before, **written}.items() if i not in mended})

    async def settle(self, article_ids: Sequence[str], homes: Months = NOWHERE) -> set[str]:
        """Return when every article has the standing that its past gives it, and none is there that was deleted;
        the articles that were not as they should be. `homes` are the months of articles, as far as they are known.

        Raises:
            DependencyUnavailable: others change the articles faster than this comes to an end, or another program
                writes articles now: what was just written is to be put by that one.
        """
        open_ids, mended = article_ids, set[str]()
        for _ in range(_ROUNDS):
            pasts, found = await asyncio.gather(
                past.read(self._client, self._prefix, open_ids),
                self._places.find(open_ids, STANDING_FIELDS, homes=homes),
            )
            rewritten = await past.carry_out(self._client, self._clock, self._prefix, plans(pasts, {}))
            standings = {i: standing_of(item) for i, item in found.articles.items()}
            said = await self._stories.marks_for({i: _claimed(standings.get(i)) for i in open_ids})
            pasts = {i: replace(pasts[i], stories=said[i]) for i in open_ids}
            wrong = [i for i, standing in standings.items() if not _is_right(*standing, pasts[i])]
            await self._mend(wrong, pasts)
            mended |= set(wrong)
            open_ids = sorted({*rewritten, *wrong})
            if not open_ids:
                return mended
        raise DependencyUnavailable(f"{len(open_ids)} articles change faster in elasticsearch than their past is kept")

    async def _mend(self, article_ids: Sequence[str], pasts: Mapping[str, Past]) -> None:
        if not article_ids:
            return
        found = await self._places.find(article_ids, [SOURCE])
        present = {article_id: source_of(item) for article_id, item in found.articles.items()}
        planned = plans({article_id: pasts[article_id] for article_id in article_ids}, present)
        await past.carry_out(self._client, self._clock, self._prefix, planned)
        operations = [_mended(stored, planned[article_id].past) for article_id, stored in present.items()]
        homes = await self._homes(found, present.values())
        await self._places.write(found.layout, homes, operations)

    async def _present(self, article_ids: Sequence[str]) -> dict[str, StoredArticle]:
        found = await self._places.find(article_ids, [SOURCE])
        return {article_id: source_of(item) for article_id, item in found.articles.items()}


def _is_right(revision: int, own: Standing, claim: Claim, known: Past) -> bool:
    return not known.forbids(revision) and own == standing(known, revision, claim)


def _is_in(own: Standing, story_id: str) -> bool:
    return own.story is not None and own.story.story_id == story_id


def _claimed(standing: tuple[int, Standing, Claim] | None) -> set[str]:
    return {standing[2].story_id} if standing is not None and standing[2].story_id is not None else set()


def _mended(stored: StoredArticle, known: Past) -> Operation:
    if known.erased is not None and known.forbids(stored.article.revision):
        return taken_away(stored.article_id, known.erased.revision)
    return placed(in_standing(stored, known))


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
