"""A news site on loopback that does what a test tells it, and remembers who asked for what, and when."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from aiohttp.test_utils import TestServer

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str]


@dataclass
class NewsSite:
    """Pages by path; what is not there answers 404."""

    url: str = ""
    pages: dict[str, Handler] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    at_work: int = 0
    most_at_once: int = 0
    pause_s: float = 0.0

    def page(self, path: str, body: str | bytes = "", *, status: int = 200, **headers: str) -> None:
        """Answer `path` with this; a body whose ETag the request names is not sent again."""
        named = {"content-type": "text/html; charset=utf-8"} | {k.replace("_", "-"): v for k, v in headers.items()}

        async def answer(request: web.Request) -> web.Response:
            if "etag" in named and request.headers.get("If-None-Match") == named["etag"]:
                return web.Response(status=304)
            return web.Response(status=status, body=body.encode() if isinstance(body, str) else body, headers=named)

        self.pages[path] = answer

    def feed(self, *paths: str, path: str = "/feed.xml", updated: datetime | None = None, **headers: str) -> None:
        """Answer `path` with a feed of these articles."""
        changed = f"<updated>{updated.isoformat()}</updated>" if updated else ""
        entries = "".join(
            f'<entry><title>{p}</title><id>{self.url}{p}</id><link href="{self.url}{p}"/>{changed}</entry>'
            for p in paths
        )
        body = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{entries}</feed>'
        self.page(path, body, content_type="application/atom+xml", **headers)

    def article(self, path: str, subject: str, *, head: str = "", **headers: str) -> None:
        """Answer `path` with an article."""
        self.page(path, article_html(subject, head), **headers)

    def asked(self) -> list[str]:
        """The paths that were asked for, robots.txt apart."""
        return [request.path for request in self.requests if request.path != "/robots.txt"]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(Request(request.path, dict(request.headers)))
        self.at_work += 1
        self.most_at_once = max(self.most_at_once, self.at_work)
        try:
            if self.pause_s:
                await asyncio.sleep(self.pause_s)
            handler = self.pages.get(request.path)
            return await handler(request) if handler else web.Response(status=404)
        finally:
            self.at_work -= 1


def article_html(subject: str, head: str = "") -> str:
    """A page that is an article about `subject`."""
    paragraphs = "".join(
        f"<p>The council met on Monday to discuss {subject}, and after {number} hours of debate nobody had "
        f"changed their mind about {subject} or about the weir.</p>"
        for number in range(2, 9)
    )
    return (
        f"<html lang='en'><head><title>Council discusses {subject}</title>{head}</head>"
        f"<body><article><h1>Council discusses {subject}</h1>{paragraphs}</article></body></html>"
    )


@asynccontextmanager
async def news_site() -> AsyncIterator[NewsSite]:
    """The site, served for the block's duration."""
    site = NewsSite()
    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", site.answer)
    async with TestServer(app, skip_url_asserts=True) as server:
        site.url = str(server.make_url("")).rstrip("/")
        yield site
