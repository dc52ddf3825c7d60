"""GET /v1/timeline: how many articles of a search were published when, by the values of a facet where asked for."""

from datetime import datetime
from typing import get_args

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.search.api.asking import add_question, given
from services.search.api.representation import ARTICLES_PATH
from services.search.api.understood import Understood
from services.search.finding import timelines
from services.search.finding.catalogue import Catalogue
from services.search.finding.unknown_values import unknown_values
from services.search.finding.values import filtered_by_id
from services.search.parameters.articles import asked_of_articles, to_url, within_search
from services.search.parameters.parameter import choice, whole
from services.search.parameters.selection import only
from services.search.problems import OPENAPI_RESPONSES
from shared.article_store.fact_query import Interval
from shared.article_store.query import ArticleQuery, FacetRequest
from shared.clock import Clock
from shared.facets import FACETS_BY_NAME

TIMELINE_PATH = "/v1/timeline"
_MAX_VALUES = 50
_INTERVALS: tuple[Interval, ...] = get_args(Interval)
_INTERVAL = choice(
    "interval", "How long each slice is; without it the shortest that gives at most 60 of them.", _INTERVALS, None
)
_BY = choice("by", "A facet whose most frequent values to count in each slice.", tuple(FACETS_BY_NAME), None)
_VALUES = whole("values", "How many values of it in each slice.", _MAX_VALUES, 5)
TIMELINE_FORM = within_search(_INTERVAL, _BY, _VALUES)


class Value(BaseModel):
    """A value of the facet within a slice."""

    value: str
    label: str
    count: int
    selected: bool
    link: str = Field(description="the search for the articles of this slice that have it")


class Slice(BaseModel):
    """The articles published from `start` to before `end`."""

    start: datetime
    end: datetime
    count: int
    link: str = Field(description="the search for them")
    values: tuple[Value, ...]

    @classmethod
    def of(cls, found: timelines.Slice, query: ArticleQuery, facet: str | None = None) -> "Slice":
        within = found.within(query)
        values = tuple(
            Value(
                value=bucket.value,
                label=bucket.label,
                count=bucket.count,
                selected=bucket.selected,
                link=to_url(ARTICLES_PATH, only(within, facet, bucket.value)),
            )
            for bucket in found.buckets
            if facet
        )
        link = to_url(ARTICLES_PATH, within)
        return cls(start=found.start, end=found.end, count=found.count, link=link, values=values)


class Timeline(BaseModel):
    """Slices without a gap, from the first article found to the last; none where nothing is found."""

    query: Understood
    interval: Interval
    by: str | None
    total: int = Field(description="of articles in all slices")
    slices: tuple[Slice, ...]


def timeline_routes(catalogue: Catalogue, clock: Clock) -> APIRouter:
    """The route of the resource."""
    resource = _Timelines(catalogue, clock)
    router = APIRouter(tags=["articles"], responses=OPENAPI_RESPONSES)
    add_question(
        router,
        TIMELINE_PATH,
        resource.one,
        TIMELINE_FORM,
        "How many articles were published when",
        example={"q": "battery", "interval": "week", "by": "source"},
    )
    return router


class _Timelines:
    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def one(self, request: Request) -> Timeline:
        """The filters of a search, answered as counts over the time of publication (UTC)."""
        asked = await given(TIMELINE_FORM, request, self._clock)
        query, facet = await filtered_by_id(self._catalogue, asked_of_articles(asked)), asked[_BY]
        by = FacetRequest(facet, asked[_VALUES]) if facet else None
        found = await timelines.timeline(self._catalogue, query, asked[_INTERVAL], by)
        unknown = await unknown_values(self._catalogue, query, found_nothing=not found.slices)
        return Timeline(
            query=Understood.of(query, unknown),
            interval=found.interval,
            by=facet,
            total=sum(piece.count for piece in found.slices),
            slices=tuple(Slice.of(piece, query, facet) for piece in found.slices),
        )
