import asyncio

import pytest

from services.search.access.rate_limits import RateLimiter


@pytest.fixture
def limiter(connection, clock):
    return RateLimiter(connection, clock, per_minute=60)


async def test_a_minute_s_worth_may_come_at_once_and_no_more(limiter):
    taken = [await limiter.take("key") for _ in range(61)]

    assert [allowance.granted for allowance in taken] == [True] * 60 + [False]
    assert taken[0].remaining == 59
    assert taken[-1].headers == {
        "X-RateLimit-Limit": "60",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": "60",
        "Retry-After": "1",
    }


async def test_tokens_come_back_with_time(limiter, clock):
    for _ in range(60):
        await limiter.take("key")

    clock.advance(2)
    taken = [await limiter.take("key") for _ in range(3)]

    assert [allowance.granted for allowance in taken] == [True, True, False]


async def test_a_key_does_not_pay_for_another(limiter):
    for _ in range(61):
        await limiter.take("greedy")

    assert (await limiter.take("modest")).granted


async def test_replicas_count_together(connection, clock, limiter):
    other = RateLimiter(connection, clock, per_minute=60)

    taken = await asyncio.gather(*(limiter.take("key") for _ in range(30)), *(other.take("key") for _ in range(40)))

    assert sum(allowance.granted for allowance in taken) == 60


async def test_a_replica_whose_clock_is_behind_gives_no_tokens_back(connection, clock, limiter):
    behind = RateLimiter(connection, type(clock)(clock.ms - 60_000), per_minute=60)
    for _ in range(60):
        await limiter.take("key")

    assert not (await behind.take("key")).granted
    assert not (await limiter.take("key")).granted
