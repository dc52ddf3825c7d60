"""What API and pages ask about sources: which there are, how they do, what a crawler finds on a site."""

from collections.abc import Collection
from dataclasses import dataclass

from services.search.broker import BrokerUnavailable, answered
from shared import commands
from shared.clock import Clock
from shared.errors import DependencyUnavailable, InvalidInput, PermanentFailure
from shared.events.commands import SiteFound
from shared.redis_client import CONNECTION_ERRORS, RedisConnection
from shared.source_health import STATES, HealthReport, SourceHealth, report_of
from shared.source_registry import SourceRegistry
from shared.sources import MAX_SOURCES, Source, source_for

# A crawler asks a site for some pages, politely one after the other.
DISCOVERY_TIMEOUT_S = 90.0


class UnknownSource(InvalidInput):
    """No source has this id."""


class CrawlerRefuses(PermanentFailure):
    """The crawler does not do what it was asked for, and says why."""


class NoCrawler(DependencyUnavailable):
    """No crawler answers."""


@dataclass(frozen=True)
class KnownSource:
    """A source and how it does."""

    source: Source
    health: HealthReport

    @property
    def in_words(self) -> str:
        """How it does, for people."""
        said = STATES[self.health.state]
        return f"{said}: {self.health.last_error}" if self.health.last_error else said


@dataclass(frozen=True)
class FoundSource:
    """What a crawler found on a site, and the source that it becomes; known: whether there is one by that id."""

    site: SiteFound
    source: Source
    known: bool


class SourceCatalogue:
    """The sources, as the broker has them. Every method raises BrokerUnavailable where it does not answer."""

    def __init__(
        self, connection: RedisConnection | None, clock: Clock, *, discovery_timeout_s: float = DISCOVERY_TIMEOUT_S
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._discovery_timeout_s = discovery_timeout_s

    async def all(self, *, tags: Collection[str] = (), states: Collection[str] = ()) -> tuple[KnownSource, ...]:
        """Every source that has one of the tags and is in one of the states, by id; of those not given, any does."""
        registry = SourceRegistry(self._broker)
        sources, health = await answered(registry.all()), await answered(registry.all_health())
        found = (self._known(source, health.get(source.id, SourceHealth())) for source in sources)
        return tuple(
            known
            for known in found
            if (not tags or not set(tags).isdisjoint(known.source.tags))
            and (not states or known.health.state in states)
        )

    async def one(self, source_id: str) -> KnownSource:
        """The source; raises UnknownSource."""
        registry = SourceRegistry(self._broker)
        source = await answered(registry.get(source_id))
        if source is None:
            raise UnknownSource(f"no source has the id {source_id[:80]!r}: GET /v1/sources lists all")
        return self._known(source, await answered(registry.health(source_id)))

    async def find(self, url: str) -> FoundSource:
        """What a crawler finds on a site: its feeds, news sitemaps or listings; nothing is added.

        Raises:
            CrawlerRefuses: nothing is found there, or it may not be asked.
            NoCrawler: none answers in time.
        """
        try:
            site = await commands.discover(self._broker, url, self._clock, timeout_s=self._discovery_timeout_s)
        except CONNECTION_ERRORS as error:
            raise BrokerUnavailable(f"no answer from the broker: {error}") from error
        except BrokerUnavailable:
            raise
        except DependencyUnavailable as error:
            raise NoCrawler(str(error)) from error
        except InvalidInput:
            raise
        except PermanentFailure as error:
            raise CrawlerRefuses(str(error)) from error
        known = await answered(SourceRegistry(self._broker).all())
        source = source_for(site, known)
        return FoundSource(site, source, known=any(other.id == source.id for other in known))

    async def put(self, source: Source) -> None:
        """Add the source, or replace the one with its id; raises InvalidInput where there are too many."""
        registry = SourceRegistry(self._broker)
        known = {other.id for other in await answered(registry.all())}
        if source.id not in known and len(known) >= MAX_SOURCES:
            raise InvalidInput(f"there are {MAX_SOURCES} sources: remove some first")
        await answered(registry.put([source]))

    async def remove(self, source_id: str) -> None:
        """Forget the source; articles that were found stay. Raises UnknownSource."""
        await self.one(source_id)
        await answered(SourceRegistry(self._broker).remove([source_id]))

    def _known(self, source: Source, health: SourceHealth) -> KnownSource:
        doors = [url for _, url in source.doors]
        return KnownSource(source, report_of(health, doors, self._clock.now_ms()))

    @property
    def _broker(self) -> RedisConnection:
        if self._connection is None:
            raise BrokerUnavailable("this process was given no broker: set REDIS_URL")
        return self._connection
