"""Pages that were archived while they were crawled, and what replaying them does."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.cli.replay_warc import replay_files, replay_in
from services.crawler.archive import Archive, Exchange, read_archive
from services.crawler.registry_guard import RegistryGuard
from services.crawler.replay import Replay
from shared import tracing
from shared.clock import from_ms, to_ms
from shared.errors import DependencyUnavailable
from shared.registry import complete_key, read_entry, registry_key, suppressed_key
from shared.settings import StoreSettings, TelemetrySettings
from shared.topology import ARTICLES_CRAWLED
from tests.integration.crawler.site import article_html
from tests.otlp import receiving

pytestmark = pytest.mark.asyncio(loop_scope="package")
MAX_BYTES = 10_000_000


@pytest.fixture
def archive(tmp_path, clock) -> Iterator[Archive]:
    opened = Archive(tmp_path / "warc", "newsweir/test", clock, max_file_bytes=MAX_BYTES)
    yield opened
    opened.close()


def files(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "warc").glob("*.warc.gz"))


def archived(tmp_path: Path) -> list[Exchange]:
    return [exchange for path in files(tmp_path) for exchange in read_archive(path, max_body_bytes=MAX_BYTES)]


async def crawl_with(newsroom, archive: Archive) -> None:
    await newsroom.open()
    crawler = newsroom.another_crawler(archive=archive)
    await crawler.refresh()
    await newsroom.crawl(crawler)


async def forget_everything(newsroom) -> None:
    """As a new broker would: no article is known, and nothing stands in the stream."""
    client, key = newsroom.connection.client, newsroom.connection.key
    await client.delete(registry_key(newsroom.connection), key(ARTICLES_CRAWLED.name))


async def replayed(newsroom, tmp_path, *paths: Path, dry_run: bool = False) -> int:
    """Replay files in the extraction pool of all tests: each process takes as long to start as ten tests."""
    return await replay_in(
        newsroom.pool,
        guard_of(newsroom, tmp_path),
        paths or files(tmp_path),
        newsroom.connection,
        newsroom.settings,
        newsroom.clock,
        dry_run=dry_run,
    )


def guard_of(newsroom, tmp_path) -> RegistryGuard:
    return RegistryGuard(newsroom.connection, StoreSettings(data_dir=tmp_path), newsroom.clock)


def a_replay(newsroom, tmp_path) -> Replay:
    """One that shares the extraction pool of all tests."""
    guard = guard_of(newsroom, tmp_path)
    return Replay(newsroom.connection, newsroom.pool, guard, {}, newsroom.clock, dry_run=False)


async def outcome_of(replay: Replay, exchange: Exchange) -> str:
    return await replay.hand_over(await replay.read(exchange))


async def test_the_page_of_each_article_is_archived_as_it_was_fetched(newsroom, site, tmp_path, archive):
    site.article("/a", "locks", x_robots_tag="noarchive")
    site.page("/consent", "<p>nothing to read</p>")
    site.page("/secret", "<p>secret</p>", x_robots_tag="noindex")
    site.feed("/a", "/consent", "/secret")

    await crawl_with(newsroom, archive)

    pages = {exchange.url: exchange for exchange in archived(tmp_path)}
    assert set(pages) == {f"{site.url}/a", f"{site.url}/consent"}
    page = pages[f"{site.url}/a"]
    assert page.body.decode() == article_html("locks")
    assert (page.status, page.source_id, page.found_by, page.rights) == (200, "weir-post", "feed", "noarchive")


async def test_what_is_replayed_into_an_empty_system_is_what_was_crawled(newsroom, site, tmp_path, archive, capsys):
    site.page("/robots.txt", "User-agent: GPTBot\nDisallow: /")
    site.article("/a", "locks")
    site.article("/b", "rowing")
    site.feed("/a", "/b")
    await crawl_with(newsroom, archive)
    crawled = {event.article_id: event for event in await newsroom.events()}
    asked = len(site.requests)
    await forget_everything(newsroom)
    newsroom.clock.advance(86_400)
    store = StoreSettings(data_dir=tmp_path)

    status = await replay_files(
        files(tmp_path), newsroom.connection, store, newsroom.settings, newsroom.clock, dry_run=False
    )

    again = {event.article_id: event for event in await newsroom.events()}
    assert status == 0
    assert "2 pages read: 2 handed over, 0 dropped" in capsys.readouterr().err
    assert set(again) == set(crawled)
    for article_id, event in again.items():
        before = crawled[article_id]
        # Seen first when it was fetched, not when it was replayed.
        assert event.first_seen_at == event.fetched_at == before.fetched_at
        changed = {"fetch_id", "fetch_kind", "first_seen_at", "revision", "published"}
        assert event.model_dump(exclude=changed) == before.model_dump(exclude=changed)
        assert event.fetch_kind == "replay"
    assert len(site.requests) == asked


async def test_every_page_that_is_replayed_has_one_end_in_the_ledger(newsroom, site, tmp_path, archive):
    site.article("/a", "locks")
    site.page("/short", "<p>nothing to read</p>")
    site.feed("/a", "/short")
    await crawl_with(newsroom, archive)
    before = await newsroom.ledger()
    await forget_everything(newsroom)

    await replayed(newsroom, tmp_path)
    await replayed(newsroom, tmp_path)

    ledger = await newsroom.ledger()
    counted = dict(ledger.by_source["replay"])
    assert counted.pop("fetched") == 4
    assert counted.pop("dropped:unchanged") == 1
    assert sum(counted.values()) == 2
    assert ledger.in_flight == before.in_flight + 1
    assert ledger.fetched == ledger.settled + ledger.in_flight


async def test_a_dry_run_changes_nothing(newsroom, site, tmp_path, archive, capsys):
    site.article("/a", "locks")
    site.feed("/a")
    await crawl_with(newsroom, archive)
    await forget_everything(newsroom)
    before = await newsroom.ledger()

    await replayed(newsroom, tmp_path, dry_run=True)

    assert "1 page read: 1 would be handed over, 0 would be dropped" in capsys.readouterr().err
    assert (await newsroom.events(), await newsroom.ledger()) == ([], before)


async def test_a_page_older_than_what_is_known_does_not_come_back(newsroom, site, tmp_path, archive):
    site.article("/a", "locks")
    site.feed("/a")
    await crawl_with(newsroom, archive)
    site.article("/a", "locks and weirs")
    newsroom.clock.advance(3700)
    await newsroom.crawl(newsroom.another_crawler(archive=archive))
    first, second = archived(tmp_path)
    known = await newsroom.events()
    replay = a_replay(newsroom, tmp_path)

    outcomes = [await outcome_of(replay, first), await outcome_of(replay, second)]

    assert outcomes == ["older", "unchanged"]
    assert await newsroom.events() == known


async def test_the_history_of_an_article_is_replayed_in_its_order(newsroom, site, tmp_path, archive):
    site.article("/a", "locks")
    site.feed("/a")
    await crawl_with(newsroom, archive)
    site.article("/a", "locks and weirs")
    newsroom.clock.advance(3700)
    await newsroom.crawl(newsroom.another_crawler(archive=archive))
    await forget_everything(newsroom)

    await replayed(newsroom, tmp_path)

    first, second = await newsroom.events()
    assert (first.title, second.title) == ("Council discusses locks", "Council discusses locks and weirs")
    assert (first.revision, second.revision) == (to_ms(first.fetched_at), to_ms(second.fetched_at))
    assert first.first_seen_at == second.first_seen_at


async def test_an_article_that_was_withdrawn_since_stays_withdrawn(newsroom, site, tmp_path, archive):
    site.article("/a", "locks")
    site.feed("/a")
    await crawl_with(newsroom, archive)
    site.pages.pop("/a")
    newsroom.clock.advance(2 * 86_400)
    await newsroom.crawl()
    newsroom.clock.advance(7 * 3600)
    await newsroom.crawl()
    assert len(await newsroom.withdrawals()) == 1

    assert await outcome_of(a_replay(newsroom, tmp_path), archived(tmp_path)[0]) == "older"


@pytest.mark.parametrize("dry_run", [False, True])
async def test_what_was_forgotten_stays_forgotten_and_that_is_said(newsroom, site, tmp_path, archive, capsys, dry_run):
    site.article("/a", "locks")
    site.feed("/a")
    await crawl_with(newsroom, archive)
    [event] = await newsroom.events()
    await forget_everything(newsroom)
    await newsroom.connection.client.hset(suppressed_key(newsroom.connection), event.article_id, 1)

    await replayed(newsroom, tmp_path, dry_run=dry_run)

    assert "(forgotten 1)" in capsys.readouterr().err
    assert await newsroom.events() == []
    assert (await newsroom.ledger()).by_disposition.get("dropped:forgotten", 0) == (0 if dry_run else 1)


async def test_better_extraction_makes_a_revision_newer_than_the_one_that_is_known(newsroom, site, tmp_path, archive):
    site.article("/a", "locks")
    site.feed("/a")
    await crawl_with(newsroom, archive)
    [page] = archived(tmp_path)
    [known] = await newsroom.events()
    better = replace(page, body=article_html("locks, read better").encode())

    outcome = await outcome_of(a_replay(newsroom, tmp_path), better)

    event = (await newsroom.events())[-1]
    assert outcome == "published"
    assert (event.article_id, event.first_seen_at) == (known.article_id, known.first_seen_at)
    assert event.revision > known.revision
    assert (await read_entry(newsroom.connection, event.article_id)).revision == event.revision


async def test_archives_of_others_and_of_sources_that_were_removed_are_replayed(newsroom, tmp_path):
    fetched_at = from_ms(newsroom.clock.now_ms() - 10**9)
    foreign = Exchange(
        url="https://other.example/2020/weirs", requested_url="https://other.example/2020/weirs", status=200,
        headers={"content-type": "text/html"}, body=article_html("weirs").encode(), fetched_at=fetched_at,
        source_id="", found_by="import",
    )  # fmt: skip
    orphan = replace(foreign, url="https://gone.example/a/b", source_id="gone-source", found_by="feed")

    replay = a_replay(newsroom, tmp_path)
    outcomes = [await outcome_of(replay, foreign), await outcome_of(replay, orphan)]

    first, second = await newsroom.events()
    assert outcomes == ["published", "published"]
    assert (first.source_id, first.found_by, first.site_name) == ("replay", "import", "other.example")
    assert (second.source_id, second.found_by) == ("gone-source", "feed")
    assert first.first_seen_at == fetched_at


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"url": "https://other.example/"}, "front-page"),
        ({"headers": {"x-robots-tag": "noindex"}}, "noindex"),
        ({"url": "https://other.example:99999/a"}, "unreadable"),
        ({"body": b""}, "no-text"),
    ],
)
async def test_a_page_that_is_no_article_is_dropped_with_the_reason_of_the_crawl(newsroom, tmp_path, changes, reason):
    page = Exchange(
        url="https://other.example/a", requested_url="https://other.example/a", status=200, headers={},
        body=article_html("weirs").encode(), fetched_at=from_ms(newsroom.clock.now_ms()), source_id="",
        found_by="import",
    )  # fmt: skip

    assert await outcome_of(a_replay(newsroom, tmp_path), replace(page, **changes)) == reason
    assert (await newsroom.ledger()).by_disposition == {f"dropped:{reason}": 1}


async def test_files_that_cannot_be_read_are_named_and_the_others_replayed(newsroom, site, tmp_path, archive, capsys):
    site.article("/a", "locks")
    site.feed("/a")
    await crawl_with(newsroom, archive)
    await forget_everything(newsroom)
    broken = tmp_path / "broken.warc.gz"
    broken.write_bytes(b"this is no archive")

    status = await replayed(newsroom, tmp_path, broken, *files(tmp_path), tmp_path / "missing.warc.gz")

    said = capsys.readouterr().err
    assert status == 1
    assert "broken.warc.gz" in said
    assert "missing.warc.gz" in said
    assert "1 page read: 1 handed over" in said


async def test_nothing_is_replayed_into_a_broker_that_lost_its_state_meanwhile(newsroom, site, tmp_path, archive):
    site.article("/a", "locks")
    site.feed("/a")
    await crawl_with(newsroom, archive)
    await forget_everything(newsroom)
    replay = Replay(newsroom.connection, newsroom.pool, Lost(), {}, newsroom.clock, dry_run=False)
    read = await replay.read(archived(tmp_path)[0])
    await newsroom.connection.client.delete(complete_key(newsroom.connection))

    with pytest.raises(DependencyUnavailable, match="lost"):
        await replay.hand_over(read)

    assert await newsroom.events() == []


class Lost:
    """A guard of a store that holds articles."""

    async def check(self) -> None:
        raise DependencyUnavailable("the broker has lost its state")


async def test_a_disk_that_does_not_take_the_page_makes_the_article_wait(newsroom, site, tmp_path, archive):
    site.article("/a", "locks")
    site.feed("/a")
    (tmp_path / "warc").write_text("a file where the folder should be")
    await crawl_with(newsroom, archive)
    assert await newsroom.events() == []

    (tmp_path / "warc").unlink()
    newsroom.clock.advance(700)
    await newsroom.crawl(newsroom.another_crawler(archive=archive))

    assert len(await newsroom.events()) == 1
    assert len(archived(tmp_path)) == 1


async def test_a_replay_begins_a_trace_that_is_linked_to_that_of_the_fetch(newsroom, site, tmp_path, archive):
    site.article("/a", "locks")
    site.feed("/a")
    await crawl_with(newsroom, archive)
    [page] = archived(tmp_path)
    [crawled] = await newsroom.events()
    await forget_everything(newsroom)

    with (
        receiving() as receiver,
        tracing.sending("cli", TelemetrySettings(otel_exporter_otlp_endpoint=receiver.url)),
    ):
        await outcome_of(a_replay(newsroom, tmp_path), page)

    [span] = receiver.spans
    [event] = await newsroom.events()
    assert page.fetch_id == crawled.fetch_id
    assert span.links == {f"{crawled.fetch_id}-{crawled.fetch_id[16:]}"}
    assert (span.name, span.attributes["newsweir.outcome"]) == ("replay article", "published")
    assert event.fetch_id == span.trace_id
