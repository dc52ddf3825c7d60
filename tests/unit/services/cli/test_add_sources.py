from datetime import UTC, datetime

import pytest

from services.cli.add_sources import add_command, add_found, add_sources, in_words, with_scheme
from shared.errors import ConfigurationError
from shared.events.commands import FoundDoor, SiteFound
from shared.source_registry import SourceRegistry
from shared.sources import Source

SITE = "https://news.example/"


def a_source(**fields) -> Source:
    return Source.model_validate({"id": "example", "name": "Before", "url": "https://example.org/", **fields})


def a_site(*feeds: str, url: str = SITE, **fields) -> SiteFound:
    doors = tuple(FoundDoor(kind="feed", url=feed, articles=3, chosen=True) for feed in feeds)
    return SiteFound(**{"url": url, "name": "The News", "doors": doors, **fields})


async def test_a_source_that_is_known_is_updated(connection, capsys):
    before, after = a_source(), a_source(name="After", feeds=("https://example.org/rss",))

    await add_sources(connection, (before,))
    await add_sources(connection, (after,))
    await add_sources(connection, (after,))

    assert await SourceRegistry(connection).all() == (after,)
    assert capsys.readouterr().err.splitlines() == [
        "example: Before, added (no feed, sitemap or listing: nothing will be found)",
        "example: After, updated (feed https://example.org/rss)",
        "example: After, unchanged (feed https://example.org/rss)",
    ]


async def test_a_dry_run_only_says_what_would_be_done(connection, capsys):
    await add_found(connection, a_site(f"{SITE}rss"), dry_run=True)

    assert await SourceRegistry(connection).all() == ()
    assert capsys.readouterr().err.splitlines() == [
        f"  + feed {SITE}rss: 3 articles, too few dates to tell how many a day",
        f"news-example: The News, would be added (feed {SITE}rss)",
    ]


async def test_a_site_that_is_added_again_stays_one_source_with_what_people_said_of_it(connection):
    registry = SourceRegistry(connection)
    await add_found(connection, a_site(f"{SITE}rss", language="en"), dry_run=False)
    [added] = await registry.all()
    await registry.put([added.model_copy(update={"name": "My Name", "tags": ("daily",), "exclude": ("/sport/*",)})])

    await add_found(connection, a_site(f"{SITE}rss", f"{SITE}world"), dry_run=False)

    [again] = await registry.all()
    assert (again.id, again.name, again.tags, again.exclude) == ("news-example", "My Name", ("daily",), ("/sport/*",))
    assert again.feeds == (f"{SITE}rss", f"{SITE}world")
    assert again.language == "en"


def test_a_file_that_does_not_fit_is_refused_before_a_broker_is_asked(tmp_path):
    (tmp_path / "sources.yaml").write_text("sites: []\n")

    with pytest.raises(ConfigurationError, match="has no list called sources"):
        add_command([], tmp_path / "sources.yaml")


def test_an_address_that_leads_nowhere_is_said_and_the_others_are_added(valkey_url, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("REDIS_URL", valkey_url)
    monkeypatch.setenv("NEWSWEIR_KEY_PREFIX", f"test-{tmp_path.name}:")
    monkeypatch.delenv("NEWSWEIR_CONTACT", raising=False)
    (tmp_path / "sources.yaml").write_text("sources:\n- {id: a, name: A, url: 'https://a.example/'}\n")

    status = add_command(
        ["http://127.0.0.1:8080/", "gopher://b.example/", "news.example"], tmp_path / "sources.yaml"
    )  # fmt: skip

    said = capsys.readouterr().err.splitlines()
    assert status == 1
    assert said[0].startswith("a: A")
    assert "loopback" in said[2]
    assert "only http and https" in said[4]
    assert said[5] == "looking at https://news.example …"
    assert "set NEWSWEIR_CONTACT" in said[6]


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("news.example", "https://news.example"),
        ("http://a.example/x", "http://a.example/x"),
        ("a:8080", "https://a:8080"),
    ],
)
def test_an_address_may_be_typed_without_a_scheme(url, meant):
    assert with_scheme(url) == meant


@pytest.mark.parametrize(
    ("a_day", "words"),
    [
        (47.6, "about 48 a day"),
        (1.1, "about one a day"),
        (0.6, "about one a day"),
        (0.14, "about one in 7 days"),
        (0.0, "none within a month, the last of 2025-03-02"),
        (None, "too few dates to tell how many a day"),
    ],
)
def test_the_yield_of_a_door_in_words(a_day, words):
    newest_at = datetime(2025, 3, 2, tzinfo=UTC)
    door = FoundDoor(kind="feed", url=f"{SITE}rss", articles=1, articles_a_day=a_day, newest_at=newest_at)

    assert in_words(door) == f"  - feed {SITE}rss: 1 article, {words}"
