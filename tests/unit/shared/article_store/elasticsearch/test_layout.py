"""Names of indices and aliases, and where an operation on an article goes."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.article_store.elasticsearch.layout import (
    Generation,
    Layout,
    everywhere,
    index_of,
    month_of,
    month_of_index,
    target_of,
    template,
)
from shared.article_store.elasticsearch.mapping import placed, taken_away
from shared.article_store.elasticsearch.operations import Target, lines_of
from tests.builders import a_stored_article

NEW = Generation(name="new")
OLD = Generation(name="old", fields=("article_id", "stored_article"))
BEFORE_MONTHS = Generation(name="first", monthly=False, fields=("article_id",))


@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 3, 1, tzinfo=UTC), "2026-03"),
        (datetime(2026, 3, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026-02"),
        (datetime(9999, 12, 31, tzinfo=UTC), "2099-12"),
        (datetime(1, 1, 1, tzinfo=UTC), "2000-01"),
    ],
)
def test_a_month_is_one_of_utc_within_a_hundred_years(at: datetime, month: str):
    assert month_of(at) == month


def test_an_index_is_named_after_its_generation_and_month_and_gives_the_month_back():
    assert index_of("news", NEW, "2026-03") == "news-articles-new-2026-03"
    assert month_of_index("news", NEW, "news-articles-new-2026-03") == "2026-03"


def test_a_month_is_written_through_an_alias_that_no_write_makes():
    assert target_of("news", NEW, "2026-03") == Target("news-articles-new-2026-03-write")


def test_before_months_there_was_one_index_for_all():
    assert index_of("news", BEFORE_MONTHS, "2026-03") == "news-articles-first"
    assert target_of("news", BEFORE_MONTHS, "2026-03") == Target("news-articles-first", is_alias=False)


def test_the_template_is_for_the_months_of_a_mapping_and_lets_none_be_read_before_it_is_ready():
    made = template("news", "new")

    assert made["index_patterns"] == ["news-articles-new-*"]
    assert set(made["template"]["aliases"]) == {"news-articles-new"}


def test_a_layout_that_reads_what_leads_is_filled():
    assert Layout(leading=NEW, also=OLD, reading="old").is_filling
    assert not Layout(leading=NEW, also=OLD, reading="new").is_filling


def test_an_operation_goes_to_every_generation_with_the_fields_that_the_older_one_knows():
    stored = a_stored_article(1)
    layout, homes = Layout(leading=NEW, also=OLD, reading="old"), {stored.article_id: "2026-03"}

    (_, first), (_, second) = everywhere("news", layout, homes, placed(stored))

    assert (first.document, first.version) == (placed(stored).document, stored.version)
    assert (set(second.document or ()), second.version) == ({"article_id", "stored_article"}, stored.version)
    assert (first.target, second.target) == (
        Target("news-articles-new-2026-03-write"),
        Target("news-articles-old-2026-03-write"),
    )


def test_a_deletion_goes_to_every_generation_too():
    stored = a_stored_article(1)
    layout = Layout(leading=NEW, also=BEFORE_MONTHS, reading="first")

    both = [o for _, o in everywhere("news", layout, {stored.article_id: "2026-03"}, taken_away(stored.article_id, 9))]

    assert [next(lines_of(operation))["delete"]["_index"] for operation in both] == [
        "news-articles-new-2026-03-write",
        "news-articles-first",
    ]
