"""A fake of an OpenAI-compatible endpoint on loopback: answers what a test tells it to, and notes what it was asked."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer

Answering = Callable[[dict], Awaitable[web.StreamResponse]]
EMPTY = {"relations": [], "quotes": [], "events": [], "summary": []}


@dataclass
class FakeModel:
    """Answers each question by `answer`; `asked` holds the requests' bodies, `keys` their Authorization headers."""

    answer: Answering
    url: str = ""
    asked: list[dict] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(await request.json())
        self.keys.append(request.headers.get("Authorization"))
        return await self.answer(self.asked[-1])

    @property
    def material(self) -> dict:
        """What the latest question said of its article."""
        return json.loads(self.asked[-1]["messages"][1]["content"])


@asynccontextmanager
async def a_model(answer: Answering) -> AsyncIterator[FakeModel]:
    """A running fake."""
    model = FakeModel(answer)
    app = web.Application()
    app.router.add_post("/v1/chat/completions", model.handle)
    async with TestServer(app, skip_url_asserts=True) as server:
        model.url = str(server.make_url("/v1"))
        yield model


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
