"""Whoever follows `next` while articles, deals and stories come in meets each that was there once, and skips none."""

import asyncio

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


WALKS = {
    "/v1/articles?sort=newest&size=3&facet=none": "articles",
    "/v1/articles?sort=oldest&size=3&facet=none": "articles",
    "/v1/articles?q=council&size=3&facet=none": "articles",
    "/v1/relations?sort=newest&size=3&facet=none": "relations",
    "/v1/relations?sort=oldest&size=3&facet=none": "relations",
    "/v1/relations?sort=largest&size=3&facet=none": "relations",
    "/v1/stories?sort=newest&size=3": "stories",
    "/v1/stories?sort=largest&size=3": "stories",
}


async def filled(folder, clock):
    opened = await open_writer(StoreSettings(data_dir=folder), clock)
    await opened.put([an_article(number) for number in THERE])
    await opened.change_stories([a_story_changed(number, number + 1) for number in THERE[::2]])
    return opened


@pytest.fixture
async def writer(tmp_path, clock):
    opened = await filled(tmp_path, clock)
    yield opened
    await opened.close()


class Walk:
    """Somebody who follows `next`, page by page, and keeps the ids that are met."""

    def __init__(self, client, link: str) -> None:
        self.client, self.items, self.link = client, WALKS[link], link
        self.found: list[str] = []

    async def read_a_page(self) -> None:
        answer = (await self.client.get(self.link)).json()
        self.found += [item["id"] for item in answer[self.items]]
        self.link = answer["next"]

    async def read_the_rest(self) -> list[str]:
        while self.link:
            await self.read_a_page()
        return self.found


@pytest.fixture(scope="module")
def walked(tmp_path_factory, clock_of_module):
    """By link: what is met before anything comes in, by who is under way meanwhile, and by who begins afterwards."""

    async def of_all():
        folder, clock = tmp_path_factory.mktemp("walked"), clock_of_module
        writer = await filled(folder, clock)
        async with asking(await an_app(StoreSettings(data_dir=folder), clock)) as client:
            before = [await Walk(client, link).read_the_rest() for link in WALKS]
            under_way = [Walk(client, link) for link in WALKS]
            for numbers in LATER:
                for walk in under_way:
                    await walk.read_a_page()
                await writer.put([an_article(number) for number in numbers])
                await writer.change_stories([a_story_changed(number, number + 1000) for number in numbers])
                clock.advance(1)
            found = [await walk.read_the_rest() for walk in under_way]
            afterwards = [await Walk(client, link).read_the_rest() for link in WALKS]
        await writer.close()
        return dict(zip(WALKS, zip(before, found, afterwards, strict=True), strict=True))

    return asyncio.run(of_all())


@pytest.mark.parametrize("link", WALKS)
def test_what_was_there_is_met_once_whatever_comes_in_meanwhile(walked, link):
    before, found, afterwards = walked[link]

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
