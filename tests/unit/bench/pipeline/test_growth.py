import pytest

from tests.bench.pipeline.growth import growth, spans_until, told
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


def a_window(indexing_ms, idle_ms=0.0, sites_ms=9.0, work_ms=8.0):
    ms = {"crawler": 5.0, "indexing": indexing_ms, "sites": sites_ms}
    idle = {"crawler": idle_ms, "indexing": 0.0, "sites": 0.0}
    return Window(ended=(0, 100), ms=ms, idle_ms=idle, work_ms=dict.fromkeys(ms, work_ms), per_s=25.0)


def test_growth_is_that_of_the_dearest_window_over_the_first_and_leaves_the_sites_out():
    assert growth([a_window(5.0), a_window(7.5, sites_ms=90.0), a_window(6.0)]) == pytest.approx(0.25)
    assert growth([a_window(5.0)]) == 0.0
    assert growth([]) == 0.0


def test_what_passes_anyway_is_no_part_of_what_an_article_takes():
    assert growth([a_window(5.0), a_window(7.5, idle_ms=2.5)]) == pytest.approx(0.0)


def test_what_a_machine_that_became_slower_takes_for_the_same_is_no_growth():
    slower = a_window(6.0, work_ms=8.8)
    slower.ms.update(crawler=5.5, indexing=6.6)

    assert growth([a_window(6.0), slower]) == pytest.approx(0.0)


def test_a_size_is_said_with_what_passes_anyway_apart():
    said = told("1,000 of 20 sources", a_window(6.0, idle_ms=1.5))

    assert said == (
        "1,000 of 20 sources        9.5 ms an article, 25 a second, and 1.5 ms that pass anyway: crawler 5.0, "
        "indexing 6.0; work 8.0, sites 9.00"
    )
