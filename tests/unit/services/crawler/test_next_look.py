import asyncio

import pytest

from services.crawler.next_look import LONGEST_S, SHORTEST_S, NextLook
from shared.clock import SystemClock

# What a busy machine adds.
LATE_S = 0.1


@pytest.fixture
def look() -> NextLook:
    return NextLook(SystemClock())


async def waited_s(look: NextLook) -> float:
    began_s = SystemClock().monotonic_s()
    await look.wait()
    return SystemClock().monotonic_s() - began_s


async def test_where_no_host_will_be_free_soon_it_looks_again_after_a_while(look: NextLook):
    look.expect(SystemClock().now_ms() + 60_000)

    assert await waited_s(look) + 0.01 >= LONGEST_S


async def test_it_looks_as_soon_as_a_host_is_free_but_not_at_once(look: NextLook):
    took_s = []
    for free_in_s in (0.0, 0.1):
        look.begin()
        look.expect(SystemClock().now_ms() + round(1000 * free_in_s))
        took_s.append(await waited_s(look))

    assert took_s[0] + 0.01 >= SHORTEST_S
    assert took_s[0] < SHORTEST_S + LATE_S
    assert 0.1 <= took_s[1] + 0.01 < 0.1 + LATE_S


async def test_a_host_that_is_free_while_it_waits_ends_the_wait(look: NextLook):
    waiting = asyncio.create_task(waited_s(look))
    await asyncio.sleep(SHORTEST_S + 0.02)

    look.expect(SystemClock().now_ms())

    assert await waiting < SHORTEST_S + 0.02 + LATE_S


async def test_what_was_free_before_the_last_look_is_no_reason_for_another(look: NextLook):
    look.expect(SystemClock().now_ms())
    look.begin()

    assert await waited_s(look) + 0.01 >= LONGEST_S
