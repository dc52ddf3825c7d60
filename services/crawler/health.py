"""How a source is doing, kept up to date as its pages are visited."""

from collections.abc import Callable, Iterable

from services.crawler.politeness import PRODUCT_TOKEN, HostRobots
from shared.events.articles import Right
from shared.source_health import DoorRobots, SourceHealth
from shared.sources import SourceRegistry

_LONGEST_ERROR = 300
Change = Callable[[SourceHealth], SourceHealth]


class HealthRecorder:
    """Changes the health of sources."""

    def __init__(self, registry: SourceRegistry) -> None:
        self._registry = registry

    async def record(self, source_id: str, *changes: Change) -> None:
        """Replace the source's health by what the changes make of it, one after the other."""

        def all_of_them(health: SourceHealth) -> SourceHealth:
            for change in changes:
                health = change(health)
            return health

        await self._registry.record_health(source_id, all_of_them)


def looked(now_ms: int, next_visit_ms: int) -> Change:
    """A door was read, or had nothing new."""

    def change(health: SourceHealth) -> SourceHealth:
        return health.model_copy(
            update={
                "last_visit_ms": now_ms,
                "last_success_ms": now_ms,
                "next_visit_ms": next_visit_ms,
                "consecutive_failures": 0,
                "last_error": None,
            }
        )

    return change


def failed(now_ms: int, next_visit_ms: int, error: str) -> Change:
    """A door could not be read."""

    def change(health: SourceHealth) -> SourceHealth:
        return health.model_copy(
            update={
                "last_visit_ms": now_ms,
                "next_visit_ms": next_visit_ms,
                "consecutive_failures": health.consecutive_failures + 1,
                "last_error": error[:_LONGEST_ERROR],
            }
        )

    return change


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
