import asyncio
import base64
import hashlib
import hmac
import json
import re

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from services.search.alerts.webhook import WebhookFailed, WebhookRefused, body_of, new_secret, post, signature
from shared.clock import SystemClock
from shared.errors import AddressRefused, FetchFailed
from shared.http_client import GuardedClient
from tests.fakes_receivers import a_webhook
from tests.unit.services.search.alerts.scene import SECRET, a_notice, a_webhook_channel, an_alert
from tests.written_commands import ROOT


async def deliver(url: str, clock, *, trusted: tuple[str, ...] = (), timeout_s: float = 5) -> None:
    notice = a_notice()
    async with GuardedClient("Newsweir", timeout_s=timeout_s, trusted=trusted) as client:
        await post(client, a_webhook_channel(url), notice.delivery_id, body_of(an_alert(), notice), clock)


def documented_check():
    """The function that docs/alerts.md gives to receivers."""
    [snippet] = re.findall(r"^```python\n(.*?)^```$", (ROOT / "docs/alerts.md").read_text(), re.DOTALL | re.MULTILINE)
    names = {}
    exec(snippet, names)
    return names["is_genuine"]


async def test_a_receiver_can_tell_from_whom_a_notice_is_and_when_it_was_sent(clock):
    async with a_webhook() as receiver:
        await deliver(receiver.url, clock, trusted=(receiver.url,))

    [(headers, body)] = receiver.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"] == a_notice().delivery_id
    assert int(headers["webhook-timestamp"]) == clock.now_ms() // 1000


async def test_what_the_page_on_alerts_tells_receivers_to_run_knows_a_genuine_notice_from_any_other():
    is_genuine = documented_check()
    async with a_webhook() as receiver:
        await deliver(receiver.url, SystemClock(), trusted=(receiver.url,))

    [(headers, body)] = receiver.got
    late = {**headers, "webhook-timestamp": str(int(headers["webhook-timestamp"]) - 301)}
    late["webhook-signature"] = signature(SECRET, headers["webhook-id"], int(late["webhook-timestamp"]), body)
    assert is_genuine(headers, body, SECRET)
    assert not is_genuine(headers, body + b" ", SECRET)
    assert not is_genuine(headers, body, new_secret())
    assert not is_genuine({**headers, "webhook-id": "0" * 32}, body, SECRET)
    assert not is_genuine(late, body, SECRET)


async def test_the_body_says_which_alert_and_which_articles(clock):
    async with a_webhook() as receiver:
        await deliver(receiver.url, clock, trusted=(receiver.url,))

    said = json.loads(receiver.got[0][1])
    assert (said["type"], said["id"]) == ("alert.fired", a_notice().delivery_id)
    assert said["data"]["alert"]["name"] == "Alert 1"
    assert [article["title"] for article in said["data"]["articles"]] == ["Council discusses matter 1"]


def test_a_test_says_that_it_is_one():
    assert json.loads(body_of(an_alert(), a_notice(), test=True))["type"] == "alert.test"


@pytest.mark.parametrize("status", [400, 401, 404, 410, 301, 307])
async def test_a_receiver_that_will_never_take_it_is_believed(clock, status):
    async with a_webhook(status, Location="/elsewhere") as receiver:
        with pytest.raises(WebhookRefused, match=str(status)):
            await deliver(receiver.url, clock, trusted=(receiver.url,))

    assert len(receiver.got) == 1


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
async def test_a_receiver_that_may_take_it_later_is_asked_again_when_it_says(clock, status):
    async with a_webhook(status, Retry_After="120") as receiver:
        with pytest.raises(WebhookFailed, match=str(status)) as failure:
            await deliver(receiver.url, clock, trusted=(receiver.url,))

    assert failure.value.retry_after_s == 120


@pytest.mark.parametrize("asked", ["-5", "soon", "9" * 30])
async def test_a_wait_that_is_none_is_not_obeyed(clock, asked):
    async with a_webhook(503, Retry_After=asked) as receiver:
        with pytest.raises(WebhookFailed) as failure:
            await deliver(receiver.url, clock, trusted=(receiver.url,))

    assert failure.value.retry_after_s is None


async def test_a_webhook_reaches_nothing_inside_unless_the_operator_names_it(clock):
    async with a_webhook() as receiver:
        with pytest.raises(AddressRefused):
            await deliver(receiver.url, clock)
        with pytest.raises(AddressRefused):
            await deliver("http://169.254.169.254/latest/meta-data", clock, trusted=(receiver.url,))

    assert receiver.got == []


async def test_a_receiver_that_is_away_may_come_back(clock):
    with pytest.raises(FetchFailed):
        await deliver("http://127.0.0.1:9/hook", clock, trusted=("http://127.0.0.1:9",))


async def test_what_a_receiver_writes_below_its_status_is_of_no_account(clock):
    async def chatty(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"<!doctype html>" + b" " * 200_000)
        # What never ends is not waited for.
        await asyncio.sleep(30)
        return answer

    app = web.Application()
    app.router.add_post("/hook", chatty)
    async with TestServer(app, skip_url_asserts=True) as server:
        url = str(server.make_url("/hook"))

        await asyncio.wait_for(deliver(url, clock, trusted=(url,)), 3)


def test_secrets_are_long_and_never_the_same():
    first, second = new_secret(), new_secret()

    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"))) == 24


def test_a_secret_of_another_form_signs_too():
    assert signature("a secret of my own", "id", 1, b"x") != signature("another secret of mine", "id", 1, b"x")
