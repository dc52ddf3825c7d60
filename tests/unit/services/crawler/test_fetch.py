"""What a page's answer becomes; the client's own tests show the network."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from prometheus_client import REGISTRY

from services.crawler import robots
from services.crawler.fetch import Failed, Fetcher, Moved, NotModified, Page, Refused, retry_after_s
from services.crawler.politeness import HostRobots
from services.crawler.visits import Seen
from shared.http_client import GuardedClient
from tests.fakes import FakeClock

NOW = FakeClock().now_ms()
RULES = HostRobots(robots.parse(200, b"User-agent: *\nDisallow: /members/"), NOW * 2)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """A site that answers /STATUS, with the query as headers; it knows the ETag "v1" and one date."""

    async def answer(request: web.Request) -> web.Response:
        conditions = (request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since"))
        status = 304 if conditions in (('"v1"', "Mon"), ('"v1"', None)) else int(request.match_info["status"])
        return web.Response(status=status, headers=dict(request.query), body=b"" if status == 304 else b"a body")

    app = web.Application()
    app.router.add_get("/{status:\\d+}", answer)
    async with TestServer(app, skip_url_asserts=True) as server:
        yield str(server.make_url("")).rstrip("/")


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with GuardedClient("weir/1", allow_loopback=True, timeout_s=5) as client:
        yield Fetcher(client, FakeClock())


async def test_a_page_comes_with_its_validators(fetcher, url):
    page = await fetcher.page(f"{url}/200?etag=%22v1%22&last-modified=Mon&content-type=text/html", None, RULES)

    assert isinstance(page, Page)
    assert (page.body, page.content_type, page.etag, page.last_modified) == (b"a body", "text/html", '"v1"', "Mon")
    assert (page.permanent_url, page.noindex, page.fetched_ms) == (None, False, NOW)


async def test_a_page_comes_with_what_its_headers_and_its_robots_txt_reserve(fetcher, url):
    rules = HostRobots(robots.parse(200, b"User-agent: GPTBot\nDisallow: /"), NOW * 2)

    page = await fetcher.page(f"{url}/200?x-robots-tag=noarchive,noindex&tdm-reservation=1", None, rules)

    assert isinstance(page, Page)
    assert (page.rights, page.noindex) == (("noarchive", "no-ai-training", "tdm-reserved"), True)


@pytest.mark.parametrize("seen", [Seen(1, 1, etag='"v1"', last_modified="Mon"), Seen(1, 1, etag='"v1"')])
async def test_a_page_that_was_seen_is_asked_for_conditionally(fetcher, url, seen):
    assert await fetcher.page(f"{url}/200", seen, RULES) == NotModified()


async def test_a_page_that_was_seen_without_validators_is_asked_for_whole(fetcher, url):
    assert isinstance(await fetcher.page(f"{url}/200", Seen(1, 1), RULES), Page)


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_not_there_is_gone(fetcher, url, status):
    answer = await fetcher.page(f"{url}/{status}", None, RULES)

    assert answer == Refused("gone", f"{url}/{status} answers {status}", gone=True)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 451])
async def test_other_refusals_are_named_by_their_status(fetcher, url, status):
    answer = await fetcher.page(f"{url}/{status}", None, RULES)

    assert answer == Refused(f"http-{status}", f"{url}/{status} answers {status}")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_what_may_pass_is_a_failure_for_the_time_being(fetcher, url, status):
    answer = await fetcher.page(f"{url}/{status}?retry-after=7", None, RULES)

    assert answer == Failed(f"{url}/{status}?retry-after=7 answers {status}", retry_after_s=7)


@pytest.mark.parametrize(("status", "wait_s"), [(429, 60), (503, 60), (500, None)])
async def test_a_site_that_is_too_busy_is_given_time_though_it_does_not_say_how_much(fetcher, url, status, wait_s):
    assert await fetcher.page(f"{url}/{status}", None, RULES) == Failed(f"{url}/{status} answers {status}", wait_s)


async def test_an_answer_tells_how_long_it_stays_fresh(fetcher, url):
    page = await fetcher.page(f"{url}/200?cache-control=max-age%3D600", None, RULES)
    same = await fetcher.page(f"{url}/200?cache-control=max-age%3D60", Seen(1, 1, etag='"v1"'), RULES)

    assert isinstance(page, Page)
    assert (page.fresh_for_s, same) == (600, NotModified(60))


@pytest.mark.parametrize(("status", "permanent"), [(301, True), (308, True), (302, False), (307, False)])
async def test_a_redirect_to_another_host_is_for_that_hosts_turn(fetcher, url, status, permanent):
    answer = await fetcher.page(f"{url}/{status}?location=http://Other.example/a%2523top", None, RULES)

    assert isinstance(answer, Moved)
    assert (answer.url.startswith("http://other.example/a"), answer.permanent) == (True, permanent)


async def test_a_redirect_to_what_robots_txt_forbids_is_not_followed(fetcher, url):
    answer = await fetcher.page(f"{url}/302?location=/members/1", None, RULES)

    assert isinstance(answer, Refused)
    assert answer.reason == "robots"


async def test_a_permanent_redirect_on_the_host_is_followed_and_reported(fetcher, url):
    page = await fetcher.page(f"{url}/301?location=/200", None, RULES)

    assert isinstance(page, Page)
    assert (page.url, page.permanent_url) == (f"{url}/200", f"{url}/200")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120),
        ("soon", None),
        ("-5", None),
        ("\u0665", None),
        ("9" * 400, 999_999_999),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60),
        ("Mon, 02 Mar 2026 11:00:00 -0000", 0),
        ("Mon, 02 Mar 99999 12:01:00 GMT", None),
        ("Mon, 02 Mar 99999999999 12:01:00 GMT", None),
    ],
)
def test_the_time_to_wait_is_read_as_seconds_or_as_a_date(value, seconds):
    assert retry_after_s(value, NOW) == seconds


def answers(status: str) -> float:
    return REGISTRY.get_sample_value("newsweir_crawler_responses_total", {"status": status}) or 0


@pytest.mark.parametrize(
    ("asked", "status"), [("200", "2xx"), ("301", "3xx"), ("404", "4xx"), ("429", "4xx"), ("503", "5xx")]
)
async def test_an_answer_is_counted_by_the_class_of_its_status(fetcher, url, asked, status):
    before = answers(status)

    await fetcher.page(f"{url}/{asked}", None, RULES)

    assert answers(status) - before == 1


async def test_a_request_without_an_answer_is_counted_too(fetcher):
    before = answers("none")

    await fetcher.page("http://127.0.0.1:9/a", None, RULES)

    assert answers("none") - before == 1
