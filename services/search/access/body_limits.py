"""Reads the body of a request before anything else does: at most so many bytes, within so many seconds."""

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import LimitExceeded, PermanentFailure

MAX_BODY_BYTES = 256_000
# A client that drips its body byte by byte holds a connection no longer than this.
BODY_TIMEOUT_S = 10.0
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})


class BodyTooLarge(LimitExceeded):
    """The body has more bytes than are read."""


class BodyTooSlow(PermanentFailure):
    """The body did not arrive in time."""


class BodyLimits:
    """Gives the application a body that is whole, or refuses it; bodies of reading methods are not read at all."""

    def __init__(self, app: ASGIApp, *, timeout_s: float = BODY_TIMEOUT_S) -> None:
        self._app = app
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _BODILESS:
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(self._timeout_s):
                body = await _whole(receive)
        except TimeoutError as error:
            raise BodyTooSlow(f"the body did not arrive within {self._timeout_s:g} s") from error
        if body is not None:
            await self._app(scope, _replaying(body, receive), send)


async def _whole(receive: Receive) -> bytes | None:
    """The body; None where the client went away before it was whole."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge(f"a body of more than {MAX_BODY_BYTES} bytes: send less")
        if not message.get("more_body", False):
            return bytes(body)


def _replaying(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
