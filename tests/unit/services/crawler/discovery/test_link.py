from datetime import UTC, datetime

import pytest

from services.crawler.discovery.link import Link, absolute_url, distinct, language_of, moment_of, title_of


@pytest.mark.parametrize(
    "href", [None, "", "  ", "mailto:a@b.example", "javascript:void(0)", "http://[", "https://a@b.example/"]
)
def test_what_leads_to_no_page_has_no_address(href):
    assert absolute_url(href, "https://news.example/") is None


def test_a_relative_address_becomes_absolute_and_canonical():
    assert absolute_url(" ../a?utm_source=x#y ", "https://News.example/b/c") == "https://news.example/a"


def test_the_first_mention_of_an_address_wins():
    assert distinct([Link("https://a.example/", "one"), Link("https://a.example/", "two")]) == (
        Link("https://a.example/", "one"),
    )


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("2026-03-02T10:00:00+02:00", datetime(2026, 3, 2, 8, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (20260302, None),
        (None, None),
    ],
)
def test_w3c_dates_are_read_in_utc(said, moment):
    assert moment_of(said) == moment


def test_titles_are_plain_lines():
    assert title_of(" A <b>mill</b>\n&amp; a weir ") == "A mill & a weir"
    assert title_of(" \n ") is None


@pytest.mark.parametrize(("tag", "code"), [("en-GB", "en"), ("DE", "de"), ("eng", None), ("", None), (5, None)])
def test_languages_are_two_letters(tag, code):
    assert language_of(tag) == code
