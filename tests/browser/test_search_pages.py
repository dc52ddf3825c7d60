import pytest

from tests.integration.search.newsroom import articles

pytestmark = pytest.mark.browser
HOSTILE_ARTICLE = articles()[9].article_id


async def text_of(tab, selector):
    return await tab.evaluate(f"document.querySelector('{selector}')?.textContent.replace(/\\s+/g, ' ').trim()")


async def test_a_reader_searches_narrows_by_a_facet_and_opens_an_article(tab, site):
    await tab.open(f"{site}/")
    await tab.evaluate("document.getElementById('q').value = 'battery'")
    await tab.click(".search button")
    found = await text_of(tab, ".total")
    await tab.click(".buckets a[href*='person:ada']")
    narrowed = await text_of(tab, ".total")
    chip = await text_of(tab, ".chosen-chip")
    await tab.click(".result h2 a")
    title = await text_of(tab, "h1")

    assert (found, narrowed) == ("8 articles", "4 articles")
    assert chip.startswith("Person Ada Brandt")
    assert title.startswith("Ada Brandt opens battery plant")
    assert await text_of(tab, ".text .mark.organization") == "Acme"
    assert tab.complaints == []


async def test_a_chip_takes_its_filter_off(tab, site):
    await tab.open(f"{site}/?person=person:ada&language=de")

    await tab.click(".chosen-chip[href='/?language=de']")

    assert await text_of(tab, ".total") == "2 articles"


async def test_dates_narrow_and_keep_the_words(tab, site):
    await tab.open(f"{site}/?q=battery")
    await tab.evaluate("document.querySelector('input[name=to]').value = '2026-03-01'")

    await tab.click(".dates button")

    assert await text_of(tab, ".nothing h2") == "Nothing matches"
    assert await tab.evaluate("document.getElementById('q').value") == "battery"


@pytest.mark.parametrize("path", ["/?q=mallory", f"/articles/{HOSTILE_ARTICLE}"])
async def test_what_a_hostile_article_says_is_shown_and_never_run(tab, site, path):
    await tab.open(f"{site}{path}")

    assert await tab.evaluate("document.images.length") == 0
    assert "onerror" in await text_of(tab, "main")
    assert tab.complaints == []


async def test_a_script_within_the_page_would_be_stopped_by_the_policy(tab, site):
    await tab.open(f"{site}/")

    await tab.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<button onclick=\"document.title=1\">x</button>')"
    )
    await tab.evaluate("document.querySelector('button[onclick]').click()")

    assert await tab.evaluate("document.title") == "Newsweir"
    assert any("Content Security Policy" in complaint for complaint in tab.complaints)


@pytest.mark.parametrize("path", ["/?q=battery&person=person:ada", f"/articles/{HOSTILE_ARTICLE}", "/docs"])
async def test_a_phone_shows_pages_without_sideways_scrolling(tab, site, path):
    await tab.resize(360, 740)
    await tab.open(f"{site}{path}")

    assert await tab.evaluate("document.documentElement.scrollWidth") <= 360


async def test_on_a_phone_filters_are_a_sheet_that_opens_and_closes(tab, site):
    shown = "getComputedStyle(document.getElementById('filters')).display"
    await tab.resize(360, 740)
    await tab.open(f"{site}/")

    before = await tab.evaluate(shown)
    await tab.evaluate("document.querySelector('.open-filters').click()")
    opened = await tab.evaluate(shown)
    await tab.evaluate("document.querySelector('.close-filters').click()")
    closed = await tab.evaluate(shown)

    assert (before, opened, closed) == ("none", "block", "none")


async def test_keys_lead_to_the_search_box_and_through_the_results(tab, site):
    await tab.open(f"{site}/?q=battery")

    await tab.press("j")
    await tab.press("j")
    second = await tab.evaluate("document.activeElement === document.querySelectorAll('.result h2 a')[1]")
    await tab.press("/")

    assert second
    assert await tab.evaluate("document.activeElement.id") == "q"
    assert await tab.evaluate("document.activeElement.value") == "battery"


async def test_codes_of_languages_get_their_names(tab, site):
    await tab.open(f"{site}/")

    labels = await tab.evaluate("[...document.querySelectorAll('[data-name-of=language]')].map(e => e.textContent)")

    assert {"English", "German"} <= set(labels)
    assert tab.complaints == []
