import pytest
from axe_playwright_python.async_playwright import Axe

from tests.browser.chromium import PHONE, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(280)]
RULES: dict = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# All that the scheme of colours changes.
COLOURS = {"runOnly": ["color-contrast"]}
FIXED = ("/", "/?q=battery&language=en", "/?q=%22nothing+says+this%22", "/live", "/deals", "/quotes", "/stories",
         "/sources", "/pipeline", "/docs", "/alerts", "/alerts/new?q=battery")  # fmt: skip


async def every_page(demo) -> list[str]:
    """The fixed pages, and one of each kind that has an id."""
    article = (await demo.get("/v1/relations", size=1))["relations"][0]
    story = (await demo.get("/v1/stories", size=1))["stories"][0]
    return [*FIXED, f"/articles/{article['article']['id']}", f"/entities/{article['subject']['id']}",
            f"/stories/{story['id']}"]  # fmt: skip


async def violations(page, rules: dict) -> list[str]:
    """Rule and element, of whatever axe finds."""
    found = (await Axe().run(page, options={**rules, "resultTypes": ["violations"]})).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
async def test_axe_finds_nothing_that_keeps_people_out(page, demo, address, window):
    await page.set_viewport_size(window)
    found = []

    for path in await every_page(demo):
        await page.emulate_media(color_scheme="light")
        await page.goto(f"{address}{path}")
        found += [f"{path} {said}" for said in await violations(page, RULES)]
        await page.emulate_media(color_scheme="dark")
        found += [f"{path} in the dark {said}" for said in await violations(page, COLOURS)]

    assert not found, "\n".join(found)


async def test_axe_would_find_what_is_wrong(page, site):
    await page.goto(site)
    await page.evaluate("document.getElementById('main').append(document.createElement('button'))")

    assert await violations(page, RULES) == ["button-name: <button></button>"]
