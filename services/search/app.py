"""The search service, wired: a reader of the store behind an API, the pages over it, and its probes."""

import asyncio

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from services.search.access import AccessGuard, SecurityHeaders, check_binding, known_hosts
from services.search.api.articles import article_routes
from services.search.api.facets import facet_routes
from services.search.catalogue import Catalogue
from services.search.error_answers import ErrorAnswers, Unforeseen
from services.search.measuring import Measured
from services.search.settings import SearchSettings
from services.search.ui.pages import STATIC_FILES, Pages
from shared.article_store.opening import open_reader
from shared.article_store.protocol import ArticleReader
from shared.clock import Clock, SystemClock
from shared.errors import NewsweirError
from shared.process import Probe, probe_routes, run_until_signalled
from shared.settings import HttpSettings, StoreSettings, TelemetrySettings, load
from shared.telemetry import configure_logging


def main() -> int:
    """Run until signalled; the exit status.

    Raises:
        ConfigurationError: settings that do not fit, or an address that others reach without leave to open it.
    """
    http, settings = load(HttpSettings), load(SearchSettings)
    check_binding(http, settings)
    configure_logging("search", load(TelemetrySettings))
    return asyncio.run(_run(load(StoreSettings), http, settings))


def create_app(
    reader: ArticleReader, store: StoreSettings, http: HttpSettings, settings: SearchSettings, clock: Clock
) -> FastAPI:
    """The whole service over a reader that the caller closes."""
    catalogue = Catalogue(reader, time_limit_s=store.store_timeout_s)
    app = FastAPI(title="Newsweir", version="1", docs_url=None, redoc_url=None, redirect_slashes=False)
    pages = Pages(catalogue, app.openapi, clock)
    answers = ErrorAnswers(pages)
    # From the innermost to the outermost.
    app.add_middleware(Unforeseen, answers=answers)
    app.add_middleware(AccessGuard, hosts=known_hosts(http, settings))
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measured, clock=clock)
    for error in (NewsweirError, HTTPException):
        app.add_exception_handler(error, answers.answer)
    app.include_router(article_routes(catalogue))
    app.include_router(facet_routes())
    app.router.routes.extend(probe_routes("search", liveness=[], readiness=[Probe("store", catalogue.check)]))
    app.include_router(pages.routes())
    app.mount("/static", StaticFiles(directory=STATIC_FILES))
    return app


async def _run(store: StoreSettings, http: HttpSettings, settings: SearchSettings) -> int:
    clock = SystemClock()
    reader = await open_reader(store, clock)
    app = create_app(reader, store, http, settings, clock)
    try:
        return await run_until_signalled("search", _until, app, host=http.http_host, port=http.http_port)
    finally:
        await reader.close()


async def _until(stop: asyncio.Event) -> None:
    await stop.wait()
