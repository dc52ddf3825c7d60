from services.search.ui.histogram import histogram
from shared.article_store.query import Bucket, FacetCounts
from tests.unit.services.search.asking import parse


def days(*counts, interval="day"):
    buckets = tuple(Bucket(f"2026-03-0{day}", f"2026-03-0{day}", count) for day, count in enumerate(counts, 1))
    return [FacetCounts("published", buckets, 0, interval=interval)]


def test_each_bar_narrows_the_search_to_its_time():
    chart = histogram(parse("q=battery"), days(4, 0, 2))

    assert [bar.href for bar in chart.bars] == [
        "/?q=battery&from=2026-03-01&to=2026-03-01",
        None,
        "/?q=battery&from=2026-03-03&to=2026-03-03",
    ]
    assert chart.bars[0].said == "1 March 2026: 4 articles"
    assert (chart.first, chart.last, chart.largest) == ("1 March 2026", "3 March 2026", "4")


def test_a_bar_at_the_edge_does_not_widen_what_is_asked():
    months = (Bucket("2026-02", "2026-02", 3), Bucket("2026-03", "2026-03", 1))
    counts = [FacetCounts("published", months, 0, interval="month")]

    chart = histogram(parse("from=2026-02-10&to=2026-03-05"), counts)

    assert [bar.href for bar in chart.bars] == ["/?from=2026-02-10&to=2026-02-28", "/?from=2026-03-01&to=2026-03-05"]


def test_there_is_no_chart_of_a_single_day_and_none_where_dates_were_not_counted():
    assert histogram(parse(""), days(4)) is None
    assert histogram(parse(""), [FacetCounts("person", (Bucket("a", "A", 1), Bucket("b", "B", 1)), 0)]) is None
