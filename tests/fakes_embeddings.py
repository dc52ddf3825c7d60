"""A fake of an endpoint for embeddings on loopback: a vector of each text's own, or what a test tells it to answer."""

import hashlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from aiohttp import web

from tests.fakes_endpoint import FakeEndpoint, serving


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


def an_endpoint(
    answer: Callable[[list[str]], Awaitable[web.StreamResponse]] = of_each,
) -> AbstractAsyncContextManager[FakeEndpoint]:
    """A running fake, which is told the texts."""

    async def of_texts(question: dict[str, Any]) -> web.StreamResponse:
        return await answer(question["input"])

    return serving("/embeddings", of_texts)
