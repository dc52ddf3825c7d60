"""The guarded client against a real server on loopback."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import brotli
import pytest
import zstandard
from aiohttp import web
from aiohttp.test_utils import TestServer

from shared.errors import AddressRefused, FetchFailed, InvalidInput, LimitExceeded
from shared.http_client import GuardedClient, Headers, Response

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
TEXT = b"<p>The weir keeps its level.</p>" * 5000


@asynccontextmanager
async def site(**handlers: Handler) -> AsyncIterator[str]:
    """A server that answers /NAME by the handler of that name; yields its address."""
    app = web.Application()
    for name, handler in handlers.items():
        app.router.add_route("*", f"/{name}", handler)
    async with TestServer(app, skip_url_asserts=True) as server:
        yield str(server.make_url("")).rstrip("/")


@asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[str]:
    """A server that sends these bytes, whatever is asked, and hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


def answering(body: bytes = b"", *, status: int = 200, **headers: str) -> Handler:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(
            status=status, body=body, headers={name.replace("_", "-"): v for name, v in headers.items()}
        )

    return handler


async def get(url: str, **options) -> Response:
    async with GuardedClient("weir/1", allow_loopback=True, **options) as client:
        return await client.get(url)


async def test_an_answer_comes_whole_with_its_headers():
    async with site(page=answering(TEXT, etag='"v1"')) as url:
        response = await get(f"{url}/page")

    assert (response.status, response.body, response.url) == (200, TEXT, f"{url}/page")
    assert response.headers["ETag"] == '"v1"'
    assert (response.redirects, response.permanent_url) == (0, None)


async def test_an_error_of_the_site_is_an_answer_too():
    async with site(page=answering(b"no", status=503, retry_after="7")) as url:
        response = await get(f"{url}/page")

    assert (response.status, response.headers["retry-after"]) == (503, "7")


async def test_the_client_says_who_it_is_and_sends_what_it_is_told():
    seen: list[dict[str, str]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return web.Response()

    async with site(page=handler) as url, GuardedClient("weir/1", allow_loopback=True) as client:
        await client.get(f"{url}/page", {"If-None-Match": '"v1"'})

    assert seen[0]["User-Agent"] == "weir/1"
    assert seen[0]["If-None-Match"] == '"v1"'


async def test_cookies_are_not_kept():
    seen: list[str | None] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Cookie"))
        return web.Response(headers={"Set-Cookie": "visitor=1; Path=/"})

    async with site(page=handler) as url, GuardedClient("weir/1", allow_loopback=True) as client:
        await client.get(f"{url}/page")
        await client.get(f"{url}/page")

    assert seen == [None, None]


async def test_the_environment_names_no_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1/")
    async with site(page=answering(TEXT)) as url:
        response = await get(f"{url}/page")

    assert response.status == 200


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT[:7]) + gzip.compress(TEXT[7:]) + bytes(512)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", zlib.compress(TEXT, wbits=-15)),
        ("br", brotli.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT[:7]) + zstandard.compress(TEXT[7:])),
        ("identity", TEXT),
        ("gzip, br", brotli.compress(gzip.compress(TEXT))),
    ],
    # Not by what is encoded: gzip says when it was, and every process of a run has to call a case by the same name.
    ids=map(str, range(9)),
)
async def test_every_encoding_that_is_asked_for_is_understood(encoding, encoded):
    async with site(page=answering(encoded, content_encoding=encoding)) as url:
        response = await get(f"{url}/page")

    assert response.body == TEXT


@pytest.mark.parametrize("target", ["http://0177.0.0.1/", "http://[::1/"])
async def test_a_redirect_to_what_is_no_url_is_not_worth_another_try(target):
    async with site(page=answering(status=302, location=target)) as url:
        with pytest.raises((InvalidInput, AddressRefused)):
            await get(f"{url}/page")


async def test_an_endless_page_is_cut_off():
    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(bytes(65536))

    async with site(page=handler) as url:
        with pytest.raises(LimitExceeded, match="more than 100000 bytes"):
            await get(f"{url}/page", max_bytes=100_000)


async def test_a_page_that_drips_ends_with_the_time_for_the_whole_exchange():
    dripping = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"a drop")
        await dripping.wait()
        return answer

    async with site(page=handler) as url:
        with pytest.raises(FetchFailed, match=r"within 0\.2 s"):
            await get(f"{url}/page", timeout_s=0.2)
        dripping.set()


async def test_redirects_are_followed_and_permanent_ones_reported():
    async with site(
        old=answering(status=301, location="/moved"),
        moved=answering(status=308, location="/today#top"),
        today=answering(status=302, location="page?edition=1"),
        page=answering(TEXT),
    ) as url:
        response = await get(f"{url}/old")

    assert (response.status, response.url, response.redirects) == (200, f"{url}/page?edition=1", 3)
    assert response.permanent_url == f"{url}/today"


async def test_a_temporary_redirect_moves_nothing_for_good():
    async with site(
        old=answering(status=302, location="/moved"), moved=answering(status=301, location="/page"), page=answering()
    ) as url:
        response = await get(f"{url}/old")

    assert response.permanent_url is None


async def test_a_redirect_that_is_not_to_be_followed_is_the_answer():
    async with (
        site(old=answering(status=301, location="http://elsewhere.example/a")) as url,
        GuardedClient("weir/1", allow_loopback=True) as client,
    ):
        response = await client.get(f"{url}/old", follow=lambda target: target.startswith(url))

    assert (response.status, response.redirect_url) == (301, "http://elsewhere.example/a")


async def test_redirects_in_a_circle_end():
    async with site(page=answering(status=302, location="/page")) as url:
        with pytest.raises(LimitExceeded, match="redirects more than 5 times"):
            await get(f"{url}/page")


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/", "http://10.0.0.1/", "http://[::ffff:10.0.0.1]/", "ftp://a.example/", "file:///"],
)
async def test_a_redirect_to_where_nobody_may_go_is_refused(target):
    async with site(page=answering(status=302, location=target)) as url:
        with pytest.raises(AddressRefused):
            await get(f"{url}/page")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0x7f.1"])
async def test_loopback_is_refused_by_address_and_by_name(host):
    async with GuardedClient("weir/1") as client:
        with pytest.raises(AddressRefused):
            await client.get(f"http://{host}:8080/")


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost:8080/", "https://[::1]/", "http://10.0.0.1/"])
async def test_a_url_that_leads_inside_is_refused_before_anything_is_sent(url):
    async with GuardedClient("weir/1", remedy="name it in SETTING") as client:
        with pytest.raises(AddressRefused, match=r"is (loopback|private), .*; name it in SETTING$"):
            await client.check_reachable(url)


async def test_no_objection_is_made_to_what_is_trusted_public_or_not_known_yet():
    inside = "http://127.0.0.1:9/in"
    async with GuardedClient("weir/1", trusted=(inside,)) as client:
        for url in (inside, "https://93.184.215.14/", "https://not-known-yet.invalid/", f"https://{'a' * 64}.example/"):
            await client.check_reachable(url)


@pytest.mark.parametrize("url", ["http://user:pw@127.0.0.1/", "ftp://127.0.0.1/"])
async def test_urls_with_credentials_or_another_scheme_are_refused(url):
    with pytest.raises(AddressRefused):
        await get(url)


@pytest.mark.parametrize("url", ["http://", "http://a..b\u2024c/", "http://127.0.0.1:99999/", "http://[::1/"])
async def test_what_is_no_url_is_invalid(url):
    with pytest.raises(InvalidInput):
        await get(url)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 10_000,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_what_is_no_complete_answer_is_a_failed_fetch(answer):
    async with raw_server(answer) as url:
        with pytest.raises(FetchFailed, match=r"no complete answer from http://127\.0\.0\.1"):
            await get(url)


async def test_long_headers_are_read_up_to_64_kb():
    async with raw_server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx: " + b"a" * 60_000 + b"\r\n\r\n") as url:
        response = await get(url)

    assert len(response.headers["x"]) == 60_000


async def test_a_site_that_does_not_answer_is_a_failed_fetch():
    async with raw_server(b"") as url:
        pass

    with pytest.raises(FetchFailed):
        await get(url)


def test_headers_are_found_in_any_case_and_each_value_of_a_repeated_one():
    headers = Headers([(b"Content-Type", b"text/html"), (b"X-Robots-Tag", b"noindex"), (b"x-robots-tag", b"noai")])

    assert headers["content-type"] == headers["Content-Type"] == "text/html"
    assert headers.get("etag") is None
    assert headers["x-robots-tag"] == "noindex, noai"
    assert headers.all("x-robots-tag") == ["noindex", "noai"]
    assert headers.all("etag") == []


async def test_a_post_carries_its_body_and_its_headers():
    seen: list[tuple[str, bytes, str]] = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request.method, await request.read(), request.headers["Content-Type"]))
        return web.Response(status=202, body=b"taken")

    async with site(hook=handler) as url, GuardedClient("weir/1", allow_loopback=True) as client:
        response = await client.post(f"{url}/hook", b'{"a":1}', {"content-type": "application/json"})

    assert seen == [("POST", b'{"a":1}', "application/json")]
    assert (response.status, response.body) == (202, b"taken")


async def test_what_was_posted_goes_nowhere_else():
    asked: list[str] = []

    async def moved(request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect("/other")

    async def other(request: web.Request) -> web.Response:
        asked.append(request.method)
        return web.Response()

    async with site(hook=moved, other=other) as url, GuardedClient("weir/1", allow_loopback=True) as client:
        response = await client.post(f"{url}/hook", b"secret", {})

    assert (response.status, response.redirect_url, asked) == (307, f"{url}/other", [])


async def test_a_post_to_this_machine_is_refused_unless_the_operator_named_that_very_origin():
    async with (
        site(hook=answering(b"ok")) as url,
        site(hook=answering(b"ok")) as neighbour,
        GuardedClient("weir/1", trusted=(f"{url}/v1", "no URL")) as client,
    ):
        response = await client.post(f"{url}/hook", b"", {})
        with pytest.raises(AddressRefused):
            await client.post(f"{neighbour}/hook", b"", {})
        with pytest.raises(InvalidInput):
            await client.post("http://", b"", {})

    assert response.status == 200
