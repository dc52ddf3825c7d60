"""GET /v1/articles, the faceted search; GET /v1/articles/{id}, one article whole; and its revisions below that."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from services.search.api.asking import add_question, asks_nothing, given
from services.search.api.openapi import described
from services.search.api.representation import ARTICLES_PATH, Article, ArticleItem, ArticleList
from services.search.api.revisions import RevisionList
from services.search.finding.catalogue import Catalogue
from services.search.finding.unknown_values import unknown_values
from services.search.finding.values import filtered_by_id, search
from services.search.parameters.articles import SEARCH, asked_of_articles, to_url
from services.search.parameters.form import Form
from services.search.parameters.parameter import several_of, whole
from services.search.parameters.query_string import join_list
from services.search.problems import OPENAPI_RESPONSES
from services.search.starting_again import starting_again_at
from shared.clock import Clock

_FIELD_NAMES = tuple(ArticleItem.model_fields)
_FIELDS = several_of("fields", "Which fields of each article to return: all unless given, id always.", _FIELD_NAMES)
SEARCH_FORM = SEARCH.with_own(_FIELDS)
MAX_SIMILAR = 50
_DEFAULT_SIMILAR = 10
_SIMILAR_SIZE = whole("size", "How many articles.", MAX_SIMILAR, _DEFAULT_SIMILAR)
SIMILAR_FORM = Form((_SIMILAR_SIZE,))
_EXAMPLE = {"q": '"solid state" battery -recall', "organization": ["org:acme"], "from": "30d", "size": 5}
ArticleId = Annotated[str, Path(description="as a search returns it: the sha256 of the canonical URL")]


def article_routes(catalogue: Catalogue, clock: Clock) -> APIRouter:
    """The routes of the resource."""
    resource = _Articles(catalogue, clock)
    router = APIRouter(tags=["articles"], responses=OPENAPI_RESPONSES)
    add_question(
        router,
        ARTICLES_PATH,
        resource.find,
        SEARCH_FORM,
        "Search articles",
        by_post=f"{ARTICLES_PATH}/search",
        example=_EXAMPLE,
        response_model=ArticleList,
    )
    one = f"{ARTICLES_PATH}/{{article_id}}"
    plain = [Depends(asks_nothing)]
    router.add_api_route(one, resource.one, summary="One article, whole", dependencies=plain)
    router.add_api_route(
        f"{one}/similar",
        resource.similar,
        summary="Articles that read like this one",
        openapi_extra={"parameters": described(SIMILAR_FORM.parameters)},
    )
    router.add_api_route(
        f"{one}/revisions", resource.revisions, summary="What an article said before", dependencies=plain
    )
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
        and a bucket's link to select it or free it again. A long question is sent as one JSON object with the same
        names, whose values may be lists; links in the answer are for GET.
        """
        asked = await given(SEARCH_FORM, request, self._clock)
        query = await filtered_by_id(self._catalogue, asked_of_articles(asked))
        fields = asked[_FIELDS]
        kept = [(_FIELDS.name, join_list(fields))] if fields else []
        with starting_again_at(to_url(ARTICLES_PATH, query, more=kept)):
            found = await search(self._catalogue, query)
        unknown = await unknown_values(self._catalogue, query, found_nothing=not found.total.value)
        answer = ArticleList.of(query, found, kept, unknown)
        return JSONResponse(answer.model_dump(mode="json", by_alias=True, exclude=_left_out(fields)))

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
        size = (await given(SIMILAR_FORM, request, self._clock))[_SIMILAR_SIZE]
        hits = await self._catalogue.similar(article_id, size)
        return SimilarList(article_id=article_id, articles=tuple(map(ArticleItem.of, hits)))


def _left_out(fields: tuple[str, ...]) -> dict[str, Any] | None:
    left_out = set(_FIELD_NAMES) - {"id", *fields}
    return {"articles": {"__all__": left_out}} if fields else None
