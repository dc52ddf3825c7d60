from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.crawler.composition import MAX_TEXT_CHARACTERS, FetchedArticle, article_crawled
from services.crawler.extraction.result import Extraction
from services.crawler.visits import Visit
from shared.events.articles import ArticleCrawled, Publication, Quality
from shared.registry import RegistryEntry
from shared.sources import Source

URL = "http://news.example/a"
FETCHED_AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIRST_SEEN_MS = 1_772_366_400_000
SOURCE = Source(id="example", name="The Example", url="http://news.example/", section="World", language="en")


def extraction(**fields: Any) -> Extraction:
    nothing: dict[str, Any] = dict.fromkeys(
        ("published", "updated_at", "site_name", "description", "image_url", "section", "language_hint")
    )
    values = {
        **nothing,
        "declared_canonical": None,
        "title": "A title",
        "text": "A text.",
        "authors": (),
        "tags": (),
        "access": "free",
        "rights": (),
        "noindex": False,
        "quality": Quality(score=1.0),
    }
    return Extraction(**{**values, **fields})


def fetched(visit: dict[str, Any] | None = None, **fields: Any) -> FetchedArticle:
    values: dict[str, Any] = {"kind": "article", "url": URL, "source_id": "example", "found_by": "feed", "door": URL}
    return FetchedArticle(
        fetch_id="f1",
        url=URL,
        fetched_at=FETCHED_AT,
        extraction=extraction(**fields),
        visit=Visit(**{**values, **(visit or {})}),
        source=SOURCE,
    )


def event(visit: dict[str, Any] | None = None, **fields: Any) -> ArticleCrawled:
    article = fetched(visit, **fields)
    return article_crawled(article, URL, RegistryEntry(FIRST_SEEN_MS, FIRST_SEEN_MS + 1, article.content_hash))


def test_the_page_is_believed_before_the_door_and_the_door_before_the_source():
    by_page = event({"title": "hint", "language": "fr"}, section="Sports", language_hint="de", site_name="Page")
    by_door = event({"title": "hint", "language": "fr"}, title="")
    by_source = event()

    assert (by_page.title, by_page.section, by_page.language_hint, by_page.site_name) == (
        "A title",
        "Sports",
        "de",
        "Page",
    )
    assert (by_door.title, by_door.language_hint) == ("hint", "fr")
    assert (by_source.section, by_source.language_hint, by_source.site_name) == ("World", "en", "The Example")


def test_the_authors_and_tags_of_the_door_stand_in_where_the_page_names_none():
    visit = {"authors": ("Ann Weir",), "tags": ("Rivers",)}

    by_door, by_page = event(visit), event(visit, authors=("Jane Miller",), tags=("Lakes",))

    assert (by_door.authors, by_door.tags) == (("Ann Weir",), ("Rivers",))
    assert (by_page.authors, by_page.tags) == (("Jane Miller",), ("Lakes",))


def test_the_registry_says_when_it_was_first_seen_and_which_revision_it_is():
    crawled = event()

    assert crawled.first_seen_at.timestamp() * 1000 == FIRST_SEEN_MS
    assert crawled.revision == FIRST_SEEN_MS + 1


@pytest.mark.parametrize(
    ("visit", "requested"),
    [
        ({}, None),
        ({"url": "http://news.example/old"}, "http://news.example/old"),
        ({"linked_as": "http://news.example/old"}, "http://news.example/old"),
        ({"url": "http://news.example/new", "linked_as": URL}, None),
    ],
)
def test_the_url_that_a_door_names_is_kept_where_another_one_answered(visit, requested):
    assert event(visit).requested_url == requested


def test_the_date_of_the_page_wins():
    published = Publication(at=FETCHED_AT, precision="day", origin="json-ld", raw="2026-03-02")

    assert event({"published_at": FETCHED_AT - timedelta(days=1)}, published=published).published == published


@pytest.mark.parametrize("door", ["feed", "sitemap"])
def test_a_page_without_a_date_takes_that_of_its_door(door):
    said = FETCHED_AT - timedelta(days=1)

    crawled = event({"found_by": door, "published_at": said})

    assert (crawled.published.at, crawled.published.origin) == (said, door)


@pytest.mark.parametrize(
    "visit", [{}, {"found_by": "listing"}, {"published_at": FETCHED_AT + timedelta(days=30)}], ids=str
)
def test_without_a_believable_date_the_first_sight_counts(visit):
    crawled = event(visit)

    assert (crawled.published.at, crawled.published.origin) == (crawled.first_seen_at, "first-seen")


def test_an_update_in_the_future_is_not_believed():
    near, far = FETCHED_AT + timedelta(hours=5), FETCHED_AT + timedelta(days=30)

    assert event({"updated_at": near}).updated_at == near
    assert event({"updated_at": far}).updated_at is None


def test_what_the_page_and_its_site_reserve_is_kept_together():
    article = replace(fetched(rights=("tdm-reserved", "noarchive")), rights=("noarchive", "no-ai-training"))

    crawled = article_crawled(article, URL, RegistryEntry(FIRST_SEEN_MS, FIRST_SEEN_MS + 1, article.content_hash))

    assert crawled.rights == ("noarchive", "no-ai-training", "tdm-reserved")


def test_a_very_long_text_is_cut_and_says_so():
    crawled = event(text="a" * (MAX_TEXT_CHARACTERS + 1))

    assert (len(crawled.text), crawled.text_truncated) == (MAX_TEXT_CHARACTERS, True)
    assert not event().text_truncated


def test_blanks_do_not_make_new_content_and_words_do():
    same = fetched(text="A  text.\n", title=" A title")

    assert same.content_hash == fetched().content_hash
    assert fetched(text="A text!").content_hash != fetched().content_hash
    assert fetched(title="Another").content_hash != fetched().content_hash
