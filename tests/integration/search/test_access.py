"""Keys, limits, origins and bodies, as someone meets them who asks the whole service."""

import httpx
import pytest

from services.search.access.api_keys import KeyRing
from services.search.access.body_limits import MAX_BODY_BYTES
from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.article_store.opening import open_reader
from shared.errors import ConfigurationError
from shared.settings import HttpSettings
from tests.integration.search.newsroom import asking


@pytest.fixture
async def ask(filled_store, clock, connection):
    """Opens a service with these settings."""
    readers = []

    async def opened(broker=connection, **settings) -> httpx.AsyncClient:
        readers.append(await open_reader(filled_store, clock))
        return asking(create_app(readers[-1], filled_store, HttpSettings(), SearchSettings(**settings), clock, broker))

    yield opened
    for reader in readers:
        await reader.close()


async def a_key(connection, clock, scope="read") -> dict[str, str]:
    key, _ = await KeyRing(connection, clock).create("test", [scope])
    return {"Authorization": f"Bearer {key}"}


async def test_without_keys_loopback_is_open(ask):
    client = await ask()

    assert (await client.get("/v1/articles")).status_code == 200


@pytest.mark.parametrize("path", ["/v1/articles", "/v1/export", "/openapi.json", "/metrics", "/", "/docs"])
async def test_where_keys_are_required_nothing_is_shown_without_one(ask, path):
    client = await ask(require_keys=True)

    response = await client.get(path)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/newsweir.css"])
async def test_probes_need_no_key(ask, path):
    client = await ask(require_keys=True)

    assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/v1/articles", "/", "/sources", "/v1/articles/none"])
async def test_no_cache_on_the_way_keeps_an_answer_for_others(ask, path):
    client = await ask()

    assert (await client.get(path)).headers["Cache-Control"] == "private, no-cache"


async def test_a_browser_asks_whether_its_style_sheet_is_still_that_of_this_version(ask):
    client = await ask()

    first = await client.get("/static/newsweir.css")
    again = await client.get("/static/newsweir.css", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")


async def test_a_key_opens_what_its_scope_allows(ask, connection, clock):
    client, headers = await ask(require_keys=True), await a_key(connection, clock)

    read = await client.get("/v1/articles", headers=headers)
    written = await client.delete("/v1/sources/example", headers=headers)

    assert read.status_code == 200
    assert written.status_code == 403
    assert written.json()["type"] == "/docs#scope-missing"


async def test_a_wrong_key_is_refused_even_where_none_is_needed(ask):
    client = await ask()

    response = await client.get("/v1/articles", headers={"X-API-Key": "nw_000000000000_" + "A" * 43})

    assert response.status_code == 401
    assert response.json()["type"] == "/docs#key-needed"


async def test_a_key_that_asks_too_often_is_told_when_to_come_back(ask, connection, clock):
    client, headers = await ask(rate_limit_per_minute=2), await a_key(connection, clock)

    answers = [await client.get("/v1/articles?facet=none", headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[-1].headers["Retry-After"] == "30"
    assert answers[-1].json()["type"] == "/docs#rate-exceeded"


async def test_a_body_that_is_too_large_is_refused(ask):
    client = await ask()

    response = await client.post("/v1/articles/search", content=b" " * (MAX_BODY_BYTES + 1))

    assert response.status_code == 413
    assert response.json()["type"] == "/docs#body-too-large"


async def test_no_page_elsewhere_may_read_unless_its_origin_is_set(ask):
    origin = {"Origin": "https://dash.example"}
    closed, opened = await ask(), await ask(cors_origins=("https://dash.example",))

    assert "access-control-allow-origin" not in (await closed.get("/v1/articles", headers=origin)).headers
    answer = await opened.get("/v1/articles", headers=origin)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://dash.example"
    preflight = await opened.options("/v1/articles", headers={**origin, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 200
    other = await opened.get("/v1/articles", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in other.headers


async def test_keys_cannot_be_required_without_a_broker_that_knows_them(ask):
    with pytest.raises(ConfigurationError, match="REDIS_URL"):
        await ask(broker=None, require_keys=True)
