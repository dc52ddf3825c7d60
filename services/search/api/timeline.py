"""GET /v1/timeline: how many articles of a search were published when, by the values of a facet where asked for."""

from datetime import datetime
from typing import get_args

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.search import timelines
from services.search.api.openapi import described
from services.search.api.understood import Understood
from services.search.catalogue import Catalogue
from services.search.parameter import Parameter
from services.search.parameters import PARAMETERS, understand
from services.search.problems import OPENAPI_RESPONSES
from services.search.query_string import apart, number, one_of, pairs_of_query_string
from shared.article_store.fact_query import Interval
from shared.article_store.query import FacetRequest
from shared.clock import Clock, from_ms
from shared.facets import FACETS_BY_NAME

_MAX_VALUES = 50
_INTERVALS: tuple[Interval, ...] = get_args(Interval)
# A timeline is no page: these are taken, so that the address of a search becomes one of a timeline, and say nothing.
_OF_PAGES = frozenset({"sort", "size", "cursor", "highlight", "facet"})
_OWN = (
    Parameter(
        "interval",
        "How long each slice is; without it the shortest that gives at most 60 of them.",
        {"type": "string", "enum": list(_INTERVALS)},
    ),
    Parameter(
        "by",
        "A facet whose most frequent values to count in each slice.",
        {"type": "string", "enum": [*FACETS_BY_NAME]},
    ),
    Parameter(
        "values",
        "How many values of it in each slice.",
        {"type": "integer", "minimum": 1, "maximum": _MAX_VALUES, "default": 5},
    ),
)
_NAMES = frozenset(parameter.name for parameter in _OWN)
TIMELINE_PARAMETERS = (
    *_OWN,
    *(p for p in PARAMETERS if p.name not in _OF_PAGES and not p.name.startswith("facet.")),
)


class Value(BaseModel):
    """A value of the facet within a slice."""

    value: str
    label: str
    count: int
    selected: bool


class Slice(BaseModel):
    """The articles published from `start` to before `end`."""

    start: datetime
    end: datetime
    count: int
    values: tuple[Value, ...]

    @classmethod
    def of(cls, found: timelines.Slice) -> "Slice":
        values = tuple(Value(value=b.value, label=b.label, count=b.count, selected=b.selected) for b in found.buckets)
        return cls(start=found.start, end=found.end, count=found.count, values=values)


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
    router.add_api_route(
        "/v1/timeline",
        resource.one,
        summary="How many articles were published when",
        openapi_extra={"parameters": described(TIMELINE_PARAMETERS)},
    )
    return router


class _Timelines:
    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def one(self, request: Request) -> Timeline:
        """The filters of a search, answered as counts over the time of publication (UTC)."""
        own, asked = apart(pairs_of_query_string(request.url.query), _NAMES)
        query = understand(asked, from_ms(self._clock.now_ms())).query
        facet = own.one("by", one_of(tuple(FACETS_BY_NAME)))
        values = own.one("values", number(_MAX_VALUES)) or 5
        by = FacetRequest(facet, values) if facet else None
        found = await timelines.timeline(self._catalogue, query, own.one("interval", one_of(_INTERVALS)), by)
        return Timeline(
            query=Understood.of(query),
            interval=found.interval,
            by=facet,
            total=sum(piece.count for piece in found.slices),
            slices=tuple(map(Slice.of, found.slices)),
        )
