from datetime import UTC, datetime, timedelta

import pytest

from services.crawler.extraction import dates, head, json_ld
from services.crawler.extraction.outline import Outline
from tests.unit.services.crawler.extraction.pages import FETCHED_AT, URL, a_tree, linked_data

PLAIN_URL = "https://news.example/mill"


def published(head_markup="", body=None, url=PLAIN_URL):
    outline = Outline(a_tree(head_markup, body))
    return dates.published(outline, json_ld.read(outline, url), head.read(outline), url, FETCHED_AT)


def updated(head_markup="", body=None):
    outline = Outline(a_tree(head_markup, body))
    return dates.updated(outline, json_ld.read(outline, PLAIN_URL), head.read(outline), FETCHED_AT)


def article(**said):
    fields = "".join(f', "{name}": "{value}"' for name, value in said.items())
    return linked_data(f'{{"@type": "NewsArticle"{fields}}}')


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


@pytest.mark.parametrize(
    ("raw", "at", "precision"),
    [
        ("2026-03-01T10:20:30+01:00", (2026, 3, 1, 9, 20, 30), "second"),
        ("2026-03-01T10:20:30Z", (2026, 3, 1, 10, 20, 30), "second"),
        ("2026-03-01T10:20:30.123-0500", (2026, 3, 1, 15, 20, 30, 123000), "second"),
        ("2026-03-01 10:20", (2026, 3, 1, 10, 20), "minute"),
        ("2026-03-01", (2026, 3, 1), "day"),
        ("20260301", (2026, 3, 1), "day"),
        ("2026-03", (2026, 3, 1), "month"),
        ("March 2026", (2026, 3, 1), "month"),
        ("Sun, 01 Mar 2026 10:20:30 GMT", (2026, 3, 1, 10, 20, 30), "second"),
        ("March 1, 2026 10:20 AM EST", (2026, 3, 1, 15, 20), "minute"),
        ("Published on 1 March 2026 at 10:20", (2026, 3, 1, 10, 20), "minute"),
        ("01/03/2026 00:00", None, None),
        ("28/02/2026", (2026, 2, 28), "day"),
        ("2/2/2026", (2026, 2, 2), "day"),
        ("1772360430", (2026, 3, 1, 10, 20, 30), "second"),
        ("1772360430000", (2026, 3, 1, 10, 20, 30), "second"),
    ],
)
def test_dates_are_read_in_utc_with_the_precision_they_have(raw, at, precision):
    found = dates.publication(raw, "meta", FETCHED_AT)

    assert (found and (found.at, found.precision, found.raw)) == (at and (datetime(*at, tzinfo=UTC), precision, raw))


@pytest.mark.parametrize(
    "raw",
    [
        None, "", "2026", "10:20", "soon", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1989-12-31",
        "2026-13-45", "2026-03-04T00:00:00Z", "9" * 5000, "5 days ago", "1 1 1 1 1 1 2026",
    ],
)  # fmt: skip
def test_what_is_no_usable_date_is_none(raw):
    assert dates.publication(raw, "meta", FETCHED_AT) is None


def test_a_clock_that_is_ahead_by_less_than_a_day_is_believed():
    ahead = FETCHED_AT + timedelta(hours=23)

    found = dates.publication(ahead.isoformat(), "meta", FETCHED_AT)

    assert found is not None and found.at == ahead


def test_linked_data_outranks_meta_outranks_html_outranks_the_address():
    said = article(datePublished="2026-02-01T10:00:00Z") + meta("article:published_time", "2026-02-02T10:00:00Z")
    body = '<time datetime="2026-02-03T10:00:00Z">x</time>'

    origins = [
        found and (found.origin, found.at.month, found.at.day)
        for found in (
            published(said, body, URL),
            published(meta("article:published_time", "2026-02-02T10:00:00Z"), body, URL),
            published("", body, "https://news.example/2026/02/04/mill"),
            published("", "<p>x</p>", "https://news.example/2026/02/04/mill"),
        )
    ]

    assert origins == [("json-ld", 2, 1), ("meta", 2, 2), ("html", 2, 3), ("url", 2, 4)]


def test_a_source_that_knows_the_time_of_the_same_day_makes_a_day_finer():
    found = published(
        article(datePublished="2026-02-01") + meta("article:published_time", "2026-02-01T23:30:00-05:00"), "<p>x</p>"
    )

    assert found is not None
    assert (found.at, found.precision, found.origin) == (datetime(2026, 2, 2, 4, 30, tzinfo=UTC), "second", "meta")


def test_a_time_of_another_day_does_not():
    found = published(
        article(datePublished="2026-02-01") + meta("article:published_time", "2026-02-05T23:30:00Z"), "<p>x</p>"
    )

    assert found is not None and (found.at.day, found.origin) == (1, "json-ld")


def test_a_date_in_the_future_gives_way_to_the_next_source():
    found = published(article(datePublished="2206-02-01") + meta("article:published_time", "2026-02-02"), "<p>x</p>")

    assert found is not None and (found.at.day, found.origin) == (2, "meta")


def test_a_time_that_is_marked_as_update_is_not_the_publication():
    found = published("", '<time class="updated" datetime="2026-02-05">x</time><time datetime="2026-02-01">x</time>')

    assert found is not None and found.at.day == 1


def test_a_day_that_only_the_text_says_is_found():
    found = published("", '<div class="entry-meta">February 3, 2026</div><p>A story.</p>')

    assert found is not None and (found.at.date().isoformat(), found.precision) == ("2026-02-03", "day")


def test_a_day_below_the_headline_outranks_one_further_down():
    body = (
        "<header><h1>Mill sells weir</h1></header><div><b>By Jane Doe</b> <b>Updated 3rd Feb. 2026</b></div>"
        "<p>A story that took until tomorrow.</p><p>January 5, 2026</p>"
    )

    found = published("", body)

    assert found is not None and (found.raw, found.origin) == ("3rd Feb. 2026", "html")


def test_a_day_above_the_headline_or_inside_a_paragraph_is_not_the_publication():
    told = "The mill was sold on January 5, 2026, after a year in which nobody had wanted to buy it at all."

    assert published("", f"<p>Today is a day.</p><h1>Mill</h1><p>{told}</p>") is None


def test_a_page_that_says_nothing_has_no_date():
    assert published("", "<p>A story without a day.</p>") is None


def test_the_update_is_read_from_linked_data_or_meta():
    assert updated(article(dateModified="2026-02-01T10:00:00Z")) == datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert updated(meta("article:modified_time", "2026-02-02")) == datetime(2026, 2, 2, tzinfo=UTC)
    assert updated(meta("article:published_time", "2026-02-02")) is None
