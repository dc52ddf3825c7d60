"""A service whose keys are on, as a person with a browser meets it."""

import re

import pytest
import pytest_asyncio
from playwright.async_api import expect

from services.search.access.api_keys import KeyRing
from services.search.settings import SearchSettings
from shared.clock import SystemClock
from tests.browser.serving import serving
from tests.browser.test_accessibility import expected, said_of
from tests.conftest import connected

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def guarded(valkey_url, tmp_path):
    """The address of a service that asks for keys, and a key."""
    async with connected(valkey_url) as connection:
        key, _ = await KeyRing(connection, SystemClock()).create("a reader", ["read"])
        async with serving(tmp_path, SearchSettings(require_keys=True), connection) as address:
            yield address, key


async def test_a_reader_logs_in_goes_on_where_they_wanted_to_and_logs_out(page, guarded):
    address, key = guarded
    await page.goto(f"{address}/?q=battery")
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    await page.get_by_label("Key", exact=True).fill(key)
    await page.get_by_role("button", name="Log in").click()
    await expect(page).to_have_url(re.compile(r"\?q=battery$"))
    await expect(page.locator(".total")).to_have_text("8 articles")
    cookies = await page.context.cookies()
    await page.get_by_role("button", name="Log out").click()
    await expect(page).to_have_url(re.compile("/login"))

    await page.goto(f"{address}/?q=battery")
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert [(cookie["httpOnly"], cookie["sameSite"]) for cookie in cookies] == [(True, "Strict")]


async def test_a_key_that_is_not_known_is_refused_in_words_that_everybody_can_read(page, complaints, guarded):
    address, _ = guarded
    await page.goto(address)
    await page.get_by_label("Key", exact=True).fill("nw_unknown")
    await page.get_by_role("button", name="Log in").click()

    await expect(page.get_by_role("alert")).to_contain_text("This key is not known")
    assert await said_of(page, "the login") == []
    expected(complaints)
