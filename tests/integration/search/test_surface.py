"""The whole public surface, once over each store: every path of the API answers, and every command is there."""

import uuid

import pytest
import typer.main

from services.cli.main import app as command_line
from services.search.alerts.service import open_alerts
from services.search.alerts.settings import AlertSettings
from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.clock import SystemClock
from shared.settings import BusSettings, HttpSettings, StoreSettings
from shared.source_registry import SourceRegistry
from shared.sources import Source
from tests.builders import a_story_changed
from tests.contract.article_store.stores import opened
from tests.indices import removed_afterwards
from tests.integration.search.deals import deals
from tests.integration.search.newsroom import articles, asking

# Six articles about deals, and of the others those with further numbers.
ARTICLES = [*deals(), *articles()[6:]]
STORY = a_story_changed(1, 2)
ID = ARTICLES[6].article_id
# What each question is answered with, as far as it says that the right thing was asked.
ANSWERS = [
    ("/v1/articles?q=acme&facet=person", lambda answer: answer["total"]["value"] == 8),
    ('/v1/articles?q=person:"ada brandt" OR title:harbour&match=most', lambda answer: answer["total"]["value"] == 2),
    (f"/v1/articles/{ID}", lambda answer: answer["id"] == ID),
    (f"/v1/articles/{ID}/similar", lambda answer: ID not in {item["id"] for item in answer["articles"]}),
    (f"/v1/articles/{ID}/revisions", lambda answer: len(answer["revisions"]) == 1),
    ("/v1/facets", lambda answer: answer["facets"]),
    ("/v1/facets/organization?label=wid", lambda answer: [b["value"] for b in answer["buckets"]] == ["org:widgets"]),
    ("/v1/suggest?q=acm", lambda answer: answer["suggestions"][0]["value"] == "org:acme"),
    (
        "/v1/entities/org:acme",
        lambda answer: answer["name"] == "Acme" and answer["all_relations"]["total"]["value"] == 5,
    ),
    ("/v1/entities/org:acme/graph", lambda answer: answer["edges"][0]["type"] == "invests_in"),
    ("/v1/relations?type=invests_in&amount_from=100m", lambda answer: answer["total"]["value"] == 2),
    ("/v1/quotes?speaker=person:ada-roe", lambda answer: answer["total"]["value"] == 5),
    ("/v1/stories", lambda answer: answer["total"]["value"] == 1),
    (f"/v1/stories/{STORY.story_id}", lambda answer: len(answer["timeline"]) == 2),
    ("/v1/timeline?by=language&q=acme", lambda answer: answer["total"] == 8),
    ("/v1/sources", lambda answer: answer["sources"][0]["source"]["id"] == "example"),
    ("/v1/sources/example", lambda answer: answer["health"]["state"] == "new"),
    ("/v1/alerts", lambda answer: answer),
    ("/healthz", lambda answer: answer["status"] == "ok"),
    ("/readyz", lambda answer: answer["status"] == "ok"),
]
# The same questions as JSON, where they may be long.
POSTED = [
    ("/v1/articles/search", {"q": "acme", "facet": ["person"]}, lambda answer: answer["total"]["value"] == 8),
    ("/v1/relations/search", {"type": ["invests_in"], "amount_from": "100m"}, lambda a: a["total"]["value"] == 2),
    ("/v1/quotes/search", {"speaker": ["Ada Roe"]}, lambda answer: answer["total"]["value"] == 5),
    ("/v1/stories/search", {"articles_from": 2}, lambda answer: answer["total"]["value"] == 1),
    ("/v1/timeline", {"by": "language", "q": "acme"}, lambda answer: answer["total"] == 8),
    ("/v1/facets/organization", {"label": "wid"}, lambda a: [b["value"] for b in a["buckets"]] == ["org:widgets"]),
]
COMMANDS = (
    "demo run service extract enrich import export search status audit reprocess forget "
    "sources:add,list,check,import,export,remove dead-letters:list,show,replay,discard state:rebuild "
    "keys:create,list,revoke config:show,check"
).split()


@pytest.fixture(params=["tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
async def surface(request, tmp_path, connection, valkey_url):
    """A client of the whole service."""
    settings = StoreSettings(data_dir=tmp_path)
    if request.param == "elasticsearch":
        url, prefix = request.getfixturevalue("elasticsearch_url"), f"test-{uuid.uuid4().hex[:12]}"
        settings = StoreSettings(data_dir=tmp_path, elasticsearch_url=url, index_prefix=prefix)
    await SourceRegistry(connection).put([Source(id="example", name="Example", url="https://news.example/")])
    bus = BusSettings(redis_url=valkey_url, key_prefix=connection.prefix)
    async with (
        removed_afterwards(settings.elasticsearch_url, settings.index_prefix),
        opened(settings) as store,
        open_alerts(AlertSettings(), bus, connection, store.reader, SystemClock()) as alerts,
    ):
        await store.writer.change_stories([STORY])
        await store.put(*ARTICLES)
        app = create_app(store.reader, settings, HttpSettings(), SearchSettings(), SystemClock(), connection, alerts)
        app.state.live.close()
        async with asking(app) as client:
            yield client


async def test_every_path_answers_with_what_was_asked(surface):
    for path, fits in ANSWERS:
        response = await surface.get(path)

        assert response.status_code == 200, (path, response.text)
        assert fits(response.json()), (path, response.text)


async def test_long_questions_are_sent_as_json_under_the_same_names(surface):
    for path, question, fits in POSTED:
        response = await surface.post(path, json=question)
        unknown = await surface.post(path, json={"articels": 1})

        assert response.status_code == 200, (path, response.text)
        assert fits(response.json()), (path, response.text)
        assert (unknown.status_code, unknown.json()["parameter"]) == (400, "articels"), path


@pytest.mark.slow
async def test_exports_feeds_and_documents_are_answered_too(surface):
    sent = await surface.post("/v1/export", json={"q": "acme", "format": "jsonl"})
    exported = {form: await surface.get(f"/v1/export?q=acme&format={form}") for form in ("jsonl", "csv", "rss", "atom")}
    live = await surface.get("/v1/live?q=acme")

    assert sent.text == exported["jsonl"].text
    assert len(sent.text.splitlines()) == 8
    assert {answer.status_code for answer in exported.values()} == {200}
    assert live.headers["Content-Type"].startswith("text/event-stream")
    for path in ("/", "/docs", "/openapi.json", "/metrics", f"/articles/{ID}"):
        assert (await surface.get(path)).status_code == 200, path


async def test_a_source_is_added_by_the_crawler_and_removed(surface):
    added = await surface.post("/v1/sources", json={"url": "nowhere"})
    removed = await surface.delete("/v1/sources/example")

    assert (added.status_code, removed.status_code) == (400, 204)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_there_with_its_own(command):
    name, _, own = command.partition(":")
    group = typer.main.get_command(command_line)

    found = group.commands[name]

    assert set(own.split(",")) - {""} <= set(getattr(found, "commands", {}))
