import pytest

from tests.bench.soak import Quarter, growth, pattern


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("inflight", "inflight"),
        ("articles.crawled", "articles.crawled"),
        ("robots.txt:news.example:8000", "robots.txt:*:*"),
        ("stories:about:3fe", "stories:about:*"),
        ("frontier:host:news.example:80", "frontier:host:*"),
        ("frontier:hosts", "frontier:hosts"),
    ],
)
def test_keys_that_differ_in_what_they_are_about_count_together(key, shown):
    assert pattern(key) == shown


def test_growth_is_that_of_the_last_quarter_over_the_second():
    quarters = [Quarter(memory={"search": [size]}) for size in (50, 100, 100, 110)]

    assert growth(quarters) == {"search": pytest.approx(0.1)}
