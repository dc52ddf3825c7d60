"""What people come for, from end to end, over a running demo: an analyst's way, and an operator's."""

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from services.cli.embedded_valkey import broker
from shared.bus.envelope import encode
from shared.clock import SystemClock
from shared.redis_client import open_connection
from shared.settings import BusSettings
from shared.topology import ENRICHMENT
from tests.builders import an_article
from tests.integration.crawler.site import news_site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(280)]
CRAWLED_MS = 60_000
FRONT_PAGE = (
    "<html><head><link rel='alternate' type='application/atom+xml' href='/feed.xml'></head><body>News</body></html>"
)


async def poison(demo) -> None:
    """Puts an event that nobody can read into the stream of the demo's enrichment."""
    settings = BusSettings()
    folder = Path(demo.settings["NEWSWEIR_DATA_DIR"])
    async with broker(folder, settings, "a test", SystemClock()) as url:
        connection = open_connection(settings.model_copy(update={"redis_url": url}))
        fields = encode(an_article(1))
        await connection.client.xadd(connection.key(ENRICHMENT.reads.name), {**fields, "payload": "{"})
        await connection.close()


async def test_an_analyst_goes_from_a_search_to_a_deal_and_to_live(page, demo, address):
    relation = (await demo.get("/v1/relations", size=1))["relations"][0]
    await page.goto(f"{address}/articles/{relation['article']['id']}")
    title = await page.locator("h1").inner_text()
    await page.goto(address)
    await page.locator("#q").fill(f'"{title}"')
    await page.locator("#q").press("Enter")
    await page.locator("#filters .toggle").first.click()
    await expect(page.locator(".chosen-chip")).to_have_count(1)
    await page.locator(".result h2 a", has_text=title).first.click()
    await expect(page.locator("h1")).to_have_text(title)
    await page.locator(".relations a[href^='/entities/']").first.click()
    await expect(page.get_by_role("link", name="Follow")).to_be_visible()
    await page.locator("#deals-heading a").click()
    await expect(page.locator("table.facts tbody tr").first).to_be_visible()
    await page.get_by_role("link", name="Live", exact=True).click()

    await expect(page.locator("#live-state")).to_have_text("New articles appear on top by themselves.")
    await expect(page.locator("#live .result").first).to_be_visible()


async def test_an_analyst_leaves_a_value_out_and_saves_the_search_as_an_alert(page, address):
    await page.goto(f"{address}/?q=the")
    await page.locator("#filters .buckets li").first.hover()
    await page.locator("#filters .exclude").first.click()
    await expect(page.locator(".chosen-chip.excluded")).to_have_count(1)
    await page.locator("#save-alert").click()
    await page.get_by_label("Name").fill("All but one")
    await page.get_by_role("button", name="Save the alert").click()

    await expect(page.locator("h1")).to_contain_text("All but one")


async def test_an_operator_adds_a_source_and_sees_its_articles(page, address):
    async with news_site() as site:
        site.page("/", FRONT_PAGE)
        site.article("/articles/1", "the sluice")
        site.feed("/articles/1")
        await page.goto(f"{address}/sources")
        await page.get_by_label("Add a site, or one of its feeds").fill(site.url)
        await page.get_by_role("button", name="Look what it has").click()
        await expect(page.locator("table")).to_contain_text("/feed.xml")
        await page.get_by_role("button", name="Crawl it from now on").click()
        await expect(page.get_by_role("status")).to_contain_text("is crawled from now on")
        await page.get_by_role("link", name="Live", exact=True).click()

        arrived = page.locator("#live .result h2", has_text="Council discusses the sluice")
        await expect(arrived).to_be_visible(timeout=CRAWLED_MS)


async def test_an_operator_finds_a_dead_letter_and_puts_it_back(page, demo, address):
    await poison(demo)

    async def given_up() -> bool:
        return any(stage["dead"] for stage in (await demo.status())["stages"])

    await demo.until(given_up, 60, "the event is given up")
    await page.goto(f"{address}/pipeline")
    await page.get_by_role("checkbox", name="Take enrichment/").check()
    await page.get_by_role("button", name="Put back what is ticked").click()

    await expect(page.get_by_role("status")).to_contain_text("1 letter was put back")


async def test_without_javascript_a_search_is_narrowed_and_read(browser, address):
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(address)
    await page.locator("#q").fill("the")
    await page.get_by_role("button", name="Search", exact=True).click()
    await page.locator("#filters .toggle").first.click()
    await expect(page.locator(".chosen-chip")).to_have_count(1)
    await page.locator(".result h2 a").first.click()

    await expect(page.locator(".article h1")).to_be_visible()
    await context.close()


async def test_with_keys_alone_a_search_is_asked_and_an_article_opened(page, address):
    await page.goto(address)
    await page.keyboard.press("/")
    await page.keyboard.type("the")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("q=the"))
    await page.locator("h1").wait_for()
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")

    await expect(page.locator(".article h1")).to_be_visible()
