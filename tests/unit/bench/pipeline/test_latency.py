from datetime import timedelta

import pytest

from shared.events.articles import StageTimes
from tests.bench.pipeline.latency import all_found, latencies_s
from tests.builders import NOON


def times(fetched_s: float, indexed_s: float) -> StageTimes:
    fetched, indexed = (NOON + timedelta(seconds=seconds) for seconds in (fetched_s, indexed_s))
    return StageTimes(published_at=NOON, fetched_at=fetched, enriched_at=fetched, indexed_at=indexed)


def look(at_s: float, found: int) -> tuple[float, int]:
    return NOON.timestamp() + at_s, found


def test_an_article_is_found_by_the_first_search_that_finds_as_many_as_were_committed_up_to_it():
    first, second, third = times(0, 2), times(1, 1.5), times(3, 4)

    waited = latencies_s([first, second, third], [look(1, 0), look(2.5, 1), look(3.5, 2), look(5, 3)])

    assert waited == pytest.approx([1.5, 3.5, 2.0])


def test_without_searches_it_counts_until_the_commit():
    assert latencies_s([times(0, 2), times(1, 1.5)], []) == [0.5, 2.0]


def test_a_search_that_finds_fewer_than_before_is_an_error():
    with pytest.raises(AssertionError, match="fewer"):
        latencies_s([times(0, 1)], [look(1, 1), look(2, 0)])


async def test_all_are_found_once_the_last_search_has_them():
    assert not await all_found([], 0)
    assert not await all_found([look(1, 1)], 2)
    assert await all_found([look(1, 1), look(2, 2)], 2)
