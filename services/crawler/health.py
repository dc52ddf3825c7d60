"""How a source is doing, kept up to date as its pages are visited."""

import asyncio
from collections.abc import Callable, Iterable

from services.crawler.politeness import PRODUCT_TOKEN, HostRobots
from shared.events.articles import Right
from shared.redis_client import BROKER_ERRORS
from shared.source_health import DoorHealth, DoorRobots, SourceHealth
from shared.source_registry import SourceRegistry
from shared.sources import Source

_LONGEST_ERROR = 300
Change = Callable[[SourceHealth], SourceHealth]


class HealthRecorder:
    """Changes the health of sources: at once, or, where there is a change with every page, for all of them together."""

    def __init__(self, registry: SourceRegistry) -> None:
        self._registry = registry
        self._noted: dict[str, list[Change]] = {}

    async def record(self, source_id: str, *changes: Change) -> None:
        """Replace the source's health by what the changes make of it, one after the other."""
        await self._registry.record_health({source_id: _one_after_the_other(changes)})

    def note(self, source_id: str, *changes: Change) -> None:
        """Keep changes until `write`; a process that is killed before loses them."""
        if changes:
            self._noted.setdefault(source_id, []).extend(changes)

    async def write(self) -> None:
        """Record what was noted, and forget it; errors come through. Where the broker is away it stays noted."""
        noted, self._noted = self._noted, {}
        try:
            await self._registry.record_health({name: _one_after_the_other(all_) for name, all_ in noted.items()})
        except (asyncio.CancelledError, *BROKER_ERRORS):
            for source_id, changes in noted.items():
                self._noted[source_id] = changes + self._noted.get(source_id, [])
            raise


def _one_after_the_other(changes: Iterable[Change]) -> Change:
    def change_all(health: SourceHealth) -> SourceHealth:
        for change in changes:
            health = change(health)
        return health

    return change_all


def looked(now_ms: int, next_visit_ms: int, door: str, source: Source) -> Change:
    """A door was read, or had nothing new; or what a door leads to, as a nested sitemap."""

    def change(health: SourceHealth) -> SourceHealth:
        seen = health.model_copy(update={"last_visit_ms": now_ms, "last_success_ms": now_ms})
        urls = _doors_of(source)
        return seen.with_door(door, DoorHealth(next_visit_ms=next_visit_ms), urls) if door in urls else seen

    return change


def failed(now_ms: int, next_visit_ms: int, error: str, door: str, source: Source) -> Change:
    """A door could not be read; or what a door leads to, which says nothing of the door."""

    def change(health: SourceHealth) -> SourceHealth:
        said, urls = error[:_LONGEST_ERROR], _doors_of(source)
        seen = health.model_copy(update={"last_visit_ms": now_ms, "last_error": said})
        if door not in urls:
            return seen
        failures = health.doors[door].failures + 1 if door in health.doors else 1
        failing = DoorHealth(next_visit_ms=next_visit_ms, failures=failures, error=said)
        return seen.with_door(door, failing, urls)

    return change


def left_out(now_ms: int, error: str) -> Change:
    """None of the source's doors may be visited."""

    def change(health: SourceHealth) -> SourceHealth:
        return health.model_copy(
            update={
                "last_visit_ms": now_ms,
                "next_visit_ms": now_ms,
                "consecutive_failures": health.consecutive_failures + 1,
                "last_error": error[:_LONGEST_ERROR],
            }
        )

    return change


def _doors_of(source: Source) -> frozenset[str]:
    return frozenset(url for _, url in source.doors)


def yielded(now_ms: int) -> Change:
    """A new article was handed over."""

    def change(health: SourceHealth) -> SourceHealth:
        return health.with_new_article(now_ms)

    return change


def reserves(rights: Iterable[Right], now_ms: int) -> Change:
    """A page of the source reserves these rights."""
    return lambda health: health.with_rights(rights, now_ms)


def asked_robots(door: str, known: HostRobots | None) -> Change:
    """What is known of the robots.txt of a door's host; None for nothing."""
    return lambda health: health.with_robots(door, _said_of(door, known)) if known else health


def _said_of(door: str, known: HostRobots) -> DoorRobots:
    if known.failure:
        return DoorRobots(verdict="unreadable", failure=known.failure[:_LONGEST_ERROR])
    allowed = known.robots.allows(door, PRODUCT_TOKEN)
    return DoorRobots(
        verdict="allows" if allowed else "forbids", crawl_delay_s=known.robots.crawl_delay_s(PRODUCT_TOKEN)
    )
