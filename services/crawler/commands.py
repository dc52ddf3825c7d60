"""Commands to the crawler, and its answers: find the doors of a site, visit a source now."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from services.crawler.frontier import Frontier, Queued
from services.crawler.visits import door_visit
from shared.bus.outcome import Done, Outcome
from shared.clock import Clock, from_ms
from shared.commands import answer
from shared.errors import DependencyUnavailable, InvalidInput, NewsweirError
from shared.events.commands import CommandAnswer, CrawlerCommand, Discover, Refusal, SiteFound, VisitNow, VisitsDue
from shared.redis_client import RedisConnection
from shared.source_registry import SourceRegistry


class AnswerCommands:
    """Carries commands out side by side, and answers each; one that failed is answered too, and never tried again.

    Args:
        discover: finds the doors of a site, as `SiteDiscovery.discover` does.
    """

    def __init__(
        self, connection: RedisConnection, discover: Callable[[str], Awaitable[SiteFound]], clock: Clock
    ) -> None:
        self._connection = connection
        self._discover = discover
        self._clock = clock
        self._registry = SourceRegistry(connection)
        self._frontier = Frontier(connection)

    async def __call__(self, events: Sequence[CrawlerCommand]) -> list[Outcome]:
        await asyncio.gather(*map(self._answer, events))
        return [Done() for _ in events]

    async def _answer(self, command: CrawlerCommand) -> None:
        if command.expires_at <= from_ms(self._clock.now_ms()):
            # Nobody waits any more; and a person who asked again would have it done twice.
            return
        result = await self._result(command.ask)
        await answer(self._connection, CommandAnswer(command_id=command.command_id, result=result))

    async def _result(self, ask: Discover | VisitNow) -> SiteFound | VisitsDue | Refusal:
        try:
            return await (self._discover(ask.url) if isinstance(ask, Discover) else self._visit_now(ask.source_id))
        except DependencyUnavailable:
            # The bus waits for the broker, and asks again.
            raise
        except NewsweirError as error:
            return Refusal.of(error)

    async def _visit_now(self, source_id: str) -> VisitsDue:
        source = await self._registry.get(source_id)
        if source is None:
            raise InvalidInput(f"no source has the id {source_id!r}: `newsweir sources list` shows them all")
        now_ms = self._clock.now_ms()
        doors = [door_visit(kind, url, source.id) for kind, url in source.doors]
        # Those that wait are made due, those that are missing are put in; the host's turn is not touched.
        await self._frontier.add([Queued(door, now_ms) for door in doors])
        return VisitsDue(doors=len(doors))
