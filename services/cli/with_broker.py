"""Runs the work of a command against the broker that the settings or the data folder lead to, and tells of its loss."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import TypeVar

from redis.exceptions import RedisError

from services.cli.embedded_valkey import broker
from shared import tracing
from shared.clock import SystemClock
from shared.errors import DependencyUnavailable
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, StoreSettings, TelemetrySettings, load

T = TypeVar("T")


def with_broker(command: str, work: Callable[[RedisConnection], Awaitable[T]], *, traced: bool = False) -> T:
    """What `work` returns; `command` is what others are told while this one keeps the data folder.

    Args:
        traced: whether the work begins traces, which are sent where an endpoint is set.

    Raises:
        DependencyUnavailable: REDIS_URL is set, and nothing answers there; or the broker went away and did not come
            back within half a minute, or refuses what is asked of it.
        ConfigurationError: as `services.cli.embedded_valkey.broker`; and whatever `work` raises.
    """
    with tracing.sending("cli", load(TelemetrySettings)) if traced else nullcontext():
        return asyncio.run(_run(command, work))


@contextmanager
def broken_off(so_far: Callable[[], str], again: str) -> Iterator[None]:
    """Tells of a broker or a store that goes away inside the block more than `with_broker` can.

    Args:
        so_far: what was done by then, in words.
        again: how to go on.

    Raises:
        DependencyUnavailable: what happened, what was done, and how to go on, in one line.
    """
    try:
        yield
    except DependencyUnavailable as error:
        raise DependencyUnavailable(f"{error}; {so_far()}; {again}") from error
    except RedisError as error:
        raise DependencyUnavailable(f"the broker failed: {_said(error)}; {so_far()}; {again}") from error


async def _run(command: str, work: Callable[[RedisConnection], Awaitable[T]]) -> T:
    settings = load(BusSettings)
    async with broker(load(StoreSettings).data_dir, settings, command, SystemClock()) as url:
        connection = open_connection(settings.model_copy(update={"redis_url": url}))
        try:
            await connection.check()
            connection.be_patient()
            return await work(connection)
        except RedisError as error:
            raise DependencyUnavailable(
                f"the broker at {connection.address} failed in the middle of `{command}`: {_said(error)}; "
                "what was done by then stays done: once the broker answers, do the same again"
            ) from error
        finally:
            await connection.close()


def _said(error: RedisError) -> str:
    return str(error).rstrip(".")
