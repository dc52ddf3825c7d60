"""Times every request."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.clock import Clock
from shared.metrics import REQUEST_SECONDS


class Measured:
    """Times each request under the template of its route, so that ids make no new series."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = self._clock.monotonic_s()
        try:
            await self._app(scope, receive, noted)
        finally:
            REQUEST_SECONDS.labels(_template(scope), str(status)).observe(self._clock.monotonic_s() - started)


def _template(scope: Scope) -> str:
    if "endpoint" not in scope:
        return "unmatched"
    # FastAPI notes no route for mounts, whose path is the root of what they hold, and for plain routes.
    return getattr(scope.get("route"), "path", None) or scope.get("root_path") or str(scope["path"])
