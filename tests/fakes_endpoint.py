"""A fake of an endpoint of a model on loopback: answers what a test tells it to, and notes what it was asked."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Answering = Callable[[dict[str, Any]], Awaitable[web.StreamResponse]]


@dataclass
class FakeEndpoint:
    """Answers each question by `answer`; `asked` holds the requests' bodies, `keys` their Authorization headers."""

    answer: Answering
    url: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization"))
        return await self.answer(self.asked[-1])


@asynccontextmanager
async def serving(path: str, answer: Answering) -> AsyncIterator[FakeEndpoint]:
    """A running fake that takes questions under /v1 and the path."""
    fake = FakeEndpoint(answer)
    app = web.Application()
    app.router.add_post(f"/v1{path}", fake.handle)
    async with TestServer(app, skip_url_asserts=True) as server:
        fake.url = str(server.make_url("/v1"))
        yield fake
