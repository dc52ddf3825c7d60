import asyncio
from itertools import chain

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.chromium import PHONE, WIDE, listen_to
from tests.browser.places import find_places
from tests.integration.crawler.site import news_site

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(280)]
RULES: dict = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# All that the scheme of colours changes, and what a narrow window may.
COLOURS: dict = {"runOnly": ["color-contrast"]}
NARROW: dict = {"runOnly": ["target-size", "scrollable-region-focusable", "color-contrast"]}


async def violations(page, rules: dict) -> list[str]:
    """Rule and element, of whatever axe finds."""
    found = (await Axe().run(page, options={**rules, "resultTypes": ["violations"]})).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


async def said_of(page, name: str) -> list[str]:
    """What axe finds in the page as it is, in light and in dark."""
    await page.emulate_media(color_scheme="light")
    found = [f"{name} {said}" for said in await violations(page, RULES)]
    await page.emulate_media(color_scheme="dark")
    return [*found, *(f"{name} in the dark {said}" for said in await violations(page, COLOURS))]


def expected(complaints: list[str]) -> None:
    """Forget that pages of mistakes answer as mistakes."""
    complaints[:] = [said for said in complaints if "the server responded with a status of 4" not in said]


async def said_of_all(page, address: str, paths) -> list[str]:
    """What axe finds at these paths, on a desk and on a phone."""
    found = []
    for path in paths:
        await page.goto(f"{address}{path}")
        found += await said_of(page, path)
        await page.set_viewport_size(PHONE)
        found += [f"{path} on a phone {said}" for said in await violations(page, NARROW)]
        width = await page.evaluate("document.documentElement.scrollWidth")
        found += [f"{path} on a phone is {width} wide"] if width > PHONE["width"] else []
        await page.set_viewport_size(WIDE)
    return found


async def test_axe_finds_nothing_that_keeps_people_out(page, complaints, demo, address):
    paths = (await find_places(demo)).all
    # Axe computes for seconds on each page, which is a process of the browser: two at a time.
    another = await page.context.new_page()
    listen_to(another, complaints)

    halves = await asyncio.gather(said_of_all(page, address, paths[::2]), said_of_all(another, address, paths[1::2]))
    expected(complaints)

    assert not any(halves), "\n".join(chain(*halves))


async def test_axe_finds_nothing_on_the_way_to_a_new_source_and_to_an_alert(page, complaints, address):
    async with news_site() as site:
        site.page("/", "<link rel='alternate' type='application/atom+xml' href='/feed.xml'>")
        site.article("/articles/1", "the quay")
        site.feed("/articles/1")
        await page.goto(f"{address}/sources")
        await page.get_by_label("Add a site, or one of its feeds").fill(site.url)
        await page.get_by_role("button", name="Look what it has").click()
        await expect(page.locator("table")).to_contain_text("/feed.xml")
        found = await said_of(page, "what was found")
    await page.goto(f"{address}/alerts/new?q=battery")
    await page.get_by_label("E-mail", exact=True).check()
    await page.get_by_label("E-mail addresses").fill("nobody")
    await page.get_by_role("button", name="Save the alert").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    found += await said_of(page, "an alert that cannot be saved")
    expected(complaints)

    assert not found, "\n".join(found)


async def test_axe_would_find_what_is_wrong(page, site):
    await page.goto(site)
    await page.evaluate("document.getElementById('main').append(document.createElement('button'))")

    assert await violations(page, RULES) == ["button-name: <button></button>"]
