"""The newsroom's wiring: each outlet a small web application, all of them served on loopback by one process."""

import asyncio
import contextlib
import hashlib
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from services.newsroom.articles import load_articles
from services.newsroom.memory import NewsroomMemory, open_memory
from services.newsroom.misbehaviour import HostileAnswer, hostile_answer
from services.newsroom.outlets import OUTLETS, Outlet
from services.newsroom.settings import HOST, NewsroomSettings
from services.newsroom.site import Answer, Site
from shared.clock import Clock, SystemClock
from shared.errors import ConfigurationError
from shared.settings import StoreSettings, TelemetrySettings, load, variable_of
from shared.telemetry import configure_logging

# Longest wait at the end for visitors of slow pages.
_FAREWELL_S = 1
_SLOW_STEPS = 12


def outlet_application(outlet: Outlet, settings: NewsroomSettings, memory: NewsroomMemory, clock: Clock) -> Starlette:
    """One outlet as an ASGI application."""
    site = Site(outlet, load_articles(), memory.epoch_ms, outlet.base_url(settings))

    async def visit(request: Request) -> Response:
        path = request.url.path
        if hostile := hostile_answer(path):
            return _hostile_response(hostile, clock)
        now_ms = clock.now_ms()
        answer = site.answer(path, _page_number(request), now_ms, memory.visits)
        if answer.counts_for and request.method == "GET":
            memory.count(answer.counts_for, now_ms)
        return _response(request, answer, clock)

    # HEAD comes with GET.
    return Starlette(routes=[Route("/{path:path}", visit)], middleware=[Middleware(GZipMiddleware)])


def main() -> int:
    """Serve all outlets until SIGTERM or SIGINT; the exit status."""
    configure_logging("newsroom", load(TelemetrySettings))
    asyncio.run(_serve_until_signalled(load(NewsroomSettings), load(StoreSettings).data_dir, SystemClock()))
    return 0


async def _serve_until_signalled(settings: NewsroomSettings, data_dir: Path, clock: Clock) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await serve(settings, data_dir, clock, stop)


async def serve(settings: NewsroomSettings, data_dir: Path, clock: Clock, stop: asyncio.Event) -> None:
    """Serve all outlets until `stop` is set; their memory is kept in `data_dir`.

    Raises:
        ConfigurationError: a port is taken, or the data folder cannot be used.
    """
    memory = open_memory(data_dir, clock.now_ms())
    with contextlib.ExitStack() as sockets:
        doors = [(outlet, sockets.enter_context(_listen(outlet, settings))) for outlet in OUTLETS]
        async with asyncio.TaskGroup() as group:
            servers = []
            for outlet, door in doors:
                server = _QuietServer(_server_config(outlet_application(outlet, settings, memory, clock)))
                servers.append(server)
                group.create_task(server.serve(sockets=[door]))
            await stop.wait()
            for server in servers:
                server.should_exit = True


class _QuietServer(uvicorn.Server):
    """A server that leaves signals to the process it runs in."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server_config(application: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_FAREWELL_S,
    )


def _listen(outlet: Outlet, settings: NewsroomSettings) -> socket.socket:
    port = settings.newsroom_port + outlet.port_offset
    door = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # A port whose last connections are only fading away counts as free.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((HOST, port))
        door.listen(128)
    except OSError as error:
        door.close()
        raise ConfigurationError(
            f"port {port} for {outlet.name} cannot be used ({error.strerror}): set {variable_of('newsroom_port')} "
            f"(is {settings.newsroom_port}) to the first of {len(OUTLETS)} free ports"
        ) from error
    return door


def _page_number(request: Request) -> int:
    value = request.query_params.get("page", "1")
    return int(value) if value.isdecimal() and len(value) < 6 else 0


def _response(request: Request, answer: Answer, clock: Clock) -> Response:
    headers = {**answer.headers, "content-type": answer.content_type}
    if answer.status == 200:
        headers |= _validators(answer)
        if _unchanged(request, answer, headers["etag"]):
            return Response(status_code=304, headers={key: headers[key] for key in headers if key != "content-type"})
    if answer.spread_s:
        return StreamingResponse(_spread(answer, clock), answer.status, headers)
    return Response(answer.body, answer.status, headers)


def _validators(answer: Answer) -> dict[str, str]:
    # Weak: the same page is served plain and compressed.
    validators = {"etag": f'W/"{hashlib.sha256(answer.body).hexdigest()[:24]}"', "cache-control": "no-cache"}
    if answer.changed_at:
        validators["last-modified"] = format_datetime(answer.changed_at, usegmt=True)
    return validators


def _unchanged(request: Request, answer: Answer, etag: str) -> bool:
    if (known := request.headers.get("if-none-match")) is not None:
        return etag in (tag.strip() for tag in known.split(","))
    since = _http_date(request.headers.get("if-modified-since"))
    return bool(since and answer.changed_at and answer.changed_at.replace(microsecond=0) <= since)


def _http_date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


async def _spread(answer: Answer, clock: Clock) -> AsyncIterator[bytes]:
    step = len(answer.body) // _SLOW_STEPS + 1
    for start in range(0, len(answer.body), step):
        await clock.sleep(answer.spread_s / _SLOW_STEPS)
        yield answer.body[start : start + step]


def _hostile_response(hostile: HostileAnswer, clock: Clock) -> Response:
    async def chunks() -> AsyncIterator[bytes]:
        for chunk in hostile.chunks():
            await clock.sleep(hostile.pause_s)
            yield chunk

    return StreamingResponse(chunks(), hostile.status, dict(hostile.headers))
