import pytest

from services.newsroom.articles import load_articles, parse_article, published_ms
from services.newsroom.outlets import OUTLETS
from shared.errors import ConfigurationError

FRONT_MATTER = """---
outlet: meridian
slug: a-story
section: world
title: A story
description: What it is about
authors: [Ada Example]
published: -2d 08:15
---
It happened.
"""
EPOCH_MS = 1_772_452_800_000  # 2 March 2026, 12:00 UTC
HOUR_MS = 3_600_000


@pytest.mark.parametrize(
    ("published", "expected_ms"),
    [
        ("-2d 08:15", EPOCH_MS - 12 * HOUR_MS - 48 * HOUR_MS + round(8.25 * HOUR_MS)),
        ("-3h", EPOCH_MS - 3 * HOUR_MS),
        ("+20s", EPOCH_MS + 20_000),
    ],
)
def test_times_are_told_from_the_first_start(published, expected_ms):
    assert published_ms(published, EPOCH_MS) == expected_ms


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("It happened.", "no front matter"),
        (FRONT_MATTER.replace("-2d 08:15", "yesterday"), "not a relative time"),
        (FRONT_MATTER.replace("slug: a-story", "slug: A Story"), "slug"),
        (FRONT_MATTER.replace("title: A story\n", ""), "title"),
        (FRONT_MATTER.replace("title: A story", "title: [unclosed"), "a.md"),
        (FRONT_MATTER.replace("---\nIt", "correction: {wrong: was, right: is, note: so}\n---\nIt"), "not in the text"),
        (FRONT_MATTER.replace("---\nIt", "former_slug: x\ndetour: y\n---\nIt"), "one address only"),
    ],
)
def test_a_story_that_is_not_well_written_is_refused_by_file_name(document, complaint):
    with pytest.raises(ConfigurationError, match=complaint) as refusal:
        parse_article(document, "a.md")

    assert "a.md" in str(refusal.value)


def test_the_newsroom_has_written_enough_to_look_around_in():
    readable = [article for article in load_articles() if len(article.body) > 400]

    assert len(readable) >= 64
    assert {article.language for article in readable} == {"en", "de", "fr", "zh"}
    assert {article.outlet for article in readable} == {outlet.id for outlet in OUTLETS}


def test_every_story_has_a_place_of_its_own_in_a_section_that_exists():
    sections = {outlet.id: outlet.sections for outlet in OUTLETS}

    articles = load_articles()

    assert len({article.key for article in articles}) == len(articles)
    assert all(article.section in sections[article.outlet] for article in articles)
