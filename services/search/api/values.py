"""GET /v1/facets/{name}, the values of a facet, and GET /v1/suggest, what the beginning of a name may stand for."""

from typing import Annotated, get_args

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from services.search.api.asking import add_question, given
from services.search.api.openapi import described
from services.search.api.representation import ARTICLES_PATH, FacetAnswer
from services.search.api.understood import Understood
from services.search.finding.catalogue import Catalogue, UnknownFacet
from services.search.finding.unknown_values import unknown_values
from services.search.finding.values import MAX_SUGGESTIONS, facet_values, filtered_by_id, suggestions
from services.search.parameters.articles import EVERYTHING, asked_of_articles, to_url, within_search
from services.search.parameters.facets import OF_FACETS, TOP, under_parameter
from services.search.parameters.form import Form, Given
from services.search.parameters.parameter import choice, several_of, text, whole
from services.search.parameters.query_string import InvalidParameter
from services.search.parameters.selection import toggled
from services.search.problems import OPENAPI_RESPONSES
from services.search.query_language.fields import NAMED_FACETS
from services.search.query_language.writing import write
from shared.article_store.periods import Interval
from shared.article_store.query import (
    MAX_FACET_SIZE,
    MAX_LABEL_QUERY_CHARACTERS,
    BucketSort,
    FacetRequest,
    HasValue,
)
from shared.clock import Clock
from shared.facets import FACETS_BY_NAME

_DEFAULT_VALUES = 20
_DEFAULT_SUGGESTIONS = 10
_MAX_TEXT = MAX_LABEL_QUERY_CHARACTERS
_ORDERS: tuple[BucketSort, ...] = get_args(BucketSort)
_INTERVALS: tuple[Interval, ...] = get_args(Interval)
_LABEL = text("label", "Words of the label start with these; as facet.NAME.q of a search.", _MAX_TEXT)
_VALUES = whole("values", "How many values.", MAX_FACET_SIZE, _DEFAULT_VALUES)
_ORDER = choice("order", "By falling count or by name.", _ORDERS, _ORDERS[0])
_UNDER = under_parameter("under", f"Of topics: what lies directly below this one; {TOP} for the highest of all.")
_INTERVAL = choice("interval", "Of published: how long each value is; a fitting one unless given.", _INTERVALS, None)
VALUE_FORM = within_search(_LABEL, _VALUES, _ORDER, _UNDER, _INTERVAL)
_Q = text("q", "The beginning of a name, or of one of its words.", _MAX_TEXT)
_FACET = several_of("facet", "Which facets to look through: all that have names unless given.", NAMED_FACETS)
_SIZE = whole("size", "How many suggestions.", MAX_SUGGESTIONS, _DEFAULT_SUGGESTIONS)
SUGGEST_FORM = Form((_Q, _FACET, _SIZE))
_FacetName = Annotated[str, Path(description="as GET /v1/facets lists it")]


class FacetValues(FacetAnswer):
    """Values of a facet in the articles of a search."""

    name: str
    query: Understood


class SuggestedValue(BaseModel):
    """A value of a facet."""

    facet: str
    value: str
    label: str
    count: int = Field(description="of articles that have it")
    text: str = Field(description="what to write in q to ask for it")
    link: str = Field(description="the search for it")


class SuggestionList(BaseModel):
    """What the text may stand for: labels that start with it first."""

    suggestions: tuple[SuggestedValue, ...]


def value_routes(catalogue: Catalogue, clock: Clock) -> APIRouter:
    """The routes of both resources."""
    resource = _Values(catalogue, clock)
    router = APIRouter(tags=["facets"], responses=OPENAPI_RESPONSES)
    add_question(router, "/v1/facets/{name}", resource.of_facet, VALUE_FORM, "The values of a facet")
    router.add_api_route(
        "/v1/suggest",
        resource.suggest,
        summary="What the beginning of a name may stand for",
        openapi_extra={"parameters": described(SUGGEST_FORM.parameters)},
    )
    return router


def _wanted(name: str, asked: Given) -> FacetRequest:
    """How to count: as it is said here, else as the address of a search says it of this facet."""
    own, there = OF_FACETS[name], OF_FACETS[name].request(asked)
    if asked[_INTERVAL] and own.facet.kind != "date":
        raise InvalidParameter(_INTERVAL.name, f"{name} has no spans of time, published has")
    if asked[_UNDER] is not None and not own.facet.below:
        raise InvalidParameter(_UNDER.name, f"{name} is no tree, topic is")
    return FacetRequest(
        name,
        there.size if asked.says(own.size) and not asked.says(_VALUES) else asked[_VALUES],
        there.sort if asked.says(own.sort) and not asked.says(_ORDER) else asked[_ORDER],
        asked[_INTERVAL] or there.interval,
        there.query,
        there.under if asked[_UNDER] is None else asked[_UNDER],
    )


class _Values:
    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def of_facet(self, name: _FacetName, request: Request) -> FacetValues:
        """Counted in the articles of a search, whose parameters are the same; search within them by label."""
        if name not in FACETS_BY_NAME:
            raise UnknownFacet(f"no facet is called {name[:40]!r}: one of {', '.join(FACETS_BY_NAME)}")
        asked = await given(VALUE_FORM, request, self._clock)
        query = await filtered_by_id(self._catalogue, asked_of_articles(asked))
        counts = await facet_values(self._catalogue, query, _wanted(name, asked), asked[_LABEL])
        answer = FacetAnswer.of(query, counts)
        unknown = await unknown_values(self._catalogue, query, found_nothing=not counts.buckets)
        return FacetValues(name=name, query=Understood.of(query, unknown), **dict(answer))

    async def suggest(self, request: Request) -> SuggestionList:
        """For a box that completes what is typed: people, companies, places, topics and all that has a name."""
        asked = await given(SUGGEST_FORM, request, self._clock)
        facets = asked[_FACET]
        found = await suggestions(self._catalogue, asked[_Q], facets or NAMED_FACETS, asked[_SIZE])
        return SuggestionList(
            suggestions=tuple(
                SuggestedValue(
                    facet=item.facet,
                    value=item.bucket.value,
                    label=item.bucket.label,
                    count=item.bucket.count,
                    text=write(HasValue(item.facet, (item.bucket.value,))),
                    link=to_url(ARTICLES_PATH, toggled(EVERYTHING, item.facet, item.bucket.value)),
                )
                for item in found
            )
        )
