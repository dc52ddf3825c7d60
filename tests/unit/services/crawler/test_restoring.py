from datetime import timedelta

import pytest

from services.crawler.frontier import Frontier, Queued, Release
from services.crawler.restoring import Restorer, known_of
from services.crawler.visits import Seen
from shared.article_store.document import Standing, stored
from shared.clock import to_ms
from shared.events.articles import ArticleEnriched, Publication
from shared.registry import RegistryEntry, imports_key, mark_complete, read_entry, registry_key
from tests.builders import NOON, a_withdrawal, an_article, an_enrichment

HOUR_S = 3600
REVISITS_S = (HOUR_S, 24 * HOUR_S)
ARTICLE = an_article(1, first_seen_at=NOON, fetched_at=NOON + timedelta(minutes=30))
NOW = to_ms(NOON + timedelta(hours=2))


@pytest.fixture
async def frontier(connection):
    await mark_complete(connection)
    return Frontier(connection)


@pytest.fixture
def restorer(connection):
    return Restorer(connection)


def known(article=ARTICLE, now_ms=NOW, withdrawal=None):
    event = ArticleEnriched(article=article, enrichment=an_enrichment(), enriched_at=article.fetched_at)
    held = stored(event, ingested_at=event.enriched_at)
    return known_of(held.model_copy(update={"standing": Standing(withdrawal=withdrawal)}), now_ms, REVISITS_S)


def test_an_article_tells_its_registry_entry():
    assert known().entry == RegistryEntry(to_ms(NOON), ARTICLE.revision, ARTICLE.content_hash)


def test_all_urls_of_an_article_were_fetched_when_it_was_without_validators():
    article = an_article(
        1,
        first_seen_at=NOON,
        fetched_at=NOON + timedelta(minutes=30),
        requested_url="https://news.example/old",
        canonical_url="https://news.example/canonical",
    )

    seen = Seen(to_ms(article.fetched_at), to_ms(NOON), article.article_id)
    assert known(article).seen == {
        "https://news.example/old": seen,
        article.url: seen,
        "https://news.example/canonical": seen,
    }


def test_the_page_is_asked_again_at_the_next_of_its_ages_and_never_after_the_last():
    late = known(now_ms=to_ms(NOON + timedelta(days=2)))

    assert known().again.due_ms == to_ms(NOON + timedelta(hours=24))
    assert late.again is None
    assert late.seen


def test_the_next_visit_asks_for_the_url_that_the_door_names_and_knows_what_the_door_said():
    article = an_article(
        1,
        requested_url="https://news.example/old",
        published=Publication(at=NOON, precision="second", origin="feed"),
        language_hint="nl",
        authors=("Jo Doe",),
        tags=("water",),
        found_by="sitemap",
    )

    visit = known(article).again.visit

    assert (visit.url, visit.kind, visit.source_id, visit.found_by) == (
        "https://news.example/old",
        "article",
        "example",
        "sitemap",
    )
    assert (visit.title, visit.published_at, visit.language) == (article.title, NOON, "nl")
    assert (visit.authors, visit.tags) == (("Jo Doe",), ("water",))


def test_a_date_that_the_page_gave_is_not_taken_for_one_of_the_door():
    assert known().again.visit.published_at is None


def test_no_page_of_an_import_was_fetched_or_is_to_be():
    imported = known(an_article(1, fetch_kind="import", found_by="import"))

    assert imported.imported
    assert (imported.seen, imported.again) == ({}, None)


def test_a_page_that_was_withdrawn_is_not_asked_again_and_anything_is_new_when_it_comes_back():
    withdrawal = a_withdrawal(1)

    withdrawn = known(withdrawal=withdrawal)

    assert withdrawn.again is None
    assert withdrawn.seen == known().seen
    assert withdrawn.entry == RegistryEntry(to_ms(NOON), withdrawal.revision, "")


async def test_what_is_put_back_is_known_again(connection, frontier, restorer):
    missing = await restorer.put([known(), known(an_article(2))])

    assert missing == 2
    assert await read_entry(connection, ARTICLE.article_id) == known().entry
    assert await frontier.seen(ARTICLE.url) == known().seen[ARTICLE.url]
    assert await frontier.waiting([ARTICLE.url]) == {ARTICLE.url}
    assert await frontier.claim_due(known().again.due_ms - 1, 1000) is None
    assert (await frontier.claim_due(known().again.due_ms, 1000)).visit == known().again.visit


async def test_putting_back_again_changes_nothing(connection, frontier, restorer):
    batch = [known(), known(an_article(2, fetch_kind="import", found_by="import"))]
    await restorer.put(batch)
    keys = [key async for key in connection.client.scan_iter(f"{connection.prefix}*")]
    before = {key: await connection.client.dump(key) for key in keys if not key.endswith("complete")}

    missing = await restorer.put(batch)

    assert missing == 0
    assert {key: await connection.client.dump(key) for key in before} == before


async def test_a_newer_entry_stays_with_the_first_sight_of_the_store(connection, restorer):
    newer = RegistryEntry(to_ms(NOON) + 60_000, ARTICLE.revision + 1, "newer")
    await connection.client.hset(registry_key(connection), ARTICLE.article_id, newer.encode())

    await restorer.put([known()])

    assert await read_entry(connection, ARTICLE.article_id) == RegistryEntry(to_ms(NOON), ARTICLE.revision + 1, "newer")


async def test_an_older_entry_gives_way_and_its_first_sight_stays(connection, restorer):
    older = RegistryEntry(to_ms(NOON) - 60_000, ARTICLE.revision - 1, "older")
    await connection.client.hset(registry_key(connection), ARTICLE.article_id, older.encode())

    await restorer.put([known()])

    assert await read_entry(connection, ARTICLE.article_id) == RegistryEntry(
        older.first_seen_ms, ARTICLE.revision, ARTICLE.content_hash
    )


async def test_a_page_that_was_fetched_since_is_neither_forgotten_nor_visited_anew(frontier, restorer):
    """As when the command is repeated beside a crawler that found the page gone."""
    visit, later = known().again.visit, Seen(NOW, NOW, ARTICLE.article_id, etag='"v2"')
    await frontier.add([Queued(visit, NOW)])
    lease = await frontier.claim_due(NOW, 1000)
    await frontier.release(Release(lease, NOW, seen={visit.url: later}))

    await restorer.put([known()])

    assert await frontier.seen(visit.url) == later
    assert await frontier.waiting([visit.url]) == set()


async def test_an_import_is_known_as_one(connection, restorer):
    article = an_article(1, fetch_kind="import", found_by="import")

    await restorer.put([known(article)])

    assert await connection.client.hget(imports_key(connection), article.article_id) == str(article.revision)
