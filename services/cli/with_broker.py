"""Runs the work of a command against the broker that the settings or the data folder lead to."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import TypeVar

from services.cli.embedded_valkey import broker
from shared import tracing
from shared.clock import SystemClock
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, StoreSettings, TelemetrySettings, load

T = TypeVar("T")


def with_broker(command: str, work: Callable[[RedisConnection], Awaitable[T]], *, traced: bool = False) -> T:
    """What `work` returns; `command` is what others are told while this one keeps the data folder.

    Args:
        traced: whether the work begins traces, which are sent where an endpoint is set.

    Raises:
        DependencyUnavailable: REDIS_URL is set, and nothing answers there.
        ConfigurationError: as `services.cli.embedded_valkey.broker`; and whatever `work` raises.
    """
    with tracing.sending("cli", load(TelemetrySettings)) if traced else nullcontext():
        return asyncio.run(_run(command, work))


async def _run(command: str, work: Callable[[RedisConnection], Awaitable[T]]) -> T:
    settings = load(BusSettings)
    async with broker(load(StoreSettings).data_dir, settings, command, SystemClock()) as url:
        connection = open_connection(settings.model_copy(update={"redis_url": url}))
        try:
            await connection.check()
            return await work(connection)
        finally:
            await connection.close()
