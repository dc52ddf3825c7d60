"""The pages of whoever keeps it running: sources with their health, and the pipeline with its dead letters."""

from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.search.pipeline import MAX_LETTERS, Pipeline
from services.search.source_catalogue import CrawlerRefuses, NoCrawler, SourceCatalogue
from services.search.ui import wording
from services.search.ui.forms import fields, form, seen
from services.search.ui.links import PIPELINE_PATH, SOURCES_PATH
from services.search.ui.pipeline_view import pipeline_view
from services.search.ui.rendering import Renderer
from services.search.ui.sources_view import found_page, source_rows
from shared.clock import Clock, from_ms
from shared.errors import InvalidInput


class OperatorPages:
    """Answers operators with HTML; what changes something is a form that is sent by POST."""

    def __init__(self, renderer: Renderer, sources: SourceCatalogue, pipeline: Pipeline, clock: Clock) -> None:
        self._renderer = renderer
        self._sources = sources
        self._pipeline = pipeline
        self._clock = clock

    def routes(self) -> APIRouter:
        """Every page."""
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.add_api_route(SOURCES_PATH, self.sources)
        router.add_api_route(SOURCES_PATH, self.add, methods=["POST"])
        router.add_api_route(f"{SOURCES_PATH}/find", self.find, methods=["POST"])
        router.add_api_route(f"{SOURCES_PATH}/remove", self.remove, methods=["POST"])
        router.add_api_route(PIPELINE_PATH, self.pipeline)
        router.add_api_route(f"{PIPELINE_PATH}/letters", self.letters, methods=["POST"])
        return router

    async def sources(self, request: Request) -> Response:
        """What is crawled, and how it does."""
        return await self._source_page(said=request.query_params.get("said", "")[:200])

    async def find(self, request: Request) -> Response:
        """What a crawler finds on a site, to be confirmed."""
        url = (await form(request)).get("url", "").strip()
        address = url if "://" in url else f"https://{url}"
        try:
            found = await self._sources.find(address)
        except (CrawlerRefuses, NoCrawler, InvalidInput) as error:
            return await self._source_page(problem=str(error), url=url)
        return self._renderer.page("source_found.html", here=SOURCES_PATH, page=found_page(found))

    async def add(self, request: Request) -> Response:
        """Adds what was found; it is looked for again, since a form can say anything."""
        url = (await form(request)).get("url", "")
        try:
            found = await self._sources.find(url)
        except (CrawlerRefuses, NoCrawler, InvalidInput) as error:
            return await self._source_page(problem=str(error), url=url)
        await self._sources.put(found.source)
        return seen(f"{SOURCES_PATH}?said={quote(f'{found.source.id} is crawled from now on')}")

    async def remove(self, request: Request) -> Response:
        """Crawls a source no more."""
        source_id = (await form(request)).get("id", "")
        await self._sources.remove(source_id)
        return seen(f"{SOURCES_PATH}?said={quote(f'{source_id} is crawled no more; its articles stay')}")

    async def pipeline(self, request: Request) -> Response:
        """Backlogs, sums, dead letters."""
        state = await self._pipeline.state()
        return self._renderer.page(
            "pipeline.html",
            here=PIPELINE_PATH,
            page=pipeline_view(state, from_ms(self._clock.now_ms())),
            most=MAX_LETTERS,
            said=request.query_params.get("said", "")[:200],
        )

    async def letters(self, request: Request) -> Response:
        """Replays or discards the letters that were ticked."""
        given = await fields(request)
        names = [value for name, value in given if name == "letter"][:MAX_LETTERS]
        how: Literal["replay", "discard"] = "discard" if ("how", "discard") in given else "replay"
        ended = await self._pipeline.end(names, how)
        done = wording.counted(ended, "letter was", "letters were")
        said = f"{done} {'put back into the streams' if how == 'replay' else 'discarded'}"
        return seen(f"{PIPELINE_PATH}?said={quote(said)}")

    async def _source_page(self, *, said: str = "", problem: str = "", url: str = "") -> Response:
        known = await self._sources.all()
        page = self._renderer.page(
            "sources.html",
            here=SOURCES_PATH,
            rows=source_rows(known, from_ms(self._clock.now_ms())),
            said=said,
            problem=problem,
            url=url,
        )
        page.status_code = 422 if problem else 200
        return page
