import httpx
import pytest
from structlog.testing import capture_logs

from services.search.app import main
from services.search.error_answers import Unforeseen
from shared.article_store.opening import open_writer
from shared.errors import ConfigurationError
from shared.settings import StoreSettings, variable_of
from tests.builders import a_stored_article
from tests.integration.search.conftest import an_app
from tests.integration.search.newsroom import asking


async def test_before_the_first_article_the_page_says_how_to_get_one(tmp_path, clock):
    async with asking(await an_app(StoreSettings(data_dir=tmp_path), clock)) as client:
        html = (await client.get("/")).text

    assert "No articles yet" in html


async def test_an_article_is_found_as_soon_as_it_was_put(tmp_path, clock):
    store = StoreSettings(data_dir=tmp_path)
    async with asking(await an_app(store, clock)) as client:
        before = (await client.get("/v1/articles")).json()["total"]["value"]
        writer = await open_writer(store, clock)
        await writer.put([a_stored_article()])
        clock.advance(1)

        after = (await client.get("/v1/articles")).json()["total"]["value"]

        await writer.close()
    assert (before, after) == (0, 1)


async def test_without_its_store_the_service_says_so_everywhere_and_recovers_by_itself(tmp_path, clock):
    (tmp_path / "articles").mkdir()
    current = tmp_path / "articles" / "CURRENT"
    current.write_text("nonsense")
    async with asking(await an_app(StoreSettings(data_dir=tmp_path), clock)) as client:
        ready = await client.get("/readyz")
        alive = await client.get("/healthz")
        asked = await client.get("/v1/articles")
        shown = await client.get("/")
        current.unlink()
        clock.advance(1)
        recovered = await client.get("/v1/articles")

    assert (ready.status_code, alive.status_code) == (503, 200)
    assert "does not name an index" in ready.json()["failing"]["store"]
    assert (asked.status_code, asked.headers["Retry-After"]) == (503, "5")
    assert str(tmp_path) not in asked.text + shown.text
    assert (shown.status_code, shown.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert recovered.status_code == 200


async def test_what_fails_for_want_of_the_store_is_logged_with_the_article_that_was_asked_for(tmp_path, clock):
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "CURRENT").write_text("nonsense")
    async with asking(await an_app(StoreSettings(data_dir=tmp_path), clock)) as client:
        with capture_logs() as lines:
            await client.get(f"/v1/articles/{'0' * 64}")
            await client.get("/v1/articles")

    assert [line.get("article_id") for line in lines if line["event"] == "request failed"] == ["0" * 64, None]


async def test_requests_are_counted_by_route_and_never_by_id(client):
    await client.get(f"/v1/articles/{'0' * 64}")
    await client.get("/static/newsweir.css")

    metrics = (await client.get("/metrics")).text

    assert 'newsweir_search_request_seconds_count{route="/v1/articles/{article_id}",status="404"}' in metrics
    assert 'route="/static",status="200"' in metrics
    assert "0" * 64 not in metrics


@pytest.mark.parametrize("path", ["/", "/v1/articles", "/docs", "/static/newsweir.css", "/readyz", "/nowhere"])
async def test_every_answer_carries_the_headers_that_browsers_need(client, path):
    response = await client.get(path)

    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_name_that_was_pointed_at_loopback_reads_nothing(client):
    response = await client.get("/v1/articles", headers={"Host": "evil.example"})

    assert response.status_code == 421
    assert "articles" not in response.json()


@pytest.mark.parametrize(("path", "form"), [("/v1/articles", "application/problem+json"), ("/", "text/html")])
async def test_an_error_that_nobody_foresaw_is_answered_in_the_form_of_its_path(filled_store, clock, path, form):
    app = await an_app(filled_store, clock)
    app.router.routes.clear()
    app.router.default = _broken

    async with asking(app) as client:
        response = await client.get(path)

    assert response.status_code == 500
    assert response.headers["Content-Type"].startswith(form)
    assert "hunter2" not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_an_answer_that_has_begun_is_not_answered_again():
    async def breaks_midway(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("midway")

    transport = httpx.ASGITransport(Unforeseen(breaks_midway, answers=None))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        with pytest.raises(RuntimeError, match="midway"):
            await client.get("/")


def test_the_service_does_not_start_on_an_open_address_without_leave(monkeypatch):
    monkeypatch.setenv(variable_of("http_host"), "0.0.0.0")

    with pytest.raises(ConfigurationError, match="NEWSWEIR_HTTP_HOST"):
        main()


async def _broken(scope, receive, send):
    raise RuntimeError("password=hunter2")
