"""First pages that are asked for at once share a point in time, which is closed when nobody goes on from it."""

import pytest
import pytest_asyncio
from elasticsearch import AsyncElasticsearch

from shared.article_store.elasticsearch.mapping import alias
from shared.article_store.elasticsearch.points_in_time import SHARED_S, PointsInTime
from shared.errors import Expired
from shared.settings import StoreSettings
from tests.builders import a_stored_article
from tests.contract.article_store.stores import opened
from tests.fakes import FakeClock

pytestmark = pytest.mark.elasticsearch
EVERYTHING = {"size": 0, "query": {"match_all": {}}}


async def is_open(points: PointsInTime, name: str) -> bool:
    await points.finish()
    try:
        await points.ask(name, EVERYTHING)
    except Expired:
        return False
    return True


class Trial:
    """Points in time over an index with one article, at a clock that is set by hand."""

    def __init__(self, points: PointsInTime, clock: FakeClock, index: str) -> None:
        self.points = points
        self.clock = clock
        self._index = index

    async def open(self) -> str:
        return await self.points.open(self._index)


@pytest_asyncio.fixture
async def trial(elasticsearch_settings: StoreSettings):
    clock = FakeClock()
    async with (
        opened(elasticsearch_settings) as store,
        AsyncElasticsearch(elasticsearch_settings.elasticsearch_url) as client,
    ):
        await store.put(a_stored_article(1))
        yield Trial(PointsInTime(client, clock), clock, alias(elasticsearch_settings.index_prefix))


async def test_one_is_shared_for_a_moment_and_closed_when_the_last_is_done(trial):
    first, second = await trial.open(), await trial.open()
    trial.clock.advance(2 * SHARED_S)
    third = await trial.open()
    trial.points.let_go(first)
    while_in_use = await is_open(trial.points, second)
    trial.points.let_go(second)

    assert first == second != third
    assert while_in_use
    assert not await is_open(trial.points, first)
    assert await is_open(trial.points, third)


async def test_one_that_somebody_goes_on_from_stays(trial):
    name = await trial.open()
    trial.points.keep(name)
    trial.points.let_go(name)
    trial.clock.advance(2 * SHARED_S)
    trial.points.let_go(await trial.open())

    assert await is_open(trial.points, name)
