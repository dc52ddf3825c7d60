"""How a source is doing, kept up to date as its pages are visited."""

import asyncio
from collections.abc import Callable

from shared.sources import SourceHealth, SourceRegistry

_LONGEST_ERROR = 300


class HealthRecorder:
    """Changes the health of sources, one change after the other."""

    def __init__(self, registry: SourceRegistry) -> None:
        self._registry = registry
        self._one_at_a_time = asyncio.Lock()

    async def record(self, source_id: str, change: Callable[[SourceHealth], SourceHealth]) -> None:
        """Replace the source's health by what `change` makes of it."""
        async with self._one_at_a_time:
            await self._registry.record_health(source_id, change(await self._registry.health(source_id)))


def looked(now_ms: int, next_visit_ms: int) -> Callable[[SourceHealth], SourceHealth]:
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


def failed(now_ms: int, next_visit_ms: int, error: str) -> Callable[[SourceHealth], SourceHealth]:
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


def yielded(now_ms: int) -> Callable[[SourceHealth], SourceHealth]:
    """A new article was handed over."""

    def change(health: SourceHealth) -> SourceHealth:
        return health.with_new_article(now_ms)

    return change
