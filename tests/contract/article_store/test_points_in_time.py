"""First pages that are asked for at once share a point in time, which is closed when nobody goes on from it."""

import pytest
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


async def test_one_is_shared_for_a_moment_and_closed_when_the_last_is_done(elasticsearch_settings: StoreSettings):
    index, clock = alias(elasticsearch_settings.index_prefix), FakeClock()
    async with (
        opened(elasticsearch_settings) as store,
        AsyncElasticsearch(elasticsearch_settings.elasticsearch_url) as c,
    ):
        await store.put(a_stored_article(1))
        points = PointsInTime(c, clock)

        first, second = await points.open(index), await points.open(index)
        clock.advance(2 * SHARED_S)
        third = await points.open(index)
        points.let_go(first)
        while_in_use = await is_open(points, second)
        points.let_go(second)

        assert first == second != third
        assert while_in_use
        assert not await is_open(points, first)
        assert await is_open(points, third)


async def test_one_that_somebody_goes_on_from_stays(elasticsearch_settings: StoreSettings):
    index, clock = alias(elasticsearch_settings.index_prefix), FakeClock()
    async with (
        opened(elasticsearch_settings) as store,
        AsyncElasticsearch(elasticsearch_settings.elasticsearch_url) as c,
    ):
        await store.put(a_stored_article(1))
        points = PointsInTime(c, clock)

        name = await points.open(index)
        points.keep(name)
        points.let_go(name)
        clock.advance(2 * SHARED_S)
        points.let_go(await points.open(index))

        assert await is_open(points, name)
