from datetime import timedelta

import pytest

from services.search.throughput import HOUR_MS, read_throughput
from shared.bus.envelope import encode
from shared.clock import from_ms
from shared.events.articles import ArticleIndexed, StageTimes
from shared.topology import ARTICLES_INDEXED

NOW_MS = 1_772_000_000_000


async def indexed(connection, at_ms: int, took_s: float) -> None:
    """Say as the indexing service does that an article was indexed then."""
    at = from_ms(at_ms)
    began = at - timedelta(seconds=took_s)
    times = StageTimes(published_at=began, fetched_at=began, enriched_at=at, indexed_at=at)
    event = ArticleIndexed(fetch_id="f", article_id="a" * 64, source_id="s", revision=1, outcome="created", times=times)
    await connection.client.xadd(connection.key(ARTICLES_INDEXED.name), encode(event), id=f"{at_ms}-*")


async def test_the_pace_counts_the_last_hour_and_how_long_its_articles_took(connection):
    await indexed(connection, NOW_MS - HOUR_MS - 1, took_s=500)
    for took_s in (1, 2, 30):
        await indexed(connection, NOW_MS - 1000, took_s)

    pace = await read_throughput(connection, NOW_MS)

    assert (pace.last_hour, pace.last_at, pace.median_s) == (3, from_ms(NOW_MS - 1000), pytest.approx(2))


async def test_before_the_first_article_there_is_no_pace(connection):
    pace = await read_throughput(connection, NOW_MS)

    assert (pace.last_hour, pace.last_at, pace.median_s) == (0, None, None)
