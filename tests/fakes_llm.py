"""A fake of a language model on loopback, and its answers."""

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

from aiohttp import web

from tests.fakes_endpoint import Answering, FakeEndpoint, serving

EMPTY = {"relations": [], "quotes": [], "events": [], "summary": []}


def a_model(answer: Answering) -> AbstractAsyncContextManager[FakeEndpoint]:
    """A running fake."""
    return serving("/chat/completions", answer)


def material(fake: FakeEndpoint) -> dict[str, Any]:
    """What the latest question said of its article."""
    said: dict[str, Any] = json.loads(fake.asked[-1]["messages"][1]["content"])
    return said


def completion(content: object, *, tokens: int = 100, finish_reason: str = "stop") -> web.Response:
    """A chat completion whose message is the content, or its JSON."""
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": finish_reason}
    return web.json_response({"choices": [choice], "usage": {"total_tokens": tokens}})


def saying(content: object, **fields) -> Answering:
    """Always the same completion; a dict is filled up to a whole answer."""

    async def answer(question: dict) -> web.StreamResponse:
        return completion({**EMPTY, **content} if isinstance(content, dict) else content, **fields)

    return answer
