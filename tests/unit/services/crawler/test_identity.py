import pytest

from services.crawler.identity import may_be_known_by

NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("fetched", "declared"),
    [
        ("http://news.example.co.uk/a?print=1", "https://www.example.co.uk/a"),
        ("http://127.0.0.1:8101/a?x=1", "http://127.0.0.1:8101/a"),
        ("http://[::1]:8101/a?x=1", "http://[::1]:8101/a"),
        ("http://intranet:8080/a?x=1", "http://intranet:8080/a"),
    ],
)
def test_a_canonical_url_of_the_same_owner_counts(fetched, declared):
    assert may_be_known_by(fetched, declared, NONE)


@pytest.mark.parametrize(
    ("fetched", "declared"),
    [
        ("http://one.co.uk/a", "http://two.co.uk/a"),
        ("http://news.example/a", "http://other.example/a"),
        ("http://127.0.0.1:8101/a", "http://127.0.0.1:8102/a"),
        ("http://127.0.0.1/a", "http://127.0.0.2/a"),
        ("http://[::1]:8101/a", "http://[::2]:8101/a"),
        ("http://intranet/a", "http://127.0.0.1/a"),
    ],
)
def test_a_canonical_url_of_another_owner_does_not(fetched, declared):
    assert not may_be_known_by(fetched, declared, NONE)


@pytest.mark.parametrize("declared", [None, "http://news.example/a", "http://news.example/"])
def test_no_canonical_url_the_same_one_and_a_front_page_say_nothing(declared):
    assert not may_be_known_by("http://news.example/a", declared, NONE)


def test_a_door_is_no_article():
    door = "http://news.example/regional/"

    assert not may_be_known_by("http://news.example/a", door, frozenset({door}))
