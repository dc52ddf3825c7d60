import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.search.access.guard import AccessGuard, SecurityHeaders, check_binding, known_hosts
from services.search.settings import SearchSettings
from shared.errors import ConfigurationError
from shared.settings import HttpSettings


async def greeting(request: Request) -> Response:
    return PlainTextResponse("hello")


@pytest.fixture
def client():
    app = Starlette(routes=[Route("/", greeting, methods=["GET", "POST"])])
    hosts = known_hosts(HttpSettings(), SearchSettings(allowed_hosts=("News.Internal",)))
    transport = httpx.ASGITransport(SecurityHeaders(AccessGuard(app, hosts)))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.9"])
def test_loopback_is_open(host):
    check_binding(HttpSettings(http_host=host), SearchSettings())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "news.example"])
def test_an_address_that_others_reach_is_refused_until_somebody_allows_it(host):
    with pytest.raises(ConfigurationError, match=r"NEWSWEIR_HTTP_HOST=.*NEWSWEIR_ALLOW_OPEN_ACCESS"):
        check_binding(HttpSettings(http_host=host), SearchSettings())

    check_binding(HttpSettings(http_host=host), SearchSettings(allow_open_access=True))
    check_binding(HttpSettings(http_host=host), SearchSettings(require_keys=True))


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000", "news.internal:80"])
async def test_requests_for_our_own_names_are_answered(client, host):
    response = await client.get("/", headers={"Host": host})

    assert response.status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "", "[::2]"])
async def test_a_name_that_somebody_pointed_at_us_is_refused_and_the_setting_named(client, host):
    response = await client.get("/", headers={"Host": host})

    assert response.status_code == 421
    assert response.json()["type"] == "/docs#host-refused"
    assert "NEWSWEIR_ALLOWED_HOSTS" in response.json()["detail"]


def test_the_address_that_is_listened_on_is_a_name_of_ours():
    assert "192.168.1.5" in known_hosts(HttpSettings(http_host="192.168.1.5"), SearchSettings())
    assert "[fd00::5]" in known_hosts(HttpSettings(http_host="fd00::5"), SearchSettings())


async def test_a_page_of_another_origin_may_read_nothing_by_writing(client):
    response = await client.post("/", headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
    assert response.json()["type"] == "/docs#cross-origin"


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://127.0.0.1:8000"}])
async def test_programs_and_our_own_pages_may_write(client, headers):
    response = await client.post("/", headers=headers)

    assert response.status_code == 200


async def test_an_origin_that_was_let_in_may_write():
    app = Starlette(routes=[Route("/", greeting, methods=["POST"])])
    guard = AccessGuard(app, ["127.0.0.1"], origins=["https://Dash.example/"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url="http://127.0.0.1") as asked:
        let_in = await asked.post("/", headers={"Origin": "https://dash.example"})
        other = await asked.post("/", headers={"Origin": "https://dash.example.evil.example"})

    assert (let_in.status_code, other.status_code) == (200, 403)


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "http://"])
async def test_an_origin_that_is_none_may_read_and_not_write(client, origin):
    read = await client.get("/", headers={"Origin": origin})
    written = await client.post("/", headers={"Origin": origin})

    assert (read.status_code, written.status_code) == (200, 403)


async def test_another_port_of_this_machine_is_another_origin(client):
    response = await client.post("/", headers={"Origin": "http://127.0.0.1:9999"})

    assert response.status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
async def test_every_answer_tells_browsers_to_load_nothing_from_elsewhere(client, host):
    headers = (await client.get("/", headers={"Host": host})).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
