"""What the search service asks the broker: within a time limit, and an absence said as such."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from shared.errors import DependencyUnavailable
from shared.redis_client import BROKER_ERRORS

TIME_LIMIT_S = 5.0
T = TypeVar("T")


class BrokerUnavailable(DependencyUnavailable):
    """The broker is away, or this process was given none."""


async def answered(asked: Awaitable[T], *, time_limit_s: float = TIME_LIMIT_S) -> T:
    """The broker's answer; raises BrokerUnavailable where none comes within the limit."""
    try:
        async with asyncio.timeout(time_limit_s):
            return await asked
    except TimeoutError as error:
        raise BrokerUnavailable(f"the broker gave no answer within {time_limit_s:g} s") from error
    except BROKER_ERRORS as error:
        raise BrokerUnavailable(f"no answer from the broker: {error}") from error
