"""GET /v1/facets/{name}, the values of a facet, and GET /v1/suggest, what the beginning of a name may stand for."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from services.search.api.openapi import described
from services.search.api.representation import ARTICLES_PATH, FacetAnswer
from services.search.api.understood import Understood
from services.search.catalogue import Catalogue, UnknownFacet
from services.search.parameter import Parameter
from services.search.parameters import EVERYTHING, PARAMETERS, to_url, understand
from services.search.problems import OPENAPI_RESPONSES
from services.search.query_language.fields import NAMED_FACETS
from services.search.query_language.writing import write
from services.search.query_string import Given, apart, number, one_of, pairs_of_query_string
from services.search.selection import toggled
from services.search.values import MAX_SUGGESTIONS, facet_values, suggestions
from shared.article_store.query import MAX_FACET_SIZE, FacetRequest, HasValue
from shared.clock import Clock, from_ms
from shared.facets import FACETS_BY_NAME

_DEFAULT_VALUES = 20
_DEFAULT_SUGGESTIONS = 10
_MAX_TEXT = 100
_VALUES = (
    Parameter(
        "label",
        "Words of the label start with these; as facet.NAME.q of a search.",
        {"type": "string", "maxLength": _MAX_TEXT},
    ),
    Parameter(
        "values",
        "How many values.",
        {"type": "integer", "minimum": 1, "maximum": MAX_FACET_SIZE, "default": _DEFAULT_VALUES},
    ),
    Parameter(
        "order", "By falling count or by name.", {"type": "string", "enum": ["count", "name"], "default": "count"}
    ),
)
_VALUE_NAMES = frozenset(parameter.name for parameter in _VALUES)
# Taken, so that the address of a search becomes one of a facet's values, and of no account.
_OF_PAGES = frozenset({"sort", "size", "cursor", "highlight", "facet"})
VALUE_PARAMETERS = (
    *_VALUES,
    *(p for p in PARAMETERS if p.name not in _OF_PAGES and not p.name.endswith((".size", ".sort"))),
)
SUGGEST_PARAMETERS = (
    Parameter("q", "The beginning of a name, or of one of its words.", {"type": "string", "maxLength": _MAX_TEXT}),
    Parameter(
        "facet",
        "Which facets to look through: all that have names unless given.",
        {"type": "array", "items": {"type": "string", "enum": list(NAMED_FACETS)}},
    ),
    Parameter(
        "size",
        "How many suggestions.",
        {"type": "integer", "minimum": 1, "maximum": MAX_SUGGESTIONS, "default": _DEFAULT_SUGGESTIONS},
    ),
)
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
    router.add_api_route(
        "/v1/facets/{name}",
        resource.of_facet,
        summary="The values of a facet",
        openapi_extra={"parameters": described(VALUE_PARAMETERS)},
    )
    router.add_api_route(
        "/v1/suggest",
        resource.suggest,
        summary="What the beginning of a name may stand for",
        openapi_extra={"parameters": described(SUGGEST_PARAMETERS)},
    )
    return router


class _Values:
    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def of_facet(self, name: _FacetName, request: Request) -> FacetValues:
        """Counted in the articles of a search, whose parameters are the same; search within them by label."""
        if name not in FACETS_BY_NAME:
            raise UnknownFacet(f"no facet is called {name[:40]!r}: one of {', '.join(FACETS_BY_NAME)}")
        own, asked = apart(pairs_of_query_string(request.url.query), _VALUE_NAMES)
        query = understand(asked, from_ms(self._clock.now_ms())).query
        order = own.one("order", one_of(("count", "name"))) or "count"
        size = own.one("values", number(MAX_FACET_SIZE)) or _DEFAULT_VALUES
        wanted = FacetRequest(name, size, "name" if order == "name" else "count")
        counts = await facet_values(self._catalogue, query, wanted, own.one("label", _short) or "")
        answer = FacetAnswer.of(query, counts)
        return FacetValues(name=name, query=Understood.of(query), **dict(answer))

    async def suggest(self, request: Request) -> SuggestionList:
        """For a box that completes what is typed: people, companies, places, topics and all that has a name."""
        given = Given.of(pairs_of_query_string(request.url.query), [p.name for p in SUGGEST_PARAMETERS])
        facets = given.each("facet", one_of(NAMED_FACETS)) or NAMED_FACETS
        size = given.one("size", number(MAX_SUGGESTIONS)) or _DEFAULT_SUGGESTIONS
        found = await suggestions(self._catalogue, given.one("q", _short) or "", facets, size)
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


def _short(value: str) -> str:
    if len(value) > _MAX_TEXT:
        raise ValueError(f"longer than {_MAX_TEXT} characters")
    return value
