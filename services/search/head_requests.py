"""HEAD: what GET answers, without its body."""

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """Answers HEAD as GET would, and ends once the headers are out: a feed of events would go on for ever.

    Of what goes out in pieces nothing but the first is made.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "HEAD":
            await self._answer({**scope, "method": "GET"}, receive, _allowing_head(send))
        else:
            await self._app(scope, receive, _allowing_head(send))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        said = asyncio.Event()

        async def without_body(message: Message) -> None:
            if said.is_set():
                return
            if message["type"] == "http.response.start":
                await send(message)
            elif message["type"] == "http.response.body":
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                said.set()

        answering = asyncio.ensure_future(self._app(scope, receive, without_body))
        saying = asyncio.ensure_future(said.wait())
        try:
            await asyncio.wait({answering, saying}, return_when=asyncio.FIRST_COMPLETED)
            if answering.done():
                await answering
        finally:
            saying.cancel()
            answering.cancel()
            await asyncio.wait({answering})


def _allowing_head(send: Send) -> Send:
    """Says of what takes GET that it takes HEAD, too."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            methods = [method.strip() for method in headers.get("allow", "").split(",")]
            if "GET" in methods and "HEAD" not in methods:
                headers["allow"] = ", ".join([*methods, "HEAD"])
        await send(message)

    return sending
