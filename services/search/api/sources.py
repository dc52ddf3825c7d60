"""GET, POST and DELETE /v1/sources: what is crawled, how it does, and what to crawl from now on."""

from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.search.api.asking import asks_nothing, given
from services.search.api.openapi import described
from services.search.parameters.articles import link
from services.search.parameters.form import Form
from services.search.parameters.parameter import several, several_of, text, whole
from services.search.parameters.query_string import join_list
from services.search.problems import OPENAPI_RESPONSES
from services.search.source_catalogue import FoundSource, KnownSource, SourceCatalogue
from shared.clock import Clock
from shared.events.articles import HttpUrl
from shared.events.commands import FoundDoor
from shared.source_health import HealthReport, State
from shared.sources import Source

SOURCES_PATH = "/v1/sources"
_STATES: tuple[State, ...] = get_args(State)
MAX_SOURCES_ON_PAGE = 500
_DEFAULT_SIZE = 100
_TAG = several("tag", "Sources with any of these tags.")
_STATE = several_of("state", "Sources that do so.", _STATES)
_SIZE = whole("size", "Sources on a page.", MAX_SOURCES_ON_PAGE, _DEFAULT_SIZE)
_AFTER = text("after", "The id that the page before ended with: follow next.", 64)
SOURCE_FORM = Form((_TAG, _STATE, _SIZE, _AFTER))
_SourceId = Annotated[str, Path(description="as GET /v1/sources lists it")]


class SourceItem(BaseModel):
    """A source and how it does."""

    source: Source
    in_words: str = Field(description="how it does, in a sentence")
    health: HealthReport

    @classmethod
    def of(cls, known: KnownSource) -> "SourceItem":
        return cls(source=known.source, in_words=known.in_words, health=known.health)


class SourceList(BaseModel):
    """A page of sources, by id."""

    total: int
    sources: tuple[SourceItem, ...]
    next: str | None


class NewSource(BaseModel):
    """A site to crawl."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"url": "https://news.example/", "dry_run": True}]}
    )

    url: HttpUrl = Field(description="of the site, or of one of its feeds, sitemaps or listings", max_length=2000)
    dry_run: bool = Field(default=False, description="only say what is found")


class AddedSource(BaseModel):
    """What a crawler found on the site, and the source that it is, or would be."""

    source: Source
    doors: tuple[FoundDoor, ...] = Field(description="all that were found; the source has the chosen ones")
    known: bool = Field(description="whether there was a source for the site already; it gets the doors that are new")
    added: bool = Field(description="false for a dry run")

    @classmethod
    def of(cls, found: FoundSource, *, added: bool) -> "AddedSource":
        return cls(source=found.source, doors=found.site.doors, known=found.known, added=added)


def source_routes(sources: SourceCatalogue, clock: Clock) -> APIRouter:
    """The routes of the resource."""
    resource = _Sources(sources, clock)
    router = APIRouter(tags=["sources"], responses=OPENAPI_RESPONSES)
    router.add_api_route(
        SOURCES_PATH,
        resource.all,
        summary="What is crawled, and how it does",
        openapi_extra={"parameters": described(SOURCE_FORM.parameters)},
    )
    router.add_api_route(SOURCES_PATH, resource.add, methods=["POST"], summary="Crawl a site from now on")
    one = f"{SOURCES_PATH}/{{source_id}}"
    router.add_api_route(one, resource.one, summary="One source", dependencies=[Depends(asks_nothing)])
    router.add_api_route(
        one, resource.remove, methods=["DELETE"], status_code=204, response_class=Response, summary="Crawl it no more"
    )
    return router


class _Sources:
    def __init__(self, sources: SourceCatalogue, clock: Clock) -> None:
        self._sources = sources
        self._clock = clock

    async def all(self, request: Request) -> SourceList:
        """Every source with its state, its yield of the last 30 days, and what is wrong where something is."""
        asked = await given(SOURCE_FORM, request, self._clock)
        tags, states, size, after = asked[_TAG], asked[_STATE], asked[_SIZE], asked[_AFTER]
        found = await self._sources.all(tags=tags, states=states)
        rest = [known for known in found if known.source.id > after]
        page = rest[:size]
        more = None
        if rest[size:]:
            pairs = [("tag", join_list(tags)), ("state", join_list(states)), ("size", str(size))]
            more = link(SOURCES_PATH, [*pairs, ("after", page[-1].source.id)])
        return SourceList(
            total=len(found),
            sources=tuple(map(SourceItem.of, page)),
            next=more,
        )

    async def one(self, source_id: _SourceId) -> SourceItem:
        """The source and how it does."""
        return SourceItem.of(await self._sources.one(source_id))

    async def add(self, new: NewSource) -> AddedSource:
        """Has a running crawler look for feeds, news sitemaps or listings on the site, which takes some seconds, and
        adds the source, or the doors that are new to the one that is known."""
        found = await self._sources.find(new.url)
        if not new.dry_run:
            await self._sources.put(found.source)
        return AddedSource.of(found, added=not new.dry_run)

    async def remove(self, source_id: _SourceId) -> Response:
        """Crawlers stop visiting within seconds; articles that were found stay."""
        await self._sources.remove(source_id)
        return Response(status_code=204)
