import pytest

from tests.bench.pipeline.growth import growth, spans_until
from tests.bench.pipeline.stack import Window


@pytest.mark.parametrize(
    ("articles", "spans"),
    [
        (1_000, [(500, 1_000)]),
        (5_000, [(500, 1_000), (4_000, 5_000)]),
        (100_000, [(500, 1_000), (8_000, 10_000), (80_000, 100_000)]),
    ],
)
def test_each_power_of_ten_is_looked_at_and_the_end(articles, spans):
    assert spans_until(articles) == spans


def a_window(indexing_ms):
    return Window(ended=(0, 100), ms={"crawler": 5.0, "indexing": indexing_ms, "sites": 9.0})


def test_growth_is_that_of_the_dearest_window_over_the_first_and_leaves_the_sites_out():
    assert growth([a_window(5.0), a_window(7.5), a_window(6.0)]) == pytest.approx(0.25)
    assert growth([a_window(5.0)]) == 0.0
