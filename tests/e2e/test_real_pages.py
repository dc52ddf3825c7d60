"""Real pages, served by several hosts on loopback, from crawl to search, on both stores."""

import asyncio
import gzip
import json
import os
import tarfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest
import yaml
from aiohttp import web

from tests.e2e.running import command, free_ports, newsweir
from tests.eval import extraction
from tests.indices import removed_afterwards

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
EVAL_DIR = Path(os.getenv("NEWSWEIR_EVAL_DIR") or Path(__file__).parents[3] / "shared" / "eval")  # noqa: TID251 (the tests' own setting)
BENCHMARK = EVAL_DIR / "extraction" / "article-extraction-benchmark.tar"
HOSTS = 6
NOINDEX = 2
# A page that only a source of the second start leads to.
LATE = "/articles/late.html"


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    """Path → HTML of the benchmark's pages."""
    if not BENCHMARK.exists():
        pytest.skip(f"the public evaluation set is not at {BENCHMARK}")
    with tarfile.open(BENCHMARK) as archive:
        members = [member for member in archive.getmembers() if member.name.endswith(".html.gz")]
        return {
            f"/articles/{Path(member.name).name.removesuffix('.html.gz')}.html": gzip.decompress(
                archive.extractfile(member).read()  # type: ignore[union-attr]  # a regular file
            )
            for member in members
        }


class Hosts:
    """Several hosts of one site each, with a log of who was asked when."""

    def __init__(self, pages: dict[str, bytes], port: int) -> None:
        self.port = port
        self.paths = {host: [] for host in range(HOSTS)}
        for number, path in enumerate(sorted(pages)):
            self.paths[number % HOSTS].append(path)
        self.pages = pages
        self.served: Counter[str] = Counter()
        self.at_once: Counter[int] = Counter()
        self.most_at_once = 0

    def origin(self, host: int) -> str:
        return f"http://127.0.0.{host + 2}:{self.port}"

    def app(self, host: int) -> web.Application:
        app = web.Application()
        app.router.add_get("/robots.txt", lambda _: web.Response(text="User-agent: *\nAllow: /\n"))
        app.router.add_get("/late.xml", lambda _: web.Response(body=self._rss_of([self.origin(host) + LATE])))
        app.router.add_get("/rss.xml", lambda _: web.Response(body=self._rss(host), content_type="application/rss+xml"))
        app.router.add_get("/news.xml", lambda _: web.Response(body=self._sitemap(host), content_type="text/xml"))
        app.router.add_get("/feed.json", lambda _: web.json_response(self._json_feed(host)))
        app.router.add_get("/{path:.*}", lambda request: self._page(host, request))
        return app

    async def _page(self, host: int, request: web.Request) -> web.Response:
        if request.path not in self.pages:
            return web.Response(status=404)
        self.at_once[host] += 1
        self.most_at_once = max(self.most_at_once, self.at_once[host])
        await asyncio.sleep(0.005)
        self.at_once[host] -= 1
        self.served[request.path] += 1
        return web.Response(body=self.pages[request.path], content_type="text/html")

    def urls(self, host: int) -> list[str]:
        return [self.origin(host) + path for path in self.paths[host]]

    def _rss(self, host: int) -> bytes:
        return self._rss_of(self.urls(host))

    def _rss_of(self, urls: list[str]) -> bytes:
        items = "".join(f"<item><link>{url}</link></item>" for url in urls)
        return f'<rss version="2.0"><channel><title>Host</title>{items}</channel></rss>'.encode()

    def _sitemap(self, host: int) -> bytes:
        items = "".join(f"<url><loc>{url}</loc></url>" for url in self.urls(host))
        return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{items}</urlset>'.encode()

    def _json_feed(self, host: int) -> dict[str, object]:
        return {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "Host",
            "items": [{"id": url, "url": url} for url in self.urls(host)],
        }

    def sources(self) -> dict[str, object]:
        doors = [("feeds", "/rss.xml"), ("sitemaps", "/news.xml"), ("feeds", "/feed.json")]
        return {
            "sources": [
                {"id": f"host-{host}", "name": f"Host {host}", "url": origin + "/", kind: [origin + path]}
                for host, origin, (kind, path) in (
                    (host, self.origin(host), doors[host % len(doors)]) for host in range(HOSTS)
                )
            ]
        }

    def late_source(self) -> dict[str, object]:
        self.pages = {**self.pages, LATE: next(iter(self.pages.values()))}
        origin = self.origin(0)
        return {"sources": [{"id": "late", "name": "Late", "url": origin + "/", "feeds": [origin + "/late.xml"]}]}


@asynccontextmanager
async def served(hosts: Hosts) -> AsyncIterator[None]:
    runners = []
    for host in range(HOSTS):
        runner = web.AppRunner(hosts.app(host))
        await runner.setup()
        await web.TCPSite(runner, f"127.0.0.{host + 2}", hosts.port).start()
        runners.append(runner)
    yield
    for runner in runners:
        await runner.cleanup()


@pytest.fixture(params=["tantivy", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)])
def store_settings(request: pytest.FixtureRequest) -> dict[str, str]:
    if request.param == "tantivy":
        return {"ELASTICSEARCH_URL": ""}
    url = request.getfixturevalue("elasticsearch_url")
    return {"ELASTICSEARCH_URL": url, "NEWSWEIR_INDEX_PREFIX": f"e2e-{uuid4().hex[:8]}"}


async def test_every_page_has_one_disposition_and_every_indexed_article_is_found(pages, store_settings, tmp_path):
    hosts = Hosts(pages, free_ports(1))
    sources = tmp_path / "sources.yaml"
    sources.write_text(yaml.safe_dump(hosts.sources()), encoding="utf-8")
    settings = {
        **store_settings,
        "NEWSWEIR_ALLOW_LOOPBACK": "true",
        "NEWSWEIR_HOST_DELAY_S": "0.02",
        "NEWSWEIR_CONTACT": "tests@newsweir.example",
    }

    async with (
        removed_afterwards(settings["ELASTICSEARCH_URL"], settings.get("NEWSWEIR_INDEX_PREFIX", "")),
        served(hosts),
    ):
        async with newsweir("run", "--sources", str(sources), data_dir=tmp_path, settings=settings) as running:
            await running.until(lambda: settled(running, len(pages)), 240, f"{len(pages)} pages settled")
            status = await running.status()
            articles = await running.all_articles()
            total = await running.total()
        served_first = dict(hosts.served)
        sources.write_text(yaml.safe_dump(hosts.late_source()), encoding="utf-8")
        async with newsweir("run", "--sources", str(sources), data_dir=tmp_path, settings=settings) as running:
            assert await running.total() == total, "yesterday's articles are there"
            await running.until(lambda: found(running, total + 1), 60, "the new source's article is found")

    assert (status["fetched"], status["in_flight"]) == (len(pages), 0)
    assert status["dispositions"] == {"indexed": len(pages) - NOINDEX, "dropped:noindex": NOINDEX}
    assert total == len(articles) == len({article["id"] for article in articles}) == len(pages) - NOINDEX
    assert {article["url"] for article in articles} < {url for host in range(HOSTS) for url in hosts.urls(host)}
    assert set(served_first.values()) == {1}, "no page is fetched twice"
    assert dict(hosts.served) == {**served_first, LATE: 1}, "a second start fetches nothing that is not due"
    assert hosts.most_at_once == 1, "no host is asked twice at once"


async def settled(running, pages: int) -> bool:
    return sum((await running.status())["dispositions"].values()) >= pages


async def found(running, total: int) -> bool:
    return await running.total() == total


async def test_the_extract_command_reaches_the_floor_over_the_same_pages(tmp_path):
    if not BENCHMARK.exists():
        pytest.skip(f"the public evaluation set is not at {BENCHMARK}")
    gold = list(extraction.read_pages(BENCHMARK))
    lines = tmp_path / "pages.jsonl"
    with lines.open("w", encoding="utf-8") as file:
        for body, url, _ in gold:
            file.write(json.dumps({"url": url, "html": body.decode("utf-8", "replace")}) + "\n")

    output = await command("extract", "--jsonl", str(lines))
    extracted = [json.loads(line) for line in output.splitlines()]

    assert [line["url"] for line in extracted] == [url for _, url, _ in gold]
    score = extraction.score_of([(line["text"], true) for line, (_, _, true) in zip(extracted, gold, strict=True)])
    assert score.f1 >= extraction.FLOOR
