"""The pages of stories, of what is alike, of versions, and the live page."""

import asyncio
from datetime import timedelta

import pytest

from shared.article_store.opening import open_writer
from shared.settings import StoreSettings
from tests.builders import NOON, a_quote, a_relation, a_stored_article, an_enrichment, an_entity
from tests.integration.search.conftest import an_app
from tests.integration.search.newsroom import asking
from tests.integration.search.test_pages import Outline, page
from tests.integration.search.test_stories import two_stories

ID = a_stored_article(1).article_id
COPY = a_stored_article(2).article_id


@pytest.fixture(scope="module")
def app_of_stories(tmp_path_factory, clock_of_module):
    return asyncio.run(two_stories(StoreSettings(data_dir=tmp_path_factory.mktemp("stories")), clock_of_module))


@pytest.fixture
async def told(app_of_stories, clock):
    """A client of a service over the two stories of `test_stories`."""
    async with asking(app_of_stories) as opened:
        yield opened


async def test_stories_are_listed_and_lead_to_their_timeline(told):
    html = await page(told, "/stories?sort=largest")
    first = next(link for link in Outline(html).links if link.startswith("/stories/"))

    story = await page(told, first)

    assert "2 stories" in html
    assert "3 articles" in story
    assert story.index("matter 1") < story.index("matter 3")
    assert 'class="copy"' in story


async def test_a_story_tells_who_began_it_and_the_deals_and_quotes_of_its_originals(tmp_path, clock):
    settings = StoreSettings(data_dir=tmp_path)
    app = await two_stories(settings, clock)
    writer = await open_writer(settings, clock)
    deal = an_enrichment(
        entities=(an_entity("org:acme", "Acme"), an_entity("org:widgets", "Widgets")),
        relations=(a_relation(dollars=5e6),),
        quotes=(a_quote("We build widgets."),),
    )
    await writer.put([a_stored_article(number, deal, revision=2_000_000_000_000) for number in (1, 2)])
    await writer.close()
    clock.advance(1)

    async with asking(app) as client:
        story = (await client.get(f"/v1/articles/{ID}")).json()["story_id"]
        html = await page(client, f"/stories/{story}")

    assert "begun by" in html
    assert html.count("$5 million") == 1
    assert html.count("We build widgets.") == 1
    assert f"/articles/{COPY}" in Outline(html).links


async def test_the_filters_of_stories_are_said_and_kept_by_the_form(told):
    html = await page(told, "/stories?entity=Acme&q=nothing")

    outline = Outline(html)
    assert "Who: Acme " in html
    assert "/stories?q=nothing" in outline.links
    assert '<input type="hidden" name="entity" value="org:acme">' in html
    assert "Nothing matches" in html


async def test_whoever_no_article_names_is_noted_on_the_page_of_stories(told):
    html = await page(told, "/stories?entity=Acmee")

    assert "no article has the entity &#39;Acmee&#39;: is org:acme meant?" in html
    assert "Nothing matches" in html


async def test_stories_are_found_by_words(told):
    assert "1 story" in await page(told, "/stories?q=matter+4")
    assert "Nothing matches" in await page(told, "/stories?q=unheard")


async def test_an_article_names_its_story_and_who_copied_it(told):

    original, copy = await page(told, f"/articles/{ID}"), await page(told, f"/articles/{COPY}")

    assert "The same text" in original
    assert f"/articles/{COPY}" in Outline(original).links
    assert "A copy of" in copy
    assert f"/articles/{ID}" in Outline(copy).links


async def test_an_unknown_story_is_not_found(told):
    await page(told, "/stories/nowhere", status=404)


async def test_the_live_page_shows_the_newest_without_a_script(client):
    html = await page(client, "/live")

    assert html.index("Mallory") < html.index("battery plant 1")
    assert "Load again" in html


async def test_versions_show_what_changed_the_newest_first(tmp_path, clock):
    store = StoreSettings(data_dir=tmp_path)
    writer = await open_writer(store, clock)
    later = {"revision": 2_000_000_000_000, "fetched_at": NOON + timedelta(hours=2), "content_hash": "changed"}
    await writer.put([a_stored_article(1, title="Acme pays 3", text="Acme pays 3 million. It rained.")])
    await writer.put([a_stored_article(1, title="Acme pays 4", text="Acme pays 4 million. It rained.", **later)])
    await writer.close()

    async with asking(await an_app(store, clock)) as client:
        article, versions = await page(client, f"/articles/{ID}"), await page(client, f"/articles/{ID}/revisions")

    assert f"/articles/{ID}/revisions" in Outline(article).links
    assert "<del>Acme pays 3 million.</del>" in versions
    assert "<ins>Acme pays 4 million.</ins>" in versions
    assert "It rained" not in versions
    assert versions.index("Version 2") < versions.index("Version 1")


async def test_a_deal_leads_to_the_passage_that_says_it(tmp_path, clock):
    store = StoreSettings(data_dir=tmp_path)
    writer = await open_writer(store, clock)
    parties = (an_entity("org:acme", "Acme"), an_entity("org:widgets", "Widgets"))
    deal = an_enrichment(entities=parties, relations=(a_relation(dollars=5e6, status="announced"),))
    await writer.put([a_stored_article(1, deal)])
    await writer.close()

    async with asking(await an_app(store, clock)) as client:
        html = await page(client, f"/articles/{ID}")

    assert "$5 million" in html
    assert "#evidence-1" in Outline(html).links
    assert any(attributes.get("id") == "evidence-1" for attributes in Outline(html).all("span"))
