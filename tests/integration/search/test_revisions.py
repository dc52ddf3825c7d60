"""What the API tells of articles that changed or were taken back."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from shared.article_store.opening import open_writer
from shared.article_store.protocol import ArticleWriter
from shared.article_store.snippets import SNIPPET_CHARACTERS
from shared.settings import StoreSettings
from tests.builders import REVISION, a_stored_article, a_withdrawal, an_article
from tests.fakes import FakeClock
from tests.integration.search.conftest import an_app
from tests.integration.search.newsroom import asking

PATH = f"/v1/articles/{an_article(1).article_id}"
LONG = "A sentence that is the same in all. " * 20


@pytest.fixture
async def writer(tmp_path: Path, clock: FakeClock) -> AsyncIterator[ArticleWriter]:
    writer = await open_writer(StoreSettings(data_dir=tmp_path), clock)
    yield writer
    await writer.close()


@pytest.fixture
async def changing_client(writer: ArticleWriter, tmp_path: Path, clock: FakeClock) -> AsyncIterator[httpx.AsyncClient]:
    """A service over a store that the test changes."""
    async with asking(await an_app(StoreSettings(data_dir=tmp_path), clock)) as opened:
        yield opened


async def get(client: httpx.AsyncClient, path: str):
    response = await client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


async def test_every_revision_is_listed_with_what_changed_since_the_one_before(writer, changing_client):
    first = a_stored_article(1, title="Acme buys", text="Acme buys Bolt. It pays $3 million.")
    second = a_stored_article(1, title="Acme bought", text="Acme buys Bolt. It pays $4 million.", revision=REVISION + 9)
    await writer.put([first, second])

    answer = await get(changing_client, f"{PATH}/revisions")

    listed = answer["revisions"]
    assert [(r["revision"], r["title"], r["content_hash"]) for r in listed] == [
        (a.revision, a.title, a.content_hash) for a in (first.article, second.article)
    ]
    assert set(listed[0]) >= {"published", "updated_at", "fetched_at"}
    assert listed[0]["changes"] is None
    assert listed[1]["changes"] == {
        "title_before": "Acme buys",
        "sentences": [
            {"kind": "removed", "text": "It pays $3 million."},
            {"kind": "added", "text": "It pays $4 million."},
        ],
        "complete": True,
    }


async def test_what_lies_beyond_the_snippet_is_not_told_where_no_archive_is_wanted(writer, changing_client):
    for number, ending in enumerate(("First secret.", "Second secret.")):
        text, rights = f"{LONG}{ending}", ("noarchive",) if number else ()
        await writer.put([a_stored_article(1, text=text, rights=rights, revision=REVISION + number)])

    response = await changing_client.get(f"{PATH}/revisions")

    assert len(LONG) > SNIPPET_CHARACTERS
    assert "secret" not in response.text
    assert response.json()["revisions"][1]["changes"] == {"title_before": None, "sentences": [], "complete": False}


async def test_an_edited_article_says_so_and_is_found_by_that(writer, changing_client):
    await writer.put([a_stored_article(1), a_stored_article(2)])
    await writer.put([a_stored_article(1, revision=REVISION + 9, text="Something else.")])

    [item] = (await get(changing_client, "/v1/articles?edited=true"))["articles"]
    whole = await get(changing_client, PATH)

    assert (item["id"], item["edited"]) == (an_article(1).article_id, True)
    assert (whole["edited"], whole["revisions"], whole["changed_at"]) == (True, 2, item["changed_at"])


async def test_an_article_that_is_gone_from_its_site_is_found_and_marked(writer, changing_client):
    await writer.put([a_stored_article(1)])
    await writer.withdraw([a_withdrawal(1)])

    [item] = (await get(changing_client, "/v1/articles"))["articles"]

    assert item["withdrawn"] == {"reason": "gone", "at": "2026-03-02T13:00:00Z"}
    assert (await get(changing_client, PATH))["withdrawn"] == item["withdrawn"]


async def test_a_hidden_article_is_unknown_with_all_that_it_said(writer, changing_client):
    await writer.put([a_stored_article(1)])
    await writer.withdraw([a_withdrawal(1, reason="forgotten")])

    for path in (PATH, f"{PATH}/revisions", f"/articles/{an_article(1).article_id}"):
        assert (await changing_client.get(path)).status_code == 404
    assert (await get(changing_client, "/v1/articles"))["articles"] == []


async def test_revisions_of_what_no_article_has_as_its_id_are_not_found(changing_client):
    response = await changing_client.get("/v1/articles/nothing/revisions")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
