"""GET /v1/articles, the faceted search; GET /v1/articles/{id}, one article whole; and its revisions below that."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from services.search.api.openapi import described, json_body
from services.search.api.representation import ARTICLES_PATH, Article, ArticleItem, ArticleList
from services.search.api.revisions import RevisionList
from services.search.catalogue import Catalogue
from services.search.parameter import Parameter
from services.search.parameters import ONE_VALUE, PARAMETERS, to_url, understand
from services.search.problems import OPENAPI_RESPONSES
from services.search.query_string import (
    Given,
    Pairs,
    apart,
    join_list,
    number,
    one_of,
    pairs_of_json,
    pairs_of_query_string,
)
from services.search.starting_again import starting_again_at
from services.search.values import search
from shared.clock import Clock, from_ms

_FIELD_NAMES = tuple(ArticleItem.model_fields)
_FIELDS = Parameter(
    "fields",
    "Which fields of each article to return: all unless given, id always.",
    {"type": "array", "items": {"type": "string", "enum": list(_FIELD_NAMES)}},
)
SEARCH_PARAMETERS = (*PARAMETERS, _FIELDS)
MAX_SIMILAR = 50
_DEFAULT_SIMILAR = 10
_SIMILAR_SIZE = Parameter(
    "size",
    "How many articles.",
    {"type": "integer", "minimum": 1, "maximum": MAX_SIMILAR, "default": _DEFAULT_SIMILAR},
)
_EXAMPLE = {"q": '"solid state" battery -recall', "organization": ["org:acme"], "from": "30d", "size": 5}
ArticleId = Annotated[str, Path(description="as a search returns it: the sha256 of the canonical URL")]


def article_routes(catalogue: Catalogue, clock: Clock) -> APIRouter:
    """The routes of the resource."""
    resource = _Articles(catalogue, clock)
    router = APIRouter(tags=["articles"], responses=OPENAPI_RESPONSES)
    router.add_api_route(
        ARTICLES_PATH,
        resource.find,
        response_model=ArticleList,
        summary="Search articles",
        openapi_extra={"parameters": described(SEARCH_PARAMETERS)},
    )
    router.add_api_route(
        f"{ARTICLES_PATH}/search",
        resource.find_by_body,
        methods=["POST"],
        response_model=ArticleList,
        summary="Search articles with a long question",
        openapi_extra={"requestBody": json_body(SEARCH_PARAMETERS, _EXAMPLE)},
    )
    one = f"{ARTICLES_PATH}/{{article_id}}"
    router.add_api_route(one, resource.one, summary="One article, whole")
    router.add_api_route(
        f"{one}/similar",
        resource.similar,
        summary="Articles that read like this one",
        openapi_extra={"parameters": described((_SIMILAR_SIZE,))},
    )
    router.add_api_route(f"{one}/revisions", resource.revisions, summary="What an article said before")
    return router


class SimilarList(BaseModel):
    """Articles that read like another."""

    article_id: str
    articles: tuple[ArticleItem, ...]


class _Articles:
    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def find(self, request: Request) -> Response:
        """Articles that match all words and filters, a page at a time, with the counts of every facet.

        Values of one facet are alternatives, different facets narrow each other. Follow next for more articles
        and a bucket's link to select it or free it again.
        """
        return await self._found(pairs_of_query_string(request.url.query))

    async def find_by_body(self, request: Request) -> Response:
        """The same names as in the query string, as one JSON object; values may be lists. Links in the answer are for
        GET."""
        return await self._found(pairs_of_json(await request.body(), one_value=ONE_VALUE))

    async def one(self, article_id: ArticleId) -> Article:
        """The text with everything that was understood of it; offsets count Unicode characters."""
        return Article.of(await self._catalogue.one(article_id))

    async def revisions(self, article_id: ArticleId) -> RevisionList:
        """Every state of title and text that is kept, oldest first, with what changed since the one before."""
        found = await self._catalogue.revisions(article_id)
        # Comparing long texts takes its time; other requests are answered meanwhile.
        return await asyncio.to_thread(RevisionList.of, article_id, found)

    async def similar(self, article_id: ArticleId, request: Request) -> SimilarList:
        """Other articles about the same, the nearest first; those with the same text are left out."""
        given = Given.of(pairs_of_query_string(request.url.query), [_SIMILAR_SIZE.name])
        size = given.one(_SIMILAR_SIZE.name, number(MAX_SIMILAR)) or _DEFAULT_SIMILAR
        hits = await self._catalogue.similar(article_id, size)
        return SimilarList(article_id=article_id, articles=tuple(map(ArticleItem.of, hits)))

    async def _found(self, pairs: Pairs) -> Response:
        own, asked = apart(pairs, (_FIELDS.name,))
        query = understand(asked, from_ms(self._clock.now_ms())).query
        fields, kept = sparse_fields(own)
        with starting_again_at(to_url(ARTICLES_PATH, query, more=kept)):
            found = await search(self._catalogue, query)
        answer = ArticleList.of(query, found, kept)
        return JSONResponse(answer.model_dump(mode="json", by_alias=True, exclude=_left_out(fields)))


def sparse_fields(own: Given) -> tuple[tuple[str, ...], Pairs]:
    """The fields that are asked for, none for all, and how a link says so; raises InvalidParameter."""
    fields = own.each(_FIELDS.name, one_of(_FIELD_NAMES))
    return fields, [(_FIELDS.name, join_list(fields))] if fields else []


def _left_out(fields: tuple[str, ...]) -> dict[str, Any] | None:
    left_out = set(_FIELD_NAMES) - {"id", *fields}
    return {"articles": {"__all__": left_out}} if fields else None
