"""Whoever follows `next` while articles, deals and stories come in meets each that was there once, and skips none."""

import pytest

from shared.article_store.opening import open_writer
from shared.settings import StoreSettings
from tests.builders import a_relation, a_stored_article, a_story_changed, an_enrichment, an_entity
from tests.integration.search.conftest import an_app
from tests.integration.search.newsroom import asking

THERE = range(100, 120)
# Before, between and after those that were there, whichever way they are ordered.
LATER = ((50, 130, 211), (51, 131, 105), (52, 132))


def an_article(number: int):
    parties = (an_entity("org:acme", "Acme"), an_entity("org:widgets", "Widgets"))
    deal = a_relation(dollars=number * 1e6)
    text = "The council met. " * (number % 7 + 1)
    return a_stored_article(number, an_enrichment(entities=parties, relations=(deal,)), text=text)


@pytest.fixture
async def writer(tmp_path, clock):
    opened = await open_writer(StoreSettings(data_dir=tmp_path), clock)
    await opened.put([an_article(number) for number in THERE])
    await opened.change_stories([a_story_changed(number, number + 1) for number in THERE[::2]])
    yield opened
    await opened.close()


async def walked(client, link: str, items: str, between) -> list[str]:
    """The ids of all pages; after each of the first some, `between` is awaited with the number of the page."""
    found, page = [], 0
    while link:
        answer = (await client.get(link)).json()
        found += [item["id"] for item in answer[items]]
        link, page = answer["next"], page + 1
        await between(page)
    return found


@pytest.mark.parametrize(
    ("link", "items"),
    [
        ("/v1/articles?sort=newest&size=3&facet=none", "articles"),
        ("/v1/articles?sort=oldest&size=3&facet=none", "articles"),
        ("/v1/articles?q=council&size=3&facet=none", "articles"),
        ("/v1/relations?sort=newest&size=3&facet=none", "relations"),
        ("/v1/relations?sort=oldest&size=3&facet=none", "relations"),
        ("/v1/relations?sort=largest&size=3&facet=none", "relations"),
        ("/v1/stories?sort=newest&size=3", "stories"),
        ("/v1/stories?sort=largest&size=3", "stories"),
    ],
)
async def test_what_was_there_is_met_once_whatever_comes_in_meanwhile(writer, tmp_path, clock, link, items):
    async def more_comes(page: int) -> None:
        if page <= len(LATER):
            numbers = LATER[page - 1]
            await writer.put([an_article(number) for number in numbers])
            await writer.change_stories([a_story_changed(number, number + 1000) for number in numbers])
            clock.advance(1)

    async def nothing_comes(page: int) -> None:
        pass

    async with asking(await an_app(StoreSettings(data_dir=tmp_path), clock)) as client:
        before = await walked(client, link, items, nothing_comes)
        found = await walked(client, link, items, more_comes)
        afterwards = await walked(client, link, items, nothing_comes)

    assert [id_ for id_ in found if id_ in before] == before
    assert len(set(found)) == len(found)
    assert len(afterwards) > len(before)


async def test_an_export_holds_what_was_there_once_whatever_comes_in_meanwhile(writer, tmp_path, clock):
    async with asking(await an_app(StoreSettings(data_dir=tmp_path), clock)) as client:
        first = (await client.get("/v1/articles?sort=newest&size=7&facet=none")).json()
        await writer.put([an_article(number) for numbers in LATER for number in numbers])
        clock.advance(1)
        last = first["articles"][-1]["id"]
        rest = (await client.get(f"/v1/export?format=csv&after={last}")).text.splitlines()[1:]

    ids = [article["id"] for article in first["articles"]] + [row.partition(",")[0] for row in rest]
    assert len(set(ids)) == len(ids)
    assert {an_article(number).article_id for number in THERE} <= set(ids)
