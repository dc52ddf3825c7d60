"""Logging in with a key, and out: the key becomes a session, of which the browser holds a cookie no script can read."""

import re
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.search.access.sessions import COOKIE, Sessions
from services.search.broker import BrokerUnavailable
from services.search.ui.forms import form, seen
from services.search.ui.links import LOGIN_PATH, LOGOUT_PATH, SEARCH_PATH
from services.search.ui.rendering import Renderer

# A path of ours: "//" or "/\" at its beginning would name another host.
_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x7e]{0,2000}")


class LoginPages:
    """Answers people who have no session, or want it ended."""

    def __init__(self, renderer: Renderer, sessions: Sessions | None) -> None:
        self._renderer = renderer
        self._given = sessions

    def routes(self) -> APIRouter:
        """Every page."""
        router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        router.add_api_route(LOGIN_PATH, self.ask)
        router.add_api_route(LOGIN_PATH, self.login, methods=["POST"])
        router.add_api_route(LOGOUT_PATH, self.logout, methods=["POST"])
        return router

    async def ask(self, request: Request) -> Response:
        """The form; the address says where to go on afterwards."""
        return self._page(own_path(request.query_params.get("next", "")))

    async def login(self, request: Request) -> Response:
        """Begins a session, and goes where the reader wanted to."""
        given = await form(request)
        onward = own_path(given.get("next", ""))
        token = await self._sessions.begin(given.get("key", "").strip())
        if token is None:
            return self._page(onward, problem="This key is not known (any more).")
        response = seen(onward)
        response.set_cookie(
            COOKIE,
            token,
            max_age=self._sessions.lasts_s,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        response.headers["Cache-Control"] = "no-store"
        return response

    async def logout(self, request: Request) -> Response:
        """Ends the session, here and in the broker."""
        await self._sessions.end(request.cookies.get(COOKIE, ""))
        response = seen(LOGIN_PATH)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=request.url.scheme == "https")
        return response

    def _page(self, onward: str, problem: str = "") -> Response:
        page = self._renderer.page("login.html", onward=onward, problem=problem)
        page.status_code = 401 if problem else 200
        page.headers["Cache-Control"] = "no-store"
        return page

    @property
    def _sessions(self) -> Sessions:
        if self._given is None:
            raise BrokerUnavailable("this process was given no broker: set REDIS_URL")
        return self._given


def own_path(wanted: str) -> str:
    """The path to go on to: what is wanted where it is one of ours, or the first page."""
    return wanted if _OWN_PATH.fullmatch(wanted) else SEARCH_PATH


def login_path(wanted: str) -> str:
    """The login that goes on to a path."""
    return f"{LOGIN_PATH}?next={quote(wanted, safe='/')}" if wanted != SEARCH_PATH else LOGIN_PATH
