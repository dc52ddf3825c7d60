"""What people come for, from end to end, over a running demo: an analyst's way, an operator's, and those of people who
have keys alone, no script or a phone."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.chromium import PHONE
from tests.builders import an_article
from tests.e2e.running import bury
from tests.integration.crawler.site import news_site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(280)]
CRAWLED_MS = 60_000
FRONT_PAGE = (
    "<html><head><link rel='alternate' type='application/atom+xml' href='/feed.xml'></head><body>News</body></html>"
)
LAMP = "Lighthouse lamp goes to a museum"
LIGHTHOUSE = (
    f"<html lang='en'><head><title>{LAMP}</title></head><body><article><h1>{LAMP}</h1>"
    "<p>The keeper of the old lighthouse hands its lamp to a museum on Friday. Ships have not needed it since 1994, "
    "when a buoy took over, and the town has talked of little else since the winter storms.</p>"
    "<p>Visitors may climb the 212 steps from May. The town pays for the paint, the state for the stairs, and nobody "
    "yet for the bird that nests behind the lens and comes back every spring.</p></article></body></html>"
)


async def add_source(page, address, site) -> None:
    """As an operator does: what a site has is looked at before it is crawled."""
    await page.goto(f"{address}/sources")
    await page.get_by_label("Add a site, or one of its feeds").fill(site.url)
    await page.get_by_role("button", name="Look what it has").click()
    await expect(page.locator("table")).to_contain_text("/feed.xml")
    await page.get_by_role("button", name="Crawl it from now on").click()
    await expect(page.get_by_role("status")).to_contain_text("is crawled from now on")


async def told_deal(demo) -> dict:
    """A deal of the demo, with the article that tells of it."""
    return (await demo.get("/v1/relations", size=1))["relations"][0]


async def test_an_analyst_goes_from_a_search_to_a_deal(page, demo, address):
    deal = await told_deal(demo)
    title = deal["article"]["title"]
    await page.goto(address)
    await page.locator("#q").fill(deal["subject"]["name"])
    await page.locator("#q").press("Enter")
    await page.locator("#filters .toggle", has_text=deal["subject"]["name"]).first.click()
    await expect(page.locator(".chosen-chip")).to_have_count(1)
    places = page.locator("#filters details", has=page.get_by_role("heading", name="Location", exact=True))
    await places.locator(".buckets li").last.hover()
    await places.locator(".exclude").last.click()
    await expect(page.locator(".chosen-chip.excluded")).to_have_count(1)
    await page.locator(".chosen-chip.excluded").click()
    await page.locator(".result h2 a", has_text=title).first.click()
    await expect(page.locator("h1")).to_have_text(title)
    await page.locator(".relations a.small").first.click()
    await expect(page.locator(".evidence-passage:target")).to_be_visible()
    await page.locator(".relations a[href^='/entities/']").first.click()
    await expect(page.get_by_role("link", name="Follow")).to_be_visible()
    await page.locator("#deals-heading a").click()
    await page.locator("table.facts .evidence summary").first.click()

    await expect(page.locator("table.facts .evidence blockquote").first).to_be_visible()


async def test_an_alert_fires_when_what_it_waits_for_is_crawled_and_live_shows_it(page, address):
    await page.goto(f"{address}/?q=lighthouse+lamp")
    await expect(page.locator(".nothing h2")).to_have_text("Nothing matches")
    await page.locator("#save-alert").click()
    await page.get_by_label("Name").fill("The lighthouse")
    await page.get_by_role("button", name="Save the alert").click()
    await expect(page.locator("h1")).to_contain_text("The lighthouse")
    alert = page.url.partition("?")[0]
    async with news_site() as site:
        site.page("/", FRONT_PAGE)
        site.page("/articles/lamp", LIGHTHOUSE)
        site.feed("/articles/lamp")
        await add_source(page, address, site)
        await page.get_by_role("link", name="Live", exact=True).click()
        await expect(page.locator("#live-state")).to_have_text("New articles appear on top by themselves.")

        arrived = page.locator("#live .result h2", has_text=LAMP)
        await expect(arrived).to_be_visible(timeout=CRAWLED_MS)

    fired = page.locator("section", has=page.locator("#fired")).get_by_role("link", name=LAMP)
    await page.goto(alert)
    # As long as for the crawl: alerts and the live feed read the same stream, neither waits for the other.
    for _ in range(CRAWLED_MS // 500):
        if await fired.count():
            break
        await page.wait_for_timeout(500)
        await page.reload()
    await expect(fired).to_be_visible()
    await page.goto(f"{address}/alerts")
    await expect(page.locator(".fired a", has_text=LAMP)).to_be_visible()


async def test_an_operator_adds_a_source_and_brings_back_a_dead_letter(page, demo, address):
    async with news_site() as site:
        site.page("/", FRONT_PAGE)
        site.article("/articles/1", "the sluice")
        site.feed("/articles/1")
        await add_source(page, address, site)
        await page.get_by_role("link", name="Live", exact=True).click()
        arrived = page.locator("#live .result h2", has_text="Council discusses the sluice")
        await expect(arrived).to_be_visible(timeout=CRAWLED_MS)
        await page.get_by_role("link", name="Sources", exact=True).click()
        await expect(page.locator("tr", has_text=site.url)).to_contain_text("1 feed")
    await bury(demo, an_article(1, title="Ferry Margriet sails again", text="The ferry Margriet sails again. " * 20))
    await page.get_by_role("link", name="Pipeline", exact=True).click()
    await expect(page.locator(".note.warning")).to_contain_text("enrichment gave up")
    letter = page.get_by_role("checkbox", name="Take enrichment/")
    await page.get_by_label("Take all 1").check()
    await expect(letter).to_be_checked()
    await page.get_by_label("Take all 1").uncheck()
    await expect(letter).not_to_be_checked()
    await letter.check()
    await page.get_by_role("button", name="Put back what is ticked").click()
    await expect(page.get_by_role("status")).to_contain_text("1 letter was put back")

    async def indexed() -> bool:
        return await demo.total(q='"ferry margriet"') == 1

    await demo.until(indexed, 60, "the article of the letter is indexed")
    await page.reload()
    await expect(page.locator(".note.good")).to_contain_text("nothing was given up")


async def test_without_javascript_everything_but_comfort_is_there(browser, demo, address):
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(address)
    await page.locator("#q").fill("the")
    await page.get_by_role("button", name="Search", exact=True).click()
    await page.locator("#histogram a").first.click()
    await expect(page.locator(".chosen-chip", has_text="Published")).to_have_count(2)
    await page.locator("#filters .toggle").first.click()
    await expect(page.locator(".chosen-chip")).to_have_count(3)
    await page.locator("#filters details[open] .exclude").last.click()
    await expect(page.locator(".chosen-chip.excluded")).to_have_count(1)
    await page.locator("#save-alert").click()
    await page.get_by_role("button", name="Save the alert").click()
    await expect(page.get_by_role("status")).to_contain_text("The alert is saved")
    await page.get_by_role("button", name="See what would have fired").click()
    await expect(page.get_by_role("status")).to_contain_text("of the last 7 days would match")
    await page.get_by_role("button", name="Delete the alert").click()
    await expect(page.get_by_role("status")).to_contain_text("is deleted")
    await page.goto(f"{address}/articles/{(await told_deal(demo))['article']['id']}")
    await page.locator(".relations a[href^='/entities/']").first.click()
    await expect(page.locator(".graph svg circle").first).to_be_visible()

    await context.close()


async def test_with_keys_alone_a_search_is_asked_narrowed_and_read(page, address):
    await page.goto(address)
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("/")
    await page.keyboard.type("the")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("q=the"))
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.matches('#filters .toggle')"):
            break
    await page.keyboard.press("Enter")
    await expect(page.locator(".chosen-chip")).to_have_count(1)
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    title = await page.evaluate("document.activeElement.textContent")
    await page.keyboard.press("o")
    await expect(page.locator(".article h1")).to_have_text(title)
    await page.keyboard.press("b")
    await expect(page).to_have_url(re.compile("q=the"))
    await page.keyboard.press("?")
    await expect(page.locator("dialog")).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(page.locator("dialog")).to_be_hidden()


async def test_on_a_phone_a_search_is_narrowed_and_read(page, demo, address):
    await page.set_viewport_size(PHONE)
    await page.goto(f"{address}/?q=the")
    await page.locator(".open-filters").click()
    await page.locator("#filters .toggle").first.click()
    await expect(page.locator(".open-filters")).to_have_text("Filters (1)")
    await page.locator(".result h2 a").first.click()
    await expect(page.locator(".article h1")).to_be_visible()
    await page.goto(f"{address}/deals")

    await expect(page.locator("table.facts tbody th").first).to_be_visible()
