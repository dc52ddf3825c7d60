"""/v1/alerts over a real broker and a store of its own, with receivers on loopback."""

import asyncio
import json
import shutil
from contextlib import asynccontextmanager
from datetime import timedelta

import feedparser
import httpx
import pytest

from services.search.alerts.editing import Editor
from services.search.alerts.fire import Firing
from services.search.alerts.history import History
from services.search.alerts.listening import Listeners, entry_id
from services.search.alerts.rules import UnknownAlert, Webhook
from services.search.alerts.service import open_alerts
from services.search.alerts.settings import AlertSettings
from services.search.alerts.webhook import new_secret
from services.search.api.alert_models import AlertChange
from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.article_store.opening import open_reader, open_writer
from shared.settings import BusSettings, HttpSettings, StoreSettings
from tests.builders import a_stored_article, a_withdrawal
from tests.fakes_receivers import a_webhook
from tests.integration.search.newsroom import asking

SPEC = {"name": "Batteries", "query": {"q": "battery"}}


@asynccontextmanager
async def service(connection, clock, store, **settings):
    """A client of the service, and its alerts, over the articles of `newsroom`, put an hour ago."""
    bus = BusSettings(key_prefix=connection.prefix)
    clock.advance(3_600)
    reader = await open_reader(store, clock)
    async with open_alerts(AlertSettings(**settings), bus, connection, reader, clock) as alerts:
        app = create_app(reader, store, HttpSettings(), SearchSettings(), clock, connection, alerts)
        async with asking(app) as client:
            yield client, alerts
    await reader.close()


@pytest.fixture
async def opened(connection, clock, filled_store):
    async with service(connection, clock, filled_store) as opened:
        yield opened


@pytest.fixture
def client(opened) -> httpx.AsyncClient:
    return opened[0]


async def created(client, **fields) -> dict:
    response = await client.post("/v1/alerts", json={**SPEC, **fields})
    assert response.status_code == 201, response.text
    return response.json()


async def fire(alerts, clock, alert_id: str, *numbers: int) -> None:
    """Let the alert find articles of the newsroom, fetched just now."""
    alert = await alerts.book.get(alert_id)
    now = alert.active_since + timedelta(seconds=1)
    clock.advance(1)
    await alerts.trigger.fire([Firing(alert, a_stored_article(number, fetched_at=now)) for number in numbers])


async def test_a_saved_query_is_answered_with_its_links_and_found_again(client):
    alert = await created(client, query={"q": "battery", "language": ["de", "en"]}, once_per="story")

    one = (await client.get(alert["links"]["self"])).json()
    listed = (await client.get("/v1/alerts")).json()["alerts"]
    found = (await client.get(alert["links"]["articles"])).json()["total"]["value"]

    assert one == alert == listed[0]
    assert (alert["once_per"], alert["enabled"]) == ("story", True)
    assert alert["parameters"] == {"q": ["battery"], "language": ["de", "en"]}
    assert found == 8


async def test_a_query_string_says_the_same(client):
    alert = await created(client, query="q=battery&language=de")

    assert (await client.get(alert["links"]["articles"])).json()["total"]["value"] == 2


async def test_the_secret_of_a_webhook_is_shown_once(client):
    hook = {"kind": "webhook", "url": "https://hooks.example/in"}
    alert = await created(client, channels=[hook])
    again = (await client.get(alert["links"]["self"])).json()

    assert alert["channels"][0]["secret"].startswith("whsec_")
    assert again["channels"][0]["secret"] is None
    assert alert["channels"][0]["secret"] not in (await client.get("/v1/alerts")).text


async def test_a_channel_that_is_named_keeps_its_secret_and_one_of_ones_own_is_never_shown(opened):
    client, alerts = opened
    hook = {"kind": "webhook", "url": "https://hooks.example/in"}
    alert = await created(client, channels=[hook])
    first = alert["channels"][0]

    moved = {**hook, "url": "https://hooks.example/new", "id": first["id"]}
    own = {**hook, "secret": "a secret of my own choice"}
    changed = await client.patch(alert["links"]["self"], json={"channels": [moved, own]})

    kept = (await alerts.book.get(alert["id"])).channels
    assert [channel.secret for channel in kept] == [first["secret"], own["secret"]]
    assert [channel["secret"] for channel in changed.json()["channels"]] == [None, None]


async def test_put_replaces_and_patch_changes_what_it_names(client):
    alert = await created(client, channels=[{"kind": "email", "to": ["ada@desk.example"], "digest": "daily"}])

    patched = (await client.patch(alert["links"]["self"], json={"name": "Cells"})).json()
    put = (await client.put(alert["links"]["self"], json={**SPEC, "enabled": False})).json()

    assert (patched["name"], patched["channels"]) == ("Cells", alert["channels"])
    assert (put["name"], put["channels"], put["enabled"]) == ("Batteries", [], False)
    assert put["created_at"] == alert["created_at"]


async def test_an_alert_that_was_silent_starts_anew_when_it_is_enabled(client, clock):
    alert = await created(client, enabled=False)
    clock.advance(3_600)

    enabled = (await client.patch(alert["links"]["self"], json={"enabled": True})).json()
    clock.advance(3_600)
    again = (await client.patch(alert["links"]["self"], json={"enabled": True})).json()

    assert enabled["active_since"] > alert["active_since"]
    assert again["active_since"] == enabled["active_since"]


async def test_a_deleted_alert_is_gone_everywhere(client):
    alert = await created(client)

    deleted = await client.delete(alert["links"]["self"])

    assert deleted.status_code == 204
    for path in alert["links"].values():
        if "/v1/alerts/" in path:
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["type"]) == (404, "/docs#unknown-alert")
    assert (await client.delete(alert["links"]["self"])).status_code == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"query": {"qq": "x"}}, "qq"),
        ({"query": {"q": "(battery"}}, "character"),
        ({"query": {"size": 5}}, "size"),
        ({"query": {"person": {"a": 1}}}, "person"),
        ({"query": "q=" + "x" * 9_000}, "characters"),
        ({"name": ""}, "name"),
        ({"colour": "red"}, "colour"),
        ({"channels": [{"kind": "pigeon"}]}, "pigeon"),
        ({"channels": [{"kind": "webhook", "url": "http://127.0.0.1:9/x"}] * 9}, "channels"),
        ({"channels": [{"kind": "webhook", "url": "ftp://hooks.example/"}]}, "http"),
        ({"channels": [{"kind": "webhook", "url": "https://u:p@hooks.example/"}]}, "user information"),
        ({"channels": [{"kind": "webhook", "url": "https://hooks.example:6379/"}]}, "port"),
        ({"channels": [{"kind": "webhook", "url": "https://hooks.example/", "id": "0000"}]}, "0000"),
        ({"channels": [{"kind": "email", "to": ["ada@desk.example\r\nBcc: x@desk.example"]}]}, "to"),
        ({"channels": [{"kind": "email", "to": []}]}, "to"),
    ],
)
async def test_what_does_not_fit_is_a_problem_that_says_what(client, fields, said):
    response = await client.post("/v1/alerts", json={**SPEC, **fields})

    assert response.status_code == 400, response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    assert said in response.json()["detail"]
    assert (await client.get("/v1/alerts")).json() == {"alerts": []}


async def test_a_page_of_another_origin_saves_nothing(client):
    response = await client.post("/v1/alerts", json=SPEC, headers={"Origin": "https://evil.example"})

    assert response.status_code == 403


async def test_a_test_shows_what_would_have_fired(client):
    alert = await created(client)

    within = (await client.post(f"{alert['links']['self']}/test", json={"days": 1})).json()
    before = (await client.post(f"{alert['links']['self']}/test", json={"days": 0.01})).json()

    assert (within["total"], len(within["articles"]), within["deliveries"]) == (8, 8, [])
    assert before["total"] == 0


async def test_a_test_of_an_alert_whose_time_is_over_finds_nothing(client):
    alert = await created(client, query="q=battery&to=2020-01-01")

    answer = await client.post(f"{alert['links']['self']}/test", json={})

    assert (answer.status_code, answer.json()["total"]) == (200, 0)


async def test_a_change_does_not_bring_back_an_alert_that_was_deleted_meanwhile(opened):
    client, alerts = opened
    alert_id = (await created(client))["id"]

    async def deleted_meanwhile(url: str) -> None:
        await client.delete(f"/v1/alerts/{alert_id}")

    editor = Editor(alerts.book, alerts.clock, check_url=deleted_meanwhile)
    with pytest.raises(UnknownAlert):
        await editor.change(alert_id, AlertChange(channels=[{"kind": "webhook", "url": "https://hooks.example/in"}]))

    assert (await client.get("/v1/alerts")).json()["alerts"] == []


async def test_of_two_changes_at_once_each_keeps_what_the_other_changed(opened):
    client, _ = opened
    link = (await created(client))["links"]["self"]

    answers = await asyncio.gather(
        *(client.patch(link, json=change) for change in ({"name": "Cells"}, {"once_per": "story"}, {"enabled": False}))
    )

    alert = (await client.get(link)).json()
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert (alert["name"], alert["once_per"], alert["enabled"]) == ("Cells", "story", False)


async def test_a_test_is_delivered_and_says_that_it_is_one(connection, clock, filled_store):
    async with a_webhook() as receiver, a_webhook(500) as broken:
        origins = (receiver.url, broken.url)
        async with service(connection, clock, filled_store, webhook_origins=origins) as (client, _):
            alert = await created(client, channels=[{"kind": "webhook", "url": url} for url in origins])
            result = (await client.post(f"{alert['links']['self']}/test", json={"deliver": True})).json()

    assert [delivery["delivered"] for delivery in result["deliveries"]] == [True, False]
    assert "500" in result["deliveries"][1]["error"]
    assert json.loads(receiver.got[0][1])["type"] == "alert.test"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1/in", "loopback"),
        ("http://localhost:8080/in", "loopback"),
        ("http://[::1]/in", "loopback"),
        ("https://10.1.2.3/in", "private"),
        ("http://169.254.169.254/latest", "link-local"),
        ("http://hooks.example:9000/in", "port 9000"),
    ],
)
async def test_a_webhook_inside_is_refused_when_it_is_saved(client, url, said):
    hook = [{"kind": "webhook", "url": url}]
    kept = await created(client)

    answers = (
        await client.post("/v1/alerts", json={**SPEC, "channels": hook}),
        await client.patch(kept["links"]["self"], json={"channels": hook}),
        await client.put(kept["links"]["self"], json={**SPEC, "channels": hook}),
    )

    for answer in answers:
        detail = answer.json()["detail"]
        assert answer.status_code == 400
        assert said in detail
        assert "names its origin in NEWSWEIR_WEBHOOK_ORIGINS" in detail
        assert "LOOPBACK" not in detail
    assert [alert["channels"] for alert in (await client.get("/v1/alerts")).json()["alerts"]] == [[]]


async def test_a_webhook_that_leads_inside_later_is_refused_when_it_is_tried(opened):
    client, alerts = opened
    alert = await created(client)
    hook = Webhook(id="0f0f0f0f", url="http://169.254.169.254/latest", secret=new_secret())
    stored = await alerts.book.get(alert["id"])
    await alerts.book.put(stored.model_copy(update={"channels": (hook,)}))

    result = (await client.post(f"{alert['links']['self']}/test", json={"deliver": True})).json()

    assert "link-local" in result["deliveries"][0]["error"]


async def test_what_fired_is_a_feed_whose_articles_are_those_of_the_store(connection, clock, filled_store, tmp_path):
    shutil.copytree(filled_store.data_dir, tmp_path, dirs_exist_ok=True)
    store = StoreSettings(data_dir=tmp_path)
    async with service(connection, clock, store) as (client, alerts):
        alert = await created(client)
        await fire(alerts, clock, alert["id"], 1, 2, 10)
        writer = await open_writer(store, clock)
        await writer.withdraw([a_withdrawal(1, reason="forgotten", hard=True)])
        await writer.close()
        clock.advance(1)

        response = await client.get(alert["links"]["feed"])

    feed = feedparser.parse(response.content)
    assert response.headers["Content-Type"].startswith("application/rss+xml")
    assert not feed.bozo
    assert feed.feed.title == "Newsweir: Batteries"
    assert [entry.link for entry in feed.entries] == [a_stored_article(number).article.url for number in (10, 2)]


async def test_deliveries_say_what_became_of_each_notice(opened, clock):
    client, alerts = opened
    alert = await created(client, channels=[{"kind": "webhook", "url": "https://hooks.example/in"}])
    await fire(alerts, clock, alert["id"], 1, 2)

    deliveries = (await client.get(alert["links"]["deliveries"])).json()["deliveries"]

    assert [(d["state"], d["attempts"], d["channel_id"]) for d in deliveries] == [
        ("pending", 0, alert["channels"][0]["id"])
    ] * 2


async def events_of(alerts, alert_id: str, after: str, count: int) -> list[dict]:
    """The next events of an alert, as the route answers with them."""
    history, found = History(alerts.connection, alerts.reader, alerts.clock), []
    async with asyncio.timeout(20):
        async for piece in Listeners(alerts.clock).events(history, alert_id, after):
            lines = dict(line.split(": ", 1) for line in piece.decode().splitlines() if ": " in line)
            if "data" in lines:
                found.append({**lines, "data": json.loads(lines["data"])})
            if len(found) == count:
                break
    return found


async def test_what_fires_is_sent_to_listeners_and_they_go_on_where_they_were(opened, clock):
    client, alerts = opened
    alert = await created(client)
    await fire(alerts, clock, alert["id"], 1, 2)

    first, second = await events_of(alerts, alert["id"], "0-0", 2)
    await fire(alerts, clock, alert["id"], 3)
    [third] = await events_of(alerts, alert["id"], second["id"], 1)

    urls = [event["data"]["url"] for event in (first, second, third)]
    assert urls == [a_stored_article(number).article.url for number in (1, 2, 3)]


async def test_listeners_are_let_go_when_the_service_stops(opened):
    client, alerts = opened
    alert = await created(client)
    stream = alerts.listeners.events(History(alerts.connection, alerts.reader, alerts.clock), alert["id"], "0-0")

    first, second = await anext(stream), await anext(stream)
    alerts.listeners.close()

    assert (first, second) == (b"id: 0-0\n\n", b": here\n\n")
    assert [piece async for piece in stream] == []


@pytest.mark.parametrize(
    ("said", "meant"), [("12-0", "12-0"), ("x", None), ("1-", None), (None, None), ("1-2-3", None)]
)
def test_only_the_id_of_an_entry_is_one_to_go_on_after(said, meant):
    assert entry_id(said) == meant


async def test_without_a_broker_alerts_say_that_it_is_away(clock, tmp_path):
    store = StoreSettings(data_dir=tmp_path)
    app = create_app(await open_reader(store, clock), store, HttpSettings(), SearchSettings(), clock)
    async with asking(app) as client:
        response = await client.get("/v1/alerts")

    assert (response.status_code, response.json()["type"]) == (503, "/docs#broker-unavailable")


async def test_a_body_that_is_not_sent_as_json_is_told_how_to_be(client):
    response = await client.post("/v1/alerts", content='{"name": "x"}', headers={"Content-Type": "text/plain"})

    assert response.status_code == 400
    assert "Content-Type: application/json" in response.json()["detail"]
