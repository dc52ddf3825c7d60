"""A proxy before Elasticsearch that passes requests on, refuses them, cuts them off, or loses their answers."""

import itertools
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from aiohttp import ClientSession, DummyCookieJar, web

Mode = Literal["pass", "away", "429", "503", "deaf"]
_MAX_BODY_BYTES = 100_000_000
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})


class Proxy:
    """Stands before one server.

    Attributes:
        mode: what is done to requests. pass: nothing. away: the connection is cut. 429 and 503: every second request
            is refused. deaf: the request is carried out and its answer is lost.
        hit: how many requests were refused, cut off or lost, by mode.
    """

    def __init__(self, upstream: str, port: int) -> None:
        self.mode: Mode = "pass"
        self.hit: Counter[Mode] = Counter()
        self.url = f"http://127.0.0.1:{port}"
        self._upstream = upstream.rstrip("/")
        self._port = port
        self._turns = itertools.count()

    @asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Listen for the block's duration."""
        app = web.Application(client_max_size=_MAX_BODY_BYTES)
        async with ClientSession(auto_decompress=False, cookie_jar=DummyCookieJar()) as session:

            async def answer(request: web.Request) -> web.StreamResponse:
                return await self._answer(session, request)

            app.router.add_route("*", "/{path:.*}", answer)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            try:
                await web.TCPSite(runner, "127.0.0.1", self._port).start()
                yield
            finally:
                await runner.cleanup()

    async def _answer(self, session: ClientSession, request: web.Request) -> web.StreamResponse:
        mode, body = self.mode, await request.read()
        if mode == "away":
            self.hit[mode] += 1
            return _cut(request)
        if mode in ("429", "503") and next(self._turns) % 2:
            self.hit[mode] += 1
            return web.json_response(
                {"error": {"type": "chaos", "reason": "refused"}, "status": int(mode)}, status=int(mode)
            )
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
        url = f"{self._upstream}{request.path_qs}"
        async with session.request(request.method, url, data=body or None, headers=headers) as response:
            content = await response.read()
            if mode == "deaf":
                self.hit[mode] += 1
                return _cut(request)
            kept = {name: value for name, value in response.headers.items() if name.lower() not in _HOP_BY_HOP}
            return web.Response(status=response.status, body=content, headers=kept)


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
