"""Versions of an article arrive in any order, and again, at workers that die and sleep: the newest is kept, once.

The stage is the real one: events in a stream of a real broker, a Subscription with IndexArticles, a real store.
"""

import asyncio
import itertools
import random
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.indexing.handle import IndexArticles
from shared import dispositions
from shared.article_store.query import ArticleQuery, FacetFilter
from shared.bus.breaker import Breaker
from shared.bus.broker import create_group, entry_of
from shared.bus.envelope import encode
from shared.bus.lag import read_lag
from shared.bus.outcome import Outcome
from shared.bus.subscription import Subscription
from shared.bus.upkeep import Upkeep
from shared.events.articles import ArticleEnriched, ArticleIndexed
from shared.redis_client import RedisConnection
from shared.topology import ARTICLES_INDEXED, INDEXING
from tests.builders import REVISION, an_enriched_article, an_enrichment
from tests.contract.article_store.conftest import BOTH, settings_for
from tests.contract.article_store.stores import Store, opened, visible
from tests.indices import removed_afterwards

# Whatever another worker holds counts as abandoned at once: what would take a visibility timeout takes none.
STAGE = replace(INDEXING, visibility_s=0.0)


@dataclass(frozen=True)
class Version:
    """A version of one of two articles; equal contents mean equal texts."""

    article: int
    revision: int
    enrichment_version: int = 1
    content: int = 0

    @property
    def order(self) -> tuple[int, int]:
        return self.revision, self.enrichment_version

    def event(self, source_id: str) -> ArticleEnriched:
        return an_enriched_article(
            self.article,
            an_enrichment(enrichment_version=self.enrichment_version),
            url=f"https://news.example/{source_id}/{self.article}",
            source_id=source_id,
            fetch_id=f"{self.article}-{self.revision}-{self.enrichment_version}",
            revision=REVISION + self.revision,
            text=f"This is what was written at last: {self.content}.",
        )


@dataclass(frozen=True)
class Fate:
    """What becomes of a worker once it has its events: it lives, or dies or falls asleep before or after its put."""

    end: Literal["lives", "dies", "sleeps"]
    after_put: bool = False

    def __str__(self) -> str:
        return f"{self.end} {'after' if self.after_put else 'before'} its put"


LIVES = Fate("lives")
FAULTS = tuple(Fate(end, after_put) for end in ("dies", "sleeps") for after_put in (False, True))


@dataclass(frozen=True)
class Read:
    """A new worker reads a batch of at most so many events."""

    events: int
    fate: Fate = LIVES


@dataclass(frozen=True)
class Claim:
    """A new worker claims what others hold, one by one."""

    fate: Fate = LIVES


Action = Read | Claim


class Stage:
    """The indexing stage over a stream of its own, and the workers that came to it."""

    def __init__(self, broker: RedisConnection, store: Store) -> None:
        self.source_id = uuid.uuid4().hex
        self.connection = replace(broker, prefix=f"{broker.prefix}{self.source_id}:")
        self._store = store
        self._stream = self.connection.key(STAGE.reads.name)
        self._open_fetch = self.connection.script(
            dispositions.LUA + "ledger_open(KEYS[1], KEYS[2], ARGV[1], 'example', '2026-03-02', 'a', '0')"
        )
        self._seen: set[Version] = set()
        self._sleepers: list[asyncio.Task[Any]] = []
        self._morning = asyncio.Event()

    async def publish(self, version: Version) -> None:
        """Add the version to the stream; one that was there before is a replay, and opens no fetch."""
        event = version.event(self.source_id)
        if version not in self._seen:
            self._seen.add(version)
            keys = [dispositions.inflight_key(self.connection), dispositions.counts_key(self.connection)]
            await self._open_fetch(keys, [event.article.fetch_id])
        await self.connection.client.xadd(self._stream, encode(event))

    async def do(self, action: Action) -> None:
        """Let a worker act until it is done, dead or asleep."""
        asleep = asyncio.Event()
        subscription = Subscription(
            STAGE,
            ArticleEnriched,
            self._handler(action.fate, asleep),
            self.connection,
            self._store.clock,
            random.Random(1),
            Breaker(1.0),
        )
        worker = f"worker-{uuid.uuid4().hex}"
        await create_group(self.connection, STAGE)
        if isinstance(action, Read):
            await self._until_it_rests(self._read(subscription, worker, action.events), asleep)
        else:
            claims = Upkeep(STAGE, worker, self.connection, subscription, self._store.clock)
            await self._until_it_rests(claims.claim_abandoned(), asleep)

    async def finish(self) -> None:
        """Let a healthy worker do all that is left; then those who slept wake, all at once."""
        await self.do(Read(1000))
        await self.do(Claim())
        self._morning.set()
        await asyncio.gather(*self._sleepers)
        await visible(self._store.settings, self._store.clock)

    async def kept(self) -> Counter[tuple[int, str]]:
        """Version and text of each article in the store."""
        query = ArticleQuery(filters=(FacetFilter("source", include=(self.source_id,)),))
        return Counter([(found.version, found.article.text) async for found in self._store.reader.scan(query)])

    async def indexed(self) -> list[ArticleIndexed]:
        entries = await self.connection.client.xrange(self.connection.key(ARTICLES_INDEXED.name))
        return [ArticleIndexed.model_validate_json(fields["payload"]) for _, fields in entries]

    def expected(self) -> Counter[tuple[int, str]]:
        """The newest version of each article that was published."""
        newest: dict[int, Version] = {}
        for version in sorted(self._seen, key=lambda version: version.order):
            newest[version.article] = version
        events = [version.event(self.source_id) for version in newest.values()]
        return Counter([(event.version, event.article.text) for event in events])

    def _handler(self, fate: Fate, asleep: asyncio.Event):
        index = IndexArticles(self._store.writer, self._store.clock)

        async def meet() -> None:
            if fate.end == "dies":
                raise asyncio.CancelledError  # as if the process ended here: nothing after it happens
            if fate.end == "sleeps":
                asleep.set()
                await self._morning.wait()

        async def handler(events: Sequence[ArticleEnriched]) -> list[Outcome]:
            if not fate.after_put:
                await meet()
            outcomes = await index(events)
            if fate.after_put:
                await meet()
            return outcomes

        return handler

    async def _read(self, subscription: Subscription[ArticleEnriched], worker: str, events: int) -> None:
        answer = await self.connection.client.xreadgroup(STAGE.group, worker, {self._stream: ">"}, count=events)
        entries = [entry_of(entry_id, fields) for _, found in answer or () for entry_id, fields in found]
        await subscription.process(entries)

    async def _until_it_rests(self, work: Coroutine[Any, Any, Any], asleep: asyncio.Event) -> None:
        working = asyncio.create_task(work)
        sleeping = asyncio.create_task(asleep.wait())
        await asyncio.wait({working, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        sleeping.cancel()
        if not working.done():
            self._sleepers.append(working)
            return
        with suppress(asyncio.CancelledError):  # it died
            await working


@pytest.fixture(params=BOTH)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Either store, empty."""
    chosen = settings_for(request.param, tmp_path, request)
    async with removed_afterwards(chosen.elasticsearch_url, chosen.index_prefix), opened(chosen) as store:
        yield store


async def require_the_newest_once(stage: Stage, arrivals: Iterable[Version]) -> None:
    """The store holds the newest version of each article, once; each event was settled once, each fetch ended once."""
    arrived = [version.event(stage.source_id).article.fetch_id for version in arrivals]
    assert await stage.kept() == stage.expected()

    indexed = await stage.indexed()
    assert Counter(event.fetch_id for event in indexed) == Counter(arrived)
    created = Counter(event.article_id for event in indexed if event.outcome == "created")
    assert all(times == 1 for times in created.values())

    lag = await read_lag(stage.connection, STAGE, 0)
    assert (lag.backlog, lag.retrying, lag.dead) == (0, 0, 0)
    ledger = await dispositions.read_ledger(stage.connection)
    assert (ledger.in_flight, ledger.by_disposition) == (0, {"indexed": len(set(arrived))})


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_three_revisions_in_any_order_end_in_the_newest_though_a_worker(fault, any_broker, store):
    revisions = [Version(1, revision, content=revision) for revision in (1, 2, 3)]
    for order, unlucky in itertools.product(itertools.permutations(revisions), range(3)):
        stage = Stage(any_broker, store)

        for number, version in enumerate(order):
            await stage.publish(version)
            await stage.do(Read(1, fault if number == unlucky else LIVES))
        await stage.publish(order[0])
        await stage.finish()

        await require_the_newest_once(stage, [*order, order[0]])


versions = st.builds(Version, st.integers(1, 2), st.integers(1, 4), st.integers(1, 2), st.integers(0, 2))
fates = st.sampled_from([LIVES, *FAULTS])
actions = st.builds(Read, st.integers(1, 4), fates) | st.builds(Claim, fates)


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[Version, list[Action]]]:
    """Versions of two articles in any order, with replays; and after each arrival what workers do.

    At most one claim goes wrong: an entry that three workers died of is buried, and does not reach the store.
    """
    once = draw(st.lists(versions, min_size=2, max_size=5, unique_by=lambda version: (version.article, version.order)))
    arrivals = draw(st.permutations([*once, *draw(st.lists(st.sampled_from(once), max_size=4))]))
    history = [(version, draw(st.lists(actions, max_size=3))) for version in arrivals]
    claims_gone_wrong = [
        action for _, done in history for action in done if isinstance(action, Claim) and action.fate != LIVES
    ]
    return history if len(claims_gone_wrong) < 2 else [(version, _mended(done)) for version, done in history]


def _mended(done: list[Action]) -> list[Action]:
    return [Claim() if isinstance(action, Claim) else action for action in done]


@pytest.mark.slow
@given(history=histories())
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_any_history_of_arrivals_replays_deaths_and_late_risers_ends_in_the_newest(any_broker, store, history):
    stage = Stage(any_broker, store)

    for version, done in history:
        await stage.publish(version)
        for action in done:
            await stage.do(action)
    await stage.finish()

    await require_the_newest_once(stage, [version for version, _ in history])
