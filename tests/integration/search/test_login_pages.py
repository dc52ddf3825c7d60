"""Logging in and out, as a browser does it."""

import pytest

from services.search.access.api_keys import KeyRing
from services.search.access.sessions import COOKIE
from tests.integration.search.test_access import ask  # noqa: F401 (fixture)
from tests.integration.search.test_pages import Outline

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
async def browser(ask):  # noqa: F811
    client = await ask(require_keys=True)
    client.headers.update(HTML)
    return client


async def a_key(connection, clock, scope="read") -> str:
    return (await KeyRing(connection, clock).create("test", [scope]))[0]


async def log_in(browser, key, onward="/"):
    return await browser.post("/login", data={"key": key, "next": onward})


async def test_a_reader_without_a_session_is_led_to_the_login_and_back(browser, connection, clock):
    refused = await browser.get("/?q=battery&size=5")
    form = Outline((await browser.get(refused.headers["Location"])).text)
    onward = next(field["value"] for field in form.all("input") if field.get("name") == "next")
    logged_in = await log_in(browser, await a_key(connection, clock), onward)

    assert (refused.status_code, logged_in.status_code) == (303, 303)
    assert logged_in.headers["Location"] == "/?q=battery&size=5"
    assert (await browser.get("/")).status_code == 200
    assert (await browser.get("/v1/suggest?q=a")).status_code == 200


async def test_programs_are_told_instead_of_led(browser):
    answer = await browser.get("/v1/articles")

    assert answer.status_code == 401
    assert answer.json()["type"] == "/docs#key-needed"


async def test_no_script_and_no_other_site_gets_the_session(browser, connection, clock):
    cookie = (await log_in(browser, await a_key(connection, clock))).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie


async def test_over_tls_the_session_never_goes_without_it(browser, connection, clock):
    address = browser.base_url.copy_with(scheme="https")

    answer = await browser.post(f"{address}/login", data={"key": await a_key(connection, clock)})

    assert "Secure" in answer.headers["Set-Cookie"]


async def test_a_wrong_key_is_told_and_opens_nothing(browser):
    answer = await log_in(browser, "nw_000000000000_" + "a" * 43)

    assert answer.status_code == 401
    assert "not known" in answer.text
    assert "Set-Cookie" not in answer.headers


async def test_a_session_may_do_what_its_key_may(browser, connection, clock):
    await log_in(browser, await a_key(connection, clock, "read"))
    reading = await browser.post("/pipeline/letters", data={"how": "replay"})
    await log_in(browser, await a_key(connection, clock, "write"))
    writing = await browser.post("/pipeline/letters", data={"how": "replay"})
    adding = await browser.post("/sources/remove", data={"id": "x"})

    assert [reading.status_code, writing.status_code, adding.status_code] == [403, 303, 403]


async def test_a_form_of_another_site_neither_logs_in_nor_uses_the_session(browser, connection, clock):
    key = await a_key(connection, clock, "write")
    foreign = {"Origin": "https://evil.example"}

    assert (await browser.post("/login", data={"key": key}, headers=foreign)).status_code == 403
    await log_in(browser, key)
    assert (await browser.post("/pipeline/letters", data={"how": "replay"}, headers=foreign)).status_code == 403


async def test_whoever_logs_out_is_out_in_the_broker_too(browser, connection, clock):
    await log_in(browser, await a_key(connection, clock))
    token = browser.cookies[COOKIE]
    assert "Log out" in (await browser.get("/")).text

    answer = await browser.post("/logout")
    browser.cookies.set(COOKIE, token)

    assert answer.headers["Location"] == "/login"
    assert (await browser.get("/")).status_code == 303


async def test_a_key_that_is_revoked_ends_its_sessions_at_once(browser, connection, clock):
    ring = KeyRing(connection, clock)
    presented, key = await ring.create("test", ["read"])
    await log_in(browser, presented)

    await ring.revoke(key.id)

    assert (await browser.get("/")).status_code == 303


async def test_the_login_leads_nobody_elsewhere(browser, connection, clock):
    answer = await log_in(browser, await a_key(connection, clock), "//evil.example")

    assert answer.headers["Location"] == "/"


async def test_where_no_key_is_needed_a_session_that_ended_is_no_obstacle(ask):  # noqa: F811
    client = await ask()
    client.cookies.set(COOKIE, "a" * 43)

    answer = await client.get("/", headers=HTML)

    assert answer.status_code == 200
    assert "Log out" not in answer.text
