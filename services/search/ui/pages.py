"""The pages of the search service: search, article, documentation, and what is shown when something goes wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from services.search.catalogue import Catalogue
from services.search.parameters import PARAMETERS, parse
from services.search.problems import KINDS, Problem
from services.search.ui.article_view import article_view
from services.search.ui.reference_view import operations, schemas
from services.search.ui.search_view import search_view
from shared.clock import Clock, from_ms

_HERE = Path(__file__).parent
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

    def routes(self) -> list[Route | Mount]:
        """Every page, and the files they load."""
        return [
            Route("/", self.search),
            Route("/articles/{article_id}", self.article),
            Route("/docs", self.reference),
            Mount("/static", StaticFiles(directory=_HERE / "static")),
        ]

    async def search(self, request: Request) -> Response:
        """Search box, sidebar of facets, results."""
        query = parse(request.url.query)
        result = await self._catalogue.find(query)
        return self._render("search.html", page=search_view(query, result, from_ms(self._clock.now_ms())))

    async def article(self, request: Request) -> Response:
        """One article, and what was understood of it."""
        stored = await self._catalogue.one(request.path_params["article_id"])
        return self._render("article.html", page=article_view(stored))

    async def reference(self, request: Request) -> Response:
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
