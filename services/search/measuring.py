"""Times every request, and traces it where traces are sent."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import tracing
from shared.clock import Clock
from shared.metrics import REQUEST_SECONDS
from shared.spans import NOTHING, Span

_TRACEPARENT = b"traceparent"
# One span each: a scrape every few seconds would drown the rest.
_UNTRACED = frozenset({"/healthz", "/readyz", "/metrics"})


class Measured:
    """Times each request under the template of its route, so that ids make no new series.

    A request that comes with a trace goes on with it.
    """

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
        with _span(scope) as span:
            try:
                await self._app(scope, receive, noted)
            finally:
                template = _template(scope)
                REQUEST_SECONDS.labels(template, str(status)).observe(self._clock.monotonic_s() - started)
                named: dict[str, str | int] = {"http.route": template, "http.response.status_code": status}
                span.note(named, name=f"{scope['method']} {template}")


def _span(scope: Scope) -> Span:
    if not tracing.enabled() or scope["path"] in _UNTRACED:
        return NOTHING
    attributes = {"http.request.method": scope["method"], "url.path": scope["path"]}
    return tracing.span("request", attributes, parent=_traceparent(scope), kind="server")


def _traceparent(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == _TRACEPARENT), "")


def _template(scope: Scope) -> str:
    if "endpoint" not in scope:
        return "unmatched"
    # FastAPI notes no route for mounts, whose path is the root of what they hold, and for plain routes.
    return getattr(scope.get("route"), "path", None) or scope.get("root_path") or str(scope["path"])
