"""The pages of the search service: search, article, documentation, and what is shown when something goes wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.search.catalogue import Catalogue
from services.search.parameters import PARAMETERS, understand
from services.search.problems import KINDS, Problem
from services.search.query_string import pairs_of_query_string
from services.search.ui.article_view import article_view
from services.search.ui.reference_view import operations, schemas
from services.search.ui.search_view import search_view
from shared.clock import Clock, from_ms

_HERE = Path(__file__).parent
STATIC_FILES = _HERE / "static"
_FACET_PARAMETERS = frozenset(parameter.name for parameter in PARAMETERS if parameter.facet)


class Pages:
    """Answers requests of people with HTML."""

    def __init__(self, catalogue: Catalogue, openapi: Callable[[], dict[str, Any]], clock: Clock) -> None:
        self._catalogue = catalogue
        self._openapi = openapi
        self._clock = clock
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> APIRouter:
        """Every page."""
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.add_api_route("/", self.search)
        router.add_api_route("/articles/{article_id}", self.article)
        router.add_api_route("/docs", self.reference)
        return router

    async def search(self, request: Request) -> Response:
        """Search box, sidebar of facets, results."""
        now = from_ms(self._clock.now_ms())
        question = understand(pairs_of_query_string(request.url.query), now, forgiving=True)
        result = await self._catalogue.find(question.query)
        return self._render("search.html", page=search_view(question.query, result, now), notes=question.notes)

    async def article(self, article_id: str) -> Response:
        """One article, and what was understood of it."""
        stored = await self._catalogue.one(article_id)
        return self._render("article.html", page=article_view(stored))

    async def reference(self) -> Response:
        """The API, described from its OpenAPI document."""
        openapi = self._openapi()
        return self._render(
            "reference.html",
            operations=operations(openapi),
            schemas=schemas(openapi),
            problems=KINDS,
            facet_parameters=_FACET_PARAMETERS,
        )

    def problem(self, problem: Problem) -> Response:
        """What went wrong, as a page."""
        response = self._render("problem.html", problem=problem)
        response.status_code = problem.kind.status.value
        response.headers.update(problem.headers)
        return response

    def _render(self, template: str, **values: object) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(**values))
