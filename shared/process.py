"""The life of a service's process: run until signalled, drain, answer probes, and end non-zero when it must restart."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import structlog
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from shared.errors import ConfigurationError, NewsweirError

_log = structlog.get_logger()
# How long a service may finish what it holds; the supervisor kills later than this.
DRAIN_S = 10.0
_PROBE_TIMEOUT_S = 3.0
# How long a server may wait afterwards for clients that do not take their answers.
_FAREWELL_S = 3

Body = Callable[[asyncio.Event], Awaitable[None]]


@dataclass(frozen=True)
class Probe:
    """A question about the process; `check` returns when all is well and raises NewsweirError otherwise."""

    name: str
    check: Callable[[], Awaitable[None]]


def probe_routes(service: str, *, liveness: Sequence[Probe], readiness: Sequence[Probe]) -> list[Route]:
    """/healthz (restart me if not 200), /readyz (send me work if 200) and /metrics."""

    async def healthz(request: Request) -> Response:
        return await _answer(service, liveness)

    async def readyz(request: Request) -> Response:
        return await _answer(service, [*liveness, *readiness])

    async def metrics(request: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]


def probe_app(service: str, *, liveness: Sequence[Probe], readiness: Sequence[Probe]) -> Starlette:
    """The application of a service that answers nothing but probes."""
    return Starlette(routes=probe_routes(service, liveness=liveness, readiness=readiness))


async def run_until_signalled(name: str, body: Body, app: ASGIApp, *, host: str, port: int) -> int:
    """Serve `app` and run `body` until SIGTERM or SIGINT; the exit status to end the process with.

    `body` gets an event that is set when it must finish; it has DRAIN_S seconds, then it is cancelled. A body that
    ends before the event is set, or raises, ends the process with status 1: somebody must start it again. So does a
    server that ends early, once the body has finished.

    Raises:
        ConfigurationError: the port is taken, or the body found a setting wrong: starting again would not help.
    """
    keep_what_is_loaded()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = _Server(
        uvicorn.Config(
            app, host=host, port=port, log_config=None, access_log=False, lifespan="on",
            timeout_graceful_shutdown=_FAREWELL_S,
        )
    )  # fmt: skip
    _log.info("starting", version=version("newsweir"), host=host, port=port)
    serving = asyncio.create_task(server.serve())
    working = asyncio.ensure_future(body(stop))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({working, serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if server.cannot_listen:
            raise ConfigurationError(f"cannot listen on {host}:{port}: choose another port with NEWSWEIR_HTTP_PORT")
        if serving.done():
            _log.error("answers no more", service=name, exc_info=serving.exception())
        return await _finish(name, working, stop)
    finally:
        stopping.cancel()
        working.cancel()
        server.should_exit = True
        await asyncio.gather(serving, stopping, working, return_exceptions=True)


def keep_what_is_loaded() -> None:
    """Modules, settings and models stay for the life of the process: no collection of garbage need walk them again.

    One of them held a search up for 90 ms, and together they were a third of what searches took of the processor.
    """
    gc.collect()
    gc.freeze()


async def _finish(name: str, working: "asyncio.Future[None]", stop: asyncio.Event) -> int:
    early = not stop.is_set()
    if not early:
        _log.info("told to stop, finishing what is in hand", seconds=DRAIN_S)
    stop.set()
    done, _ = await asyncio.wait({working}, timeout=DRAIN_S)
    if not done:
        _log.warning("did not finish in time; what it held will be taken up again", service=name, seconds=DRAIN_S)
        return 1 if early else 0
    if error := working.exception():
        if isinstance(error, ConfigurationError):
            raise error
        if not isinstance(error, NewsweirError):
            _log.error("ended by an error", service=name, exc_info=error)
        else:
            _log.error("ended by an error", service=name, error=str(error))
        return 1
    if early:
        _log.error("ended before it was told to", service=name)
        return 1
    return 0


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers and without ending the process when it cannot bind.

    Attributes:
        cannot_listen: whether it ended for want of its port.
    """

    cannot_listen = False

    async def serve(self, sockets: object = None) -> None:
        try:
            # What uvicorn's own `serve` does, but for taking the signals.
            await self._serve(None)
        except SystemExit:
            # uvicorn exits when the application does not start, which it has logged, or when the port is taken.
            self.cannot_listen = not self.lifespan.should_exit


async def _answer(service: str, probes: Sequence[Probe]) -> Response:
    results = await asyncio.gather(*(_ask(probe) for probe in probes))
    failed = {probe.name: error for probe, error in zip(probes, results, strict=True) if error}
    body = {"service": service, "status": "failing" if failed else "ok", "failing": failed}
    return JSONResponse(body, status_code=503 if failed else 200)


async def _ask(probe: Probe) -> str | None:
    try:
        await asyncio.wait_for(probe.check(), _PROBE_TIMEOUT_S)
    except NewsweirError as error:
        return str(error)
    except TimeoutError:
        return f"no answer in {_PROBE_TIMEOUT_S:g} s"
    return None


async def run_together(bodies: Sequence[Body], stop: asyncio.Event) -> None:
    """Let all run until told to stop; when one ends before, the others finish what they have in hand and end too.

    Raises:
        Exception: what the first one that failed raised.
    """
    halt = asyncio.Event()
    running = [asyncio.ensure_future(body(halt)) for body in bodies]
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait([*running, stopping], return_when=asyncio.FIRST_COMPLETED)
    finally:
        halt.set()
        stopping.cancel()
        ended = await asyncio.gather(*running, return_exceptions=True)
    for result in ended:
        if isinstance(result, BaseException):
            raise result
