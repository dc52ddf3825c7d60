"""What befalls the events around one that kills its worker: they are handled, however often workers die beside them."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.bus.breaker import Breaker
from shared.bus.outcome import Done, Outcome
from shared.bus.subscription import Subscription
from shared.bus.upkeep import Upkeep
from shared.events.articles import ArticleCrawled
from shared.topology import ENRICHMENT
from tests.scene import Scene

# What was delivered is abandoned at once.
STAGE = replace(ENRICHMENT, visibility_s=0.0)


@pytest.fixture
def scene(any_broker, clock) -> Scene:
    return Scene(any_broker, clock)


async def test_an_abandoned_event_is_not_delivered_to_a_worker_that_has_another_batch_in_hand(scene):
    await scene.crawl(1)
    [abandoned] = await scene.read()
    [in_hand] = await scene.crawl(2)
    busy, go_on = asyncio.Event(), asyncio.Event()

    async def handler(events: Sequence[ArticleCrawled]) -> list[Outcome]:
        if in_hand in events:
            busy.set()
            await go_on.wait()
        return [Done() for _ in events]

    subscription = Subscription(
        STAGE, ArticleCrawled, handler, scene.connection, scene.clock, random.Random(1), Breaker(1.0)
    )
    upkeep = Upkeep(STAGE, "worker", scene.connection, subscription, scene.clock)
    batch = asyncio.create_task(subscription.process(await scene.read()))
    await busy.wait()
    claims = asyncio.create_task(upkeep.claim_abandoned())
    # Long enough to claim, if it wanted to: as many turns as a claim takes round trips, many times over.
    for _ in range(20):
        await scene.connection.client.ping()
    [pending] = await scene.connection.client.xpending_range(
        scene.stream(), STAGE.group, min=abandoned.id, max=abandoned.id, count=1
    )
    go_on.set()
    await asyncio.gather(batch, claims)

    # Were the worker killed by what it has in hand, this one would have no part in it.
    assert pending["times_delivered"] == 1
    assert (await scene.connection.client.xpending(scene.stream(), STAGE.group))["pending"] == 0
