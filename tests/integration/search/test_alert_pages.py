"""The pages of alerts over a real broker and a store of its own."""

import html as markup

import pytest

from tests.fakes_receivers import a_webhook
from tests.integration.search.newsroom import HOSTILE
from tests.integration.search.test_alerts_api import created, fire, opened, service  # noqa: F401 (fixture)
from tests.integration.search.test_pages import Outline, page

FORM = {"name": "Batteries", "query": "q=battery&language=en", "once_per": "story", "delivery": "none"}


@pytest.fixture
def client(opened):  # noqa: F811
    return opened[0]


async def test_the_search_page_leads_to_a_form_that_holds_the_search(client):
    search = await page(client, "/?q=battery&not_language=de&size=5")
    (link,) = [link for link in Outline(search).links if link.startswith("/alerts/new?")]

    fields = {field.get("name"): field for field in Outline(await page(client, link)).all("input")}

    assert fields["query"]["value"] == "q=battery&not_language=de"
    assert fields["name"]["value"] == "battery; not Language: de"


async def test_the_form_saves_an_alert_that_the_api_knows(client):
    saved = await client.post("/alerts", data=FORM)
    (alert,) = (await client.get("/v1/alerts")).json()["alerts"]

    assert saved.status_code == 303
    assert saved.headers["Location"].startswith(f"/alerts/{alert['id']}?said=")
    assert (alert["name"], alert["query"], alert["once_per"]) == ("Batteries", "q=battery&language=en", "story")


async def test_a_form_that_does_not_fit_is_shown_again_with_what_was_typed(client):
    answer = await client.post("/alerts", data={**FORM, "query": "qq=battery", "name": HOSTILE})

    assert answer.status_code == 422
    assert "is q meant?" in answer.text
    assert HOSTILE not in answer.text
    assert markup.escape(HOSTILE) in answer.text.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")
    assert (await client.get("/v1/alerts")).json()["alerts"] == []


async def test_a_webhook_inside_is_refused_with_the_form_as_it_was_filled_in(client):
    answer = await client.post("/alerts", data={**FORM, "delivery": "webhook", "url": "http://localhost:8080/in"})

    fields = {field.get("name"): field for field in Outline(answer.text).all("input")}
    assert answer.status_code == 422
    assert "Address of the webhook: address 127.0.0.1 is loopback" in answer.text
    assert "names its origin in NEWSWEIR_WEBHOOK_ORIGINS" in answer.text
    assert fields["url"]["value"] == "http://localhost:8080/in"
    assert (await client.get("/v1/alerts")).json()["alerts"] == []


async def test_the_secret_of_a_webhook_is_shown_once(client):
    saved = await client.post("/alerts", data={**FORM, "delivery": "webhook", "url": "https://hooks.example/in"})
    (alert,) = (await client.get("/v1/alerts")).json()["alerts"]
    again = await page(client, f"/alerts/{alert['id']}")

    assert saved.status_code == 200
    assert "whsec_" in saved.text
    assert saved.headers["Cache-Control"] == "no-store"
    assert "whsec_" not in again


async def test_what_fired_and_what_became_of_notices_is_told(opened, clock):  # noqa: F811
    client, alerts = opened
    alert = await created(client, channels=[{"kind": "webhook", "url": "https://hooks.example/in"}])
    await fire(alerts, clock, alert["id"], 1)

    for path in ("/alerts", f"/alerts/{alert['id']}"):
        html = await page(client, path)
        assert any(link.startswith("/articles/") for link in Outline(html).links), path
        assert "webhook https://hooks.example/in: waiting" in html, path


async def test_a_change_keeps_the_secret_and_an_alert_can_be_turned_off(opened):  # noqa: F811
    client, alerts = opened
    alert = await created(client, channels=[{"kind": "webhook", "url": "https://hooks.example/in"}])
    changes = {**FORM, "name": "Cells", "delivery": "webhook", "url": "https://hooks.example/new"}

    answer = await client.post(f"/alerts/{alert['id']}", data=changes)
    kept = await alerts.book.get(alert["id"])

    assert answer.status_code == 303
    assert (kept.name, kept.enabled, kept.channels[0].url) == ("Cells", False, "https://hooks.example/new")
    assert kept.channels[0].secret == alert["channels"][0]["secret"]


async def test_an_alert_is_tried_on_what_there_is_and_on_its_channel(connection, clock, filled_store):
    async with (
        a_webhook(200) as hook,
        service(connection, clock, filled_store, webhook_origins=(hook.origin,)) as served,
    ):
        client, _ = served
        alert = await created(client, channels=[{"kind": "webhook", "url": hook.url}])

        looked = await client.post(f"/alerts/{alert['id']}/test", data={"days": "7"})
        sent = await client.post(f"/alerts/{alert['id']}/test", data={"deliver": "yes"})

    assert "of the last 7 days would match" in looked.text
    assert "A test was delivered" not in looked.text
    assert "A test was delivered" in sent.text
    assert len(hook.got) == 1


async def test_a_deleted_alert_is_gone(client):
    alert = await created(client)

    answer = await client.post(f"/alerts/{alert['id']}/delete")

    assert answer.headers["Location"].startswith("/alerts?said=Batteries")
    assert "No alerts yet" in await page(client, "/alerts")
    await page(client, f"/alerts/{alert['id']}", status=404)


async def test_each_page_can_be_used_without_eyes_or_mouse(client):
    alert = await created(client)

    for path in ("/alerts", "/alerts/new?q=battery", f"/alerts/{alert['id']}"):
        outline = Outline(await page(client, path))
        assert [len(outline.all(tag)) for tag in ("main", "h1", "title")] == [1, 1, 1], path
        ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
        assert len(set(ids)) == len(ids), path
        labelled = {attributes["for"] for attributes in outline.all("label") if "for" in attributes}
        shown = [i for i in (*outline.all("input"), *outline.all("select")) if i.get("type") != "hidden"]
        assert all(i["id"] in labelled for i in shown), path


async def test_the_list_tells_of_each_alert_its_own_firings_and_notice(opened, clock):  # noqa: F811
    client, alerts = opened
    hook = {"kind": "webhook", "url": "https://hooks.example/in"}
    loud = await created(client, name="Loud", channels=[hook])
    quiet = await created(client, name="Quiet", channels=[hook])
    await fire(alerts, clock, loud["id"], 1)

    html = await page(client, "/alerts")

    said = {
        name: html[html.index(f">{name}</a>") :].partition("</h2>")[2].partition("<h2>")[0]
        for name in ("Loud", "Quiet")
    }
    assert "waiting" in said["Loud"]
    assert "/articles/" in said["Loud"]
    assert "Nothing has fired yet" in said["Quiet"]
    assert quiet["id"] in html


async def test_the_list_asks_the_broker_as_often_for_many_alerts_as_for_one(opened, clock):  # noqa: F811
    client, alerts = opened
    asked = []
    for number in range(5):
        alert = await created(client, name=f"Alert {number}")
        await fire(alerts, clock, alert["id"], 1, 2)
        before = (await alerts.connection.client.info("stats"))["total_reads_processed"]
        await page(client, "/alerts")
        asked.append((await alerts.connection.client.info("stats"))["total_reads_processed"] - before)

    # The first time connections are opened, too.
    assert asked[-1] <= asked[0]


async def test_an_alert_names_people_instead_of_their_ids(client):
    await created(client, query="person=person:ada")

    assert "Person: Ada Brandt" in await page(client, "/alerts")
    assert 'value="Person: Ada Brandt"' in await page(client, "/alerts/new?person=person:ada")
