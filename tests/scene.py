"""Articles on their way through the stages of a real broker, put where a test wants them by the bus's own scripts."""

import random
from collections.abc import Sequence

from shared import dispositions
from shared.bus.breaker import Breaker
from shared.bus.broker import create_group, entry_of
from shared.bus.envelope import Entry, encode
from shared.bus.outcome import Outcome
from shared.bus.subscription import Subscription
from shared.errors import InvalidInput, PermanentFailure
from shared.events.articles import ArticleCrawled
from shared.events.enrichment import Value
from shared.redis_client import RedisConnection
from shared.registry import RegistryEntry, registry_key
from shared.topology import ENRICHMENT, Stage
from tests.builders import an_article
from tests.fakes import FakeClock

_OPEN_LUA = dispositions.LUA + "ledger_open(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5])"
_CLOSE_LUA = dispositions.LUA + "ledger_close(KEYS[1], KEYS[2], ARGV[1], ARGV[2])"


class Scene:
    """A broker, a clock, and what happens to articles between them."""

    def __init__(self, connection: RedisConnection, clock: FakeClock) -> None:
        self.connection = connection
        self.clock = clock

    async def fetch(self, number: int, source_id: str = "example", **fields: object) -> ArticleCrawled:
        """Open a fetch in the ledger and register its article; its event is published by `publish`."""
        event = an_article(number, source_id=source_id, **fields)
        now_ms = self.clock.now_ms()
        await self.connection.script(_OPEN_LUA)(
            self._ledger,
            [event.fetch_id, source_id, dispositions.day_of(now_ms), event.article_id, now_ms],
        )
        entry = RegistryEntry(now_ms, event.revision, event.content_hash)
        await self.connection.client.hset(registry_key(self.connection), event.article_id, entry.encode())
        return event

    async def crawl(self, *numbers: int, source_id: str = "example") -> list[ArticleCrawled]:
        """Fetch articles, whose events wait for enrichment then."""
        events = [await self.fetch(number, source_id) for number in numbers]
        for event in events:
            await self.publish(event)
        return events

    async def publish(self, event: Value, stage: Stage = ENRICHMENT) -> str:
        """Put an event into the stage's stream; the id of its entry."""
        return str(await self.connection.client.xadd(self.stream(stage), encode(event)))

    async def register(self, number: int, revision: int, content_hash: str = "hash") -> str:
        """Let the registry know an article in this revision; its id."""
        article_id = an_article(number).article_id
        entry = RegistryEntry(self.clock.now_ms(), revision, content_hash)
        await self.connection.client.hset(registry_key(self.connection), article_id, entry.encode())
        return article_id

    async def end(self, event: ArticleCrawled, disposition: str = dispositions.INDEXED) -> None:
        """End a fetch in the ledger."""
        await self.connection.script(_CLOSE_LUA)(self._ledger, [event.fetch_id, disposition])

    async def read(self, stage: Stage = ENRICHMENT) -> list[Entry]:
        """Deliver what waits in the stage's stream to a worker that does nothing with it."""
        await create_group(self.connection, stage)
        answer = await self.connection.client.xreadgroup(stage.group, "reader", {self.stream(stage): ">"}, count=1000)
        return [entry_of(entry_id, fields) for _, entries in answer for entry_id, fields in entries]

    async def settle(self, outcome: Outcome, stage: Stage = ENRICHMENT) -> None:
        """Handle everything that waits in the stage's stream with this outcome."""

        async def handler(events: Sequence[Value]) -> list[Outcome]:
            return [outcome for _ in events]

        await self._subscription(stage, handler).process(await self.read(stage))

    async def release_due(self, stage: Stage = ENRICHMENT) -> None:
        """Put the retries whose time has come back into the stage's stream."""
        await self._subscription(stage, _asked_for_nothing).release_due()

    async def bury(
        self, *numbers: int, error: PermanentFailure | None = None, stage: Stage = ENRICHMENT, **fields: object
    ) -> list[ArticleCrawled]:
        """Fetch articles and let the stage give each of them up; a millisecond lies between two letters."""
        events = []
        for number in numbers:
            events.append(await self.fetch(number, **fields))
            await self.publish(events[-1], stage)
            await self.give_up(error, stage)
            self.clock.advance(0.001)
        return events

    async def give_up(self, error: PermanentFailure | None = None, stage: Stage = ENRICHMENT) -> None:
        """Bury everything that waits in the stage's stream."""
        subscription = self._subscription(stage, _asked_for_nothing)
        for entry in await self.read(stage):
            await subscription.bury(entry, error or InvalidInput("no article"))

    def stream(self, stage: Stage = ENRICHMENT) -> str:
        return self.connection.key(stage.reads.name)

    @property
    def _ledger(self) -> list[str]:
        return [dispositions.inflight_key(self.connection), dispositions.counts_key(self.connection)]

    def _subscription(self, stage: Stage, handler) -> Subscription[Value]:
        return Subscription(
            stage, stage.reads.event, handler, self.connection, self.clock, random.Random(1), Breaker(1.0)
        )


async def _asked_for_nothing(events: Sequence[Value]) -> list[Outcome]:
    raise AssertionError("what is buried is not handled")
