"""Pages of an article in a frontier on a real broker."""

import pytest

from services.crawler.forgotten_pages import ForgottenPages, Pages
from services.crawler.frontier import Frontier, Queued, Release, offered
from services.crawler.visits import NEVER_AGAIN, Seen, Visit, door_visit, visit_id
from shared.clock import from_ms
from shared.registry import mark_complete
from tests.builders import an_article

NOW = 1_772_452_800_000
ARTICLE = an_article(1)
OTHER = an_article(2)
OLD_URL = "https://old.example/moved"
DOOR = door_visit("feed", "https://news.example/feed", "example")


@pytest.fixture
async def frontier(connection) -> Frontier:
    await mark_complete(connection)
    return Frontier(connection)


@pytest.fixture
def pages(connection) -> ForgottenPages:
    return ForgottenPages(connection)


def page(url: str, **fields) -> Visit:
    return Visit(kind="article", url=url, source_id="example", found_by="feed", door=DOOR.url, **fields)


async def fetch(frontier: Frontier, visit: Visit, article_id: str, *again: Queued) -> None:
    """Visit a page that gives an article."""
    await frontier.add([Queued(visit, NOW)])
    lease = await frontier.claim_due(NOW, 60_000)
    seen = {visit.url: Seen(NOW, NOW, article_id, etag="abc")}
    assert await frontier.release(Release(lease, free_ms=NOW, put=again, seen=seen))


async def test_a_page_is_found_by_the_article_that_it_gave_or_leads_to(frontier, pages):
    await fetch(frontier, page(OLD_URL), ARTICLE.article_id)
    await fetch(frontier, page(OTHER.url), OTHER.article_id)
    await frontier.add([Queued(page(ARTICLE.url), NOW), Queued(page(OLD_URL), NOW), Queued(DOOR, NOW)])

    found = await pages.find(ARTICLE.article_id)

    assert found.seen == {visit_id(OLD_URL)}
    assert {visit.url for visit in found.visits} == {ARTICLE.url, OLD_URL}
    assert await frontier.size() == 3


async def test_its_visits_go_its_counts_too_and_others_stay(frontier, pages):
    await fetch(frontier, page(ARTICLE.url), ARTICLE.article_id, Queued(page(ARTICLE.url), NOW + 1_000))
    await frontier.add([Queued(page(OTHER.url), NOW), Queued(DOOR, NOW)])

    await pages.remove(ARTICLE.article_id)

    assert await pages.find(ARTICLE.article_id) == Pages()
    assert await frontier.waiting([ARTICLE.url, OTHER.url, DOOR.url]) == {OTHER.url, DOOR.url}
    assert (await frontier.crowd("example", ["news.example"])).of_source == 2
    assert await frontier.seen(ARTICLE.url) == NEVER_AGAIN


async def test_no_door_offers_it_again_whatever_it_says_of_its_age(frontier, pages):
    await pages.remove(ARTICLE.article_id, [ARTICLE.url])

    much_later = from_ms(NOW + 10 * 365 * 86_400_000)
    await frontier.add([offered(page(ARTICLE.url, updated_at=much_later), NOW), offered(page(OTHER.url), NOW)])

    assert await frontier.waiting([ARTICLE.url, OTHER.url]) == {OTHER.url}


async def test_a_visit_that_is_being_made_ends_without_counting_twice(frontier, pages):
    await frontier.add([Queued(page(ARTICLE.url), NOW), Queued(page(OTHER.url), NOW + 5_000)])
    lease = await frontier.claim_due(NOW, 60_000)

    await pages.remove(ARTICLE.article_id)
    released = await frontier.release(Release(lease, free_ms=NOW))

    assert released
    assert (await frontier.crowd("example", [])).of_source == 1
    assert (await frontier.claim_due(NOW + 5_000, 60_000)).visit.url == OTHER.url
