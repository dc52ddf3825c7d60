"""GET /v1/articles, the faceted search; GET /v1/articles/{id}, one article whole; and its revisions below that."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request

from services.search.api.representation import ARTICLES_PATH, Article, ArticleList
from services.search.api.revisions import RevisionList
from services.search.catalogue import Catalogue
from services.search.parameters import PARAMETERS, parse
from services.search.problems import OPENAPI_RESPONSES

_LISTS = {"style": "form", "explode": True}
# The parameters are read by `parse` alone; this says to OpenAPI what it reads.
_OPENAPI_PARAMETERS: list[dict[str, Any]] = [
    {
        "name": parameter.name,
        "in": "query",
        "required": False,
        "description": parameter.description,
        "schema": parameter.schema,
        **(_LISTS if parameter.schema["type"] == "array" else {}),
    }
    for parameter in PARAMETERS
]


def article_routes(catalogue: Catalogue) -> APIRouter:
    """The routes of the resource."""
    resource = _Articles(catalogue)
    router = APIRouter(tags=["articles"], responses=OPENAPI_RESPONSES)
    router.add_api_route(
        ARTICLES_PATH, resource.find, summary="Search articles", openapi_extra={"parameters": _OPENAPI_PARAMETERS}
    )
    one = f"{ARTICLES_PATH}/{{article_id}}"
    router.add_api_route(one, resource.one, summary="One article, whole")
    router.add_api_route(f"{one}/revisions", resource.revisions, summary="What an article said before")
    return router


_ArticleId = Annotated[str, Path(description="as a search returns it: the sha256 of the canonical URL")]


class _Articles:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def find(self, request: Request) -> ArticleList:
        """Articles that match all words and filters, a page at a time, with the counts of every facet.

        Values of one facet are alternatives, different facets narrow each other. Follow next for more articles
        and a bucket's link to select it or free it again.
        """
        query = parse(request.url.query)
        return ArticleList.of(query, await self._catalogue.find(query))

    async def one(self, article_id: _ArticleId) -> Article:
        """The text with everything that was understood of it; offsets count Unicode characters."""
        return Article.of(await self._catalogue.one(article_id))

    async def revisions(self, article_id: _ArticleId) -> RevisionList:
        """Every state of title and text that is kept, oldest first, with what changed since the one before."""
        found = await self._catalogue.revisions(article_id)
        # Comparing long texts takes its time; other requests are answered meanwhile.
        return await asyncio.to_thread(RevisionList.of, article_id, found)
