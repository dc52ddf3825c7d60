"""A publisher on several loopback addresses, each with a feed of its own, that remembers every request."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from random import Random

import yaml
from aiohttp import web

from shared.urls import article_id
from tests.chaos.feed import text_of

HOSTS = 8
FEED = "/feed.xml"


class Site:
    """Articles spread over the hosts.

    Attributes:
        titles: article_id → title of every page.
        requests: (host, path) of each request, in order; robots.txt is left out.
    """

    def __init__(self, port: int, pages: int, rng: Random) -> None:
        self.titles: dict[str, str] = {}
        self.requests: list[tuple[int, str]] = []
        self._port = port
        self._rng = rng
        self._pages: dict[tuple[int, str], str] = {}
        for number in range(pages):
            self.add(number)

    def add(self, number: int) -> tuple[int, str]:
        """Another article, in the feed of its host from now on; its host and path."""
        host, path = number % HOSTS, f"/articles/{number}.html"
        title = f"Reporters visit matter {number}"
        paragraphs = "".join(f"<p>{part}</p>" for part in text_of(number, self._rng).split("\n\n"))
        self._pages[host, path] = (
            f"<html lang='en'><head><title>{title}</title><meta property='og:type' content='article'></head>"
            f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
        )
        self.titles[article_id(self.origin(host) + path)] = title
        return host, path

    @property
    def count(self) -> int:
        return len(self._pages)

    def origin(self, host: int) -> str:
        return f"http://127.0.0.{host + 2}:{self._port}"

    def sources(self) -> str:
        """The sources file."""
        return yaml.safe_dump(
            {
                "sources": [
                    {"id": f"host-{host}", "name": f"Host {host}", "url": f"{origin}/", "feeds": [origin + FEED]}
                    for host, origin in ((host, self.origin(host)) for host in range(HOSTS))
                ]
            }
        )

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Answer on all hosts for the block's duration."""
        runners = []
        try:
            for host in range(HOSTS):
                runner = web.AppRunner(self._app(host), access_log=None)
                await runner.setup()
                runners.append(runner)
                await web.TCPSite(runner, f"127.0.0.{host + 2}", self._port).start()
            yield
        finally:
            for runner in runners:
                await runner.cleanup()

    def _app(self, host: int) -> web.Application:
        async def answer(request: web.Request) -> web.Response:
            if request.path == "/robots.txt":
                return web.Response(text="User-agent: *\nAllow: /\n")
            self.requests.append((host, request.path))
            if request.path == FEED:
                return web.Response(text=self._feed(host), content_type="application/rss+xml")
            page = self._pages.get((host, request.path))
            return web.Response(status=404) if page is None else web.Response(text=page, content_type="text/html")

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        return app

    def _feed(self, host: int) -> str:
        links = (self.origin(host) + path for owner, path in self._pages if owner == host)
        return _rss(f"Host {host}", links)


def _rss(title: str, links: Iterable[str]) -> str:
    items = "".join(f"<item><link>{link}</link></item>" for link in links)
    return f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'
