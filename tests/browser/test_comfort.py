"""What a script and the style sheet add to pages that work without: each looked at in the demo."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.places import find_places

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(280)]
# What moves, or would when something changes.
MOVING = """
() => [...document.querySelectorAll("*")].filter((element) => {
  const style = getComputedStyle(element);
  return style.animationName !== "none" || style.transitionDuration.split(",").some((time) => parseFloat(time) > 0);
}).map((element) => element.outerHTML.slice(0, 80))
"""


async def test_what_is_drawn_over_the_chart_becomes_a_time_between_two_days(page, address):
    await page.goto(address)
    bars = page.locator("#histogram a")
    first, last = await bars.nth(1).bounding_box(), await bars.nth(3).bounding_box()
    await page.mouse.move(first["x"] + 3, first["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(last["x"] + 3, last["y"] + 10, steps=4)
    await page.mouse.up()

    await expect(page).to_have_url(re.compile(r"from=.*to="))
    await expect(page.locator(".chosen-chip", has_text="Published")).to_have_count(2)


async def test_names_are_suggested_while_they_are_typed(page, demo, address):
    name = (await demo.get("/v1/relations", size=1))["relations"][0]["subject"]["name"]
    await page.goto(address)
    await page.locator("#q").press_sequentially(name[:4])
    await expect(page.get_by_role("option", name=name).first).to_be_visible()
    await page.locator("#q").press("ArrowDown")
    await page.locator("#q").press("Enter")

    await expect(page.locator(".chosen-chip")).to_have_count(1)


async def test_the_next_articles_come_when_the_end_is_near(page, address):
    await page.goto(address)
    results = page.locator("#results .result")
    before = await results.count()

    await page.locator("#paging").scroll_into_view_if_needed()

    await expect(results.nth(before)).to_be_attached()


async def test_values_of_a_facet_are_found_by_their_first_letters(page, address):
    await page.goto(address)
    await page.get_by_label("Search within Topic").fill("techn")
    await page.get_by_label("Search within Topic").press("Enter")

    topics = page.locator("#filters details", has=page.get_by_role("heading", name="Topic", exact=True))
    await expect(topics.locator(".label").first).to_contain_text("techn")
    await expect(page).to_have_url(re.compile(r"facet\.topic\.q=techn$"))


async def test_amounts_between_two_bounds_are_chips_and_an_address(page, address):
    await page.goto(address)
    box = page.locator("#filters details", has=page.get_by_role("heading", name="Deal size", exact=True))
    await box.locator("summary").click()
    await box.get_by_label("From, $").fill("500m")
    await box.get_by_role("button", name="Apply").click()

    await expect(page.locator(".chosen-chip", has_text="from $500 million")).to_have_count(1)
    await expect(page).to_have_url(re.compile(r"\?amount_from=500m$"))
    await expect(page.locator(".result").first).to_be_visible()


async def test_topics_stand_below_those_they_belong_to(page, address):
    await page.goto(address)

    topics = page.locator("#filters details", has=page.get_by_role("heading", name="Topic", exact=True))
    await expect(topics.locator(".depth-1").first).to_be_visible()


@pytest.mark.parametrize("wish", ["reduce", "no-preference"])
async def test_nothing_moves_by_itself(page, demo, address, wish):
    await page.emulate_media(reduced_motion=wish)
    for path in ("/", "/live", (await find_places(demo)).entity):
        await page.goto(f"{address}{path}")

        assert await page.evaluate(MOVING) == []


async def test_an_article_is_printed_without_what_is_for_clicking_and_dark_on_white(page, demo, address):
    await page.emulate_media(media="print", color_scheme="dark")
    await page.goto(f"{address}{(await find_places(demo)).article}")

    await expect(page.locator(".top")).to_be_hidden()
    await expect(page.locator(".actions")).to_be_hidden()
    await expect(page.locator(".text p").first).to_be_visible()
    assert await page.locator("body").evaluate("body => getComputedStyle(body).color") == "rgb(0, 0, 0)"
    sheet = page.locator(".sheet")
    assert await sheet.evaluate("sheet => getComputedStyle(sheet).backgroundColor") == "rgb(255, 255, 255)"
