"""The search service, wired: a reader of the store behind an API, the pages over it, and its probes."""

import asyncio
from contextlib import AsyncExitStack

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from services.search.access.api_keys import KeyRing
from services.search.access.authentication import KeyGuard
from services.search.access.body_limits import BodyLimits
from services.search.access.guard import AccessGuard, SecurityHeaders, check_binding, known_hosts
from services.search.access.rate_limits import RateLimiter
from services.search.access.sessions import Sessions
from services.search.alerts.service import AlertService, open_alerts
from services.search.alerts.settings import AlertSettings
from services.search.api.alerts import AlertResource, alert_routes
from services.search.api.articles import article_routes
from services.search.api.entities import entity_routes
from services.search.api.export import export_routes
from services.search.api.facets import facet_routes
from services.search.api.facts import fact_routes
from services.search.api.live import live_routes
from services.search.api.sources import source_routes
from services.search.api.stories import story_routes
from services.search.api.timeline import timeline_routes
from services.search.api.values import value_routes
from services.search.error_answers import ErrorAnswers, Unforeseen
from services.search.finding.catalogue import Catalogue
from services.search.head_requests import HeadAsGet
from services.search.live import HEARTBEAT_S, LiveFeed
from services.search.measuring import Measured
from services.search.pipeline import Pipeline
from services.search.settings import SearchSettings
from services.search.source_catalogue import SourceCatalogue
from services.search.ui.alert_pages import AlertPages
from services.search.ui.login_pages import LoginPages
from services.search.ui.operator_pages import OperatorPages
from services.search.ui.pages import STATIC_FILES, Pages
from services.search.ui.rendering import Renderer
from shared.article_store.opening import open_reader
from shared.article_store.protocol import ArticleReader
from shared.clock import Clock, SystemClock
from shared.embeddings.opening import open_embedder
from shared.embeddings.protocol import Embedder
from shared.errors import ConfigurationError, NewsweirError
from shared.process import Body, Probe, probe_routes, run_until_signalled
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, EmbeddingSettings, HttpSettings, StoreSettings, TelemetrySettings, load
from shared.telemetry import reporting

# Less fits a packet as it is.
_COMPRESSED_FROM_BYTES = 1_400


def main() -> int:
    """Run until signalled; the exit status.

    Raises:
        ConfigurationError: settings that do not fit, or an address that others reach without leave to open it.
    """
    http, settings = load(HttpSettings), load(SearchSettings)
    check_binding(http, settings)
    with reporting("search", load(TelemetrySettings)):
        return asyncio.run(_run(load(StoreSettings), load(BusSettings), http, settings))


def create_app(
    reader: ArticleReader,
    store: StoreSettings,
    http: HttpSettings,
    settings: SearchSettings,
    clock: Clock,
    connection: RedisConnection | None = None,
    alerts: AlertService | None = None,
    embedder: Embedder | None = None,
) -> FastAPI:
    """The whole service over a reader and a connection that the caller closes.

    Without a connection articles are served, and what needs the broker says that it is away.

    Raises:
        ConfigurationError: keys are required, and there is no broker that knows them.
    """
    catalogue = Catalogue(reader, time_limit_s=store.store_timeout_s, embedder=embedder)
    app = FastAPI(title="Newsweir", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    renderer = Renderer(with_login=settings.require_keys, remote_images=settings.remote_images)
    app.state.live = LiveFeed(connection, catalogue, clock, heartbeat_s=HEARTBEAT_S)
    pages = Pages(catalogue, app.state.live, app.openapi, clock, renderer)
    answers = ErrorAnswers(pages)
    _surround(app, answers, http, settings, clock, connection)
    for error in (NewsweirError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, answers.answer)
    desk = AlertResource(alerts, catalogue, clock)
    sources = SourceCatalogue(connection, clock)
    _add(
        app,
        article_routes(catalogue, clock),
        facet_routes(),
        value_routes(catalogue, clock),
        alert_routes(desk),
        fact_routes(catalogue, clock),
        entity_routes(catalogue, clock),
        timeline_routes(catalogue, clock),
        story_routes(catalogue, clock),
        export_routes(catalogue, clock),
        live_routes(app.state.live, clock),
        source_routes(sources, clock),
        pages.routes(),
        OperatorPages(renderer, sources, Pipeline(connection, clock), clock).routes(),
        AlertPages(renderer, desk, clock).routes(),
        LoginPages(renderer, _sessions(connection, settings, clock)).routes(),
    )
    readiness = [Probe("store", catalogue.check)]
    if settings.require_keys and connection:
        # Without the broker nobody's key is known.
        readiness.append(Probe("broker", connection.check))
    app.router.routes.extend(probe_routes("search", liveness=[], readiness=readiness))
    app.mount("/static", StaticFiles(directory=STATIC_FILES))
    return app


def _add(app: FastAPI, *routers: APIRouter) -> None:
    """Let the application answer what the routers do.

    `include_router` builds each route a second time, and goes through a context of it for each request.
    """
    for router in routers:
        app.router.routes.extend(router.routes)


def _surround(
    app: FastAPI,
    answers: ErrorAnswers,
    http: HttpSettings,
    settings: SearchSettings,
    clock: Clock,
    connection: RedisConnection | None,
) -> None:
    """What every request passes, from the innermost to the outermost."""
    if settings.require_keys and connection is None:
        raise ConfigurationError("NEWSWEIR_REQUIRE_KEYS is set, and keys are kept in the broker: set REDIS_URL")
    limit = settings.rate_limit_per_minute
    # The innermost: what surrounds it tells HEAD from GET.
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimits)
    app.add_middleware(
        KeyGuard,
        keys=KeyRing(connection, clock) if connection else None,
        limiter=RateLimiter(connection, clock, limit) if connection and limit else None,
        sessions=_sessions(connection, settings, clock),
        required=settings.require_keys,
    )
    app.add_middleware(Unforeseen, answers=answers)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "X-API-Key", "Content-Type", "Last-Event-ID"],
            expose_headers=["Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"],
        )
    # Feeds of events are left as they are: what waits to be compressed would arrive late.
    app.add_middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM_BYTES, compresslevel=6)
    app.add_middleware(AccessGuard, hosts=known_hosts(http, settings), origins=settings.cors_origins)
    app.add_middleware(SecurityHeaders, remote_images=settings.remote_images)
    app.add_middleware(Measured, clock=clock)


def _sessions(connection: RedisConnection | None, settings: SearchSettings, clock: Clock) -> Sessions | None:
    """The sessions that are kept in the broker."""
    if connection is None:
        return None
    return Sessions(connection, KeyRing(connection, clock), settings.session_hours * 3_600)


async def _run(store: StoreSettings, bus: BusSettings, http: HttpSettings, settings: SearchSettings) -> int:
    clock = SystemClock()
    connection = open_connection(bus) if bus.redis_url else None
    reader = await open_reader(store, clock)
    try:
        async with AsyncExitStack() as stack:
            alerts = None
            if connection:
                opening = open_alerts(load(AlertSettings), bus, connection, reader, clock)
                alerts = await stack.enter_async_context(opening)
            embedder = await stack.enter_async_context(open_embedder(load(EmbeddingSettings)))
            app = create_app(reader, store, http, settings, clock, connection, alerts, embedder)
            body = _ending_feeds(app.state.live, alerts.run if alerts else _until)
            return await run_until_signalled("search", body, app, host=http.http_host, port=http.http_port)
    finally:
        await reader.close()
        if connection:
            await connection.close()


def _ending_feeds(feed: LiveFeed, body: Body) -> Body:
    """The body, and an end to all live feeds when the service stops: a server waits for its clients, and these would
    never go."""

    async def run(stop: asyncio.Event) -> None:
        async def end() -> None:
            await stop.wait()
            feed.close()

        ending = asyncio.create_task(end())
        try:
            await body(stop)
        finally:
            feed.close()
            ending.cancel()

    return run


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
