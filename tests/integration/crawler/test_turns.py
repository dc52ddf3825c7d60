"""Requests beside the visits of the frontier: the turns of hosts hold for both."""

import asyncio

import pytest

from services.crawler.frontier import Queued
from services.crawler.turns import TurnTakingClient
from services.crawler.visits import door_visit
from shared.clock import SystemClock
from shared.errors import FetchFailed
from shared.urls import host_of
from tests.integration.crawler.conftest import LEASE_MS

pytestmark = pytest.mark.asyncio(loop_scope="package")


def client_of(newsroom, clock=None, host_delay_s: float = 2.0) -> TurnTakingClient:
    return TurnTakingClient(
        newsroom.client, newsroom.frontier, clock or newsroom.clock, timeout_s=2, host_delay_s=host_delay_s
    )


def anything(target: str) -> bool:
    return True


async def test_a_host_that_was_asked_is_left_alone_by_crawlers(newsroom, site):
    site.page("/", "hello")
    await newsroom.frontier.add([Queued(door_visit("feed", f"{site.url}/feed.xml", "a"), newsroom.clock.now_ms())])

    answer = await client_of(newsroom).get(f"{site.url}/", follow=anything)
    at_once = await newsroom.claim()
    newsroom.clock.advance(2)

    assert answer.body == b"hello"
    assert at_once is None
    assert await newsroom.claim() is not None


async def test_a_host_that_is_being_visited_is_waited_for_and_given_up_after_a_minute(newsroom, site):
    visit = door_visit("feed", f"{site.url}/feed.xml", "a")
    await newsroom.frontier.add([Queued(visit, newsroom.clock.now_ms())])
    lease = await newsroom.claim()
    assert lease is not None
    await newsroom.frontier.renew([lease], newsroom.clock.now_ms() + 10 * LEASE_MS)

    with pytest.raises(FetchFailed, match="was not free within 60 s"):
        await client_of(newsroom).get(f"{site.url}/", follow=anything)

    assert site.requests == []


async def test_no_two_ask_a_host_at_once(newsroom, site):
    site.page("/", "hello")
    site.pause_s = 0.05
    clients = [client_of(newsroom, SystemClock(), host_delay_s=0.01) for _ in range(5)]

    await asyncio.gather(*(client.get(f"{site.url}/", follow=anything) for client in clients))

    assert (len(site.requests), site.most_at_once) == (5, 1)


async def test_a_request_that_fails_lets_the_host_go(newsroom):
    client = client_of(newsroom)
    nobody = "http://127.0.0.1:1/"

    with pytest.raises(FetchFailed):
        await client.get(nobody, follow=anything)
    newsroom.clock.advance(2)

    now_ms = newsroom.clock.now_ms()
    assert await newsroom.frontier.take_turn(host_of(nobody), now_ms, now_ms + 1) is not None


async def test_who_lost_the_turn_meanwhile_does_not_end_that_of_another(newsroom):
    now_ms = newsroom.clock.now_ms()
    lost = await newsroom.frontier.take_turn("a.example", now_ms, now_ms + 1000)
    other = await newsroom.frontier.take_turn("a.example", now_ms + 1000, now_ms + 5000)

    await newsroom.frontier.end_turn("a.example", lost, now_ms)

    assert other is not None
    assert await newsroom.frontier.take_turn("a.example", now_ms + 2000, now_ms + 5000) is None
