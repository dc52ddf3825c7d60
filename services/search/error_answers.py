"""Says what went wrong with a request: to programs as a problem document, to people as a page."""

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.search.problems import KEY_NEEDED, problem_of, to_response
from services.search.ui.forms import seen
from services.search.ui.links import SEARCH_PATH
from services.search.ui.login_pages import login_path
from services.search.ui.pages import Pages
from shared.errors import NewsweirError

_log = structlog.get_logger()
_FOR_PROGRAMS = ("/v1", "/openapi.json", "/static", "/healthz", "/readyz", "/metrics")


class ErrorAnswers:
    """Chooses the form of the answer by the path, and logs what is ours to mend."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def answer(self, request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem.kind.status >= 500:
            unforeseen = error if not isinstance(error, NewsweirError) else None
            about = {"article_id": id_} if (id_ := request.path_params.get("article_id")) else {}
            _log.error("request failed", path=request.url.path, error=str(error), exc_info=unforeseen, **about)
        if request.url.path.startswith(_FOR_PROGRAMS):
            return to_response(problem, request.url.path)
        if problem.kind is KEY_NEEDED and "text/html" in request.headers.get("accept", ""):
            return seen(login_path(_path_of(request)))
        return self._pages.problem(problem)


def _path_of(request: Request) -> str:
    """What a reader wanted to see; a form that was sent is not sent again."""
    if request.method not in ("GET", "HEAD"):
        return SEARCH_PATH
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


class Unforeseen:
    """Answers for errors that nothing else did, inside of the layers that add headers and measure."""

    def __init__(self, app: ASGIApp, answers: ErrorAnswers) -> None:
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            response = await self._answers.answer(Request(scope), error)
            await response(scope, receive, send)
