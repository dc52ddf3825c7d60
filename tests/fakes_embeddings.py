"""A fake of an endpoint for embeddings on loopback: a vector of each text's own, or what a test tells it to answer."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

Answering = Callable[[list[str]], Awaitable[web.StreamResponse]]


@dataclass
class FakeEmbeddings:
    """`asked` holds the requests' bodies, `keys` their Authorization headers."""

    answer: Answering
    url: str = ""
    asked: list[dict] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization"))
        return await self.answer(self.asked[-1]["input"])


def numbers_of(text: str, length: int = 256) -> list[float]:
    """Numbers that only this text has; the same in every process."""
    seed = hashlib.sha256(text.encode()).digest() * (length // 32 + 1)
    return [(byte - 127.5) / 128 for byte in seed[:length]]


def vectors(*found: list[float]) -> web.Response:
    """An answer with these vectors, the last first: an index says which text each is of."""
    items = [{"object": "embedding", "index": at, "embedding": numbers} for at, numbers in enumerate(found)]
    return web.json_response({"object": "list", "data": items[::-1], "model": "any"})


async def of_each(texts: list[str]) -> web.StreamResponse:
    """A vector for each text."""
    return vectors(*map(numbers_of, texts))


@asynccontextmanager
async def an_endpoint(answer: Answering = of_each) -> AsyncIterator[FakeEmbeddings]:
    """A running fake."""
    fake = FakeEmbeddings(answer)
    app = web.Application()
    app.router.add_post("/v1/embeddings", fake.handle)
    async with TestServer(app, skip_url_asserts=True) as server:
        fake.url = str(server.make_url("/v1"))
        yield fake
