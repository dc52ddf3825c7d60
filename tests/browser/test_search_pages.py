import json

import pytest
from playwright.async_api import expect

from tests.browser.chromium import PHONE
from tests.integration.search.newsroom import articles

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
HOSTILE_ARTICLE = articles()[9].article_id


async def test_a_reader_searches_narrows_by_a_facet_and_opens_an_article(page, site):
    await page.goto(site)
    await page.get_by_label("Search the news").fill("battery")
    await page.get_by_role("button", name="Search").click()
    found = await page.locator(".total").text_content()
    await page.get_by_role("link", name="Ada Brandt 4 articles", exact=True).click()
    narrowed = await page.locator(".total").text_content()
    chip = await page.locator(".chosen-chip").inner_text()
    await page.locator(".result h2 a").first.click()

    assert (found, narrowed) == ("8 articles", "4 articles")
    assert chip.startswith("Person Ada Brandt")
    assert (await page.locator("h1").inner_text()).startswith("Ada Brandt opens battery plant")
    assert await page.locator(".text .mark.organization").first.text_content() == "Acme"


async def test_a_chip_takes_its_filter_off(page, site):
    await page.goto(f"{site}/?person=person:ada&language=de")

    await page.locator(".chosen-chip", has_text="Ada Brandt").click()

    assert await page.locator(".total").text_content() == "2 articles"


async def test_dates_narrow_and_keep_the_words(page, site):
    await page.goto(f"{site}/?q=battery")
    await page.get_by_label("To", exact=True).fill("2026-03-01")

    await page.get_by_role("button", name="Apply the dates").click()

    assert await page.locator(".nothing h2").text_content() == "Nothing matches"
    assert await page.locator("#q").input_value() == "battery"


@pytest.mark.parametrize("path", ["/?q=mallory", f"/articles/{HOSTILE_ARTICLE}"])
async def test_what_a_hostile_article_says_is_shown_and_never_run(page, site, path):
    await page.goto(f"{site}{path}")

    assert await page.evaluate("document.images.length") == 0
    assert "onerror" in await page.locator("main").inner_text()


async def test_a_script_within_the_page_would_be_stopped_by_the_policy(browser, site):
    context = await browser.new_context()
    page = await context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto(site)

    await page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b onclick=\"document.title=1\">x</b>')")
    await page.locator("b[onclick]").click()
    title = await page.title()
    await context.close()

    assert title == "Newsweir"
    assert any("Content Security Policy" in complaint for complaint in said)


@pytest.mark.parametrize("path", ["/?q=battery&person=person:ada", f"/articles/{HOSTILE_ARTICLE}", "/docs"])
async def test_a_phone_shows_pages_without_sideways_scrolling(page, site, path):
    await page.set_viewport_size(PHONE)
    await page.goto(f"{site}{path}")

    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_on_a_phone_filters_are_a_sheet_that_opens_and_closes(page, site):
    await page.set_viewport_size(PHONE)
    await page.goto(site)
    filters = page.locator("#filters")

    before = await filters.is_visible()
    await page.locator(".open-filters").click()
    opened = await filters.is_visible()
    await page.locator(".close-filters").click()

    assert (before, opened, await filters.is_visible()) == (False, True, False)


async def test_keys_lead_to_the_search_box_and_through_the_results(page, site):
    await page.goto(f"{site}/?q=battery")

    await page.keyboard.press("j")
    await page.keyboard.press("j")
    second = await page.evaluate("document.activeElement === document.querySelectorAll('.result h2 a')[1]")
    await page.keyboard.press("/")

    assert second
    assert await page.evaluate("document.activeElement.id") == "q"
    assert await page.locator("#q").input_value() == "battery"


async def test_codes_of_languages_get_their_names_on_the_pages_that_follow_too(page, site):
    await page.goto(f"{site}/?language=de&size=1")
    total = int((await page.locator("h1.total").text_content()).split()[0])
    assert total > 1

    await page.locator("#paging").scroll_into_view_if_needed()

    await expect(page.locator("#results .result")).to_have_count(total)
    assert await page.locator("#results [data-name-of=language]").all_text_contents() == ["German"] * total


async def test_an_article_that_is_told_of_again_stands_once_on_the_live_page(page, site):
    newest = (await (await page.request.get(f"{site}/v1/articles?sort=newest&size=1")).json())["articles"][0]
    told = f"event: article\ndata: {json.dumps(newest)}\n\n"
    await page.route("**/v1/live*", lambda route: route.fulfill(content_type="text/event-stream", body=told))

    await page.goto(f"{site}/live")

    await expect(page.locator("#live .arrived")).to_have_count(1)
    await expect(page.locator(f'#live h2 a[href="/articles/{newest["id"]}"]')).to_have_count(1)


async def test_codes_of_languages_get_their_names(page, site):
    await page.goto(site)

    labels = await page.locator("[data-name-of=language]").all_text_contents()

    assert {"English", "German"} <= set(labels)
