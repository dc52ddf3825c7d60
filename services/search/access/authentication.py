"""Asks for a key, where one is needed, and lets it do what its scope allows as often as its limit says."""

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.search.access.api_keys import ApiKey, KeyRing
from services.search.access.api_keys import Scope as KeyScope
from services.search.access.rate_limits import Allowance, RateLimiter
from services.search.access.sessions import COOKIE, Sessions
from shared.errors import PermanentFailure, TemporaryFailure

# Probes are asked by machines without keys; who logs in has none yet; what is static tells nothing of any article.
_OPEN_PATHS = frozenset({"/healthz", "/readyz", "/login", "/logout"})
_OPEN_FOLDER = "/static/"
_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# A long question is sent as a body; it changes nothing.
_READING_POSTS = re.compile(r"/v1/(?:(?:articles|relations|quotes|stories)/search|timeline|export|facets/[^/]+)")
# Adding a source has the crawler contact whoever is named.
_ADMIN_FOLDERS = ("/v1/sources", "/sources")


class KeyNeeded(PermanentFailure):
    """No key was presented, or one that is none of ours."""


class ScopeMissing(PermanentFailure):
    """The key may not do this."""


class RateExceeded(TemporaryFailure):
    """The key has asked too often."""

    def __init__(self, allowance: Allowance) -> None:
        super().__init__(
            f"more than {allowance.limit} requests a minute with this key", retry_after_s=allowance.retry_after_s
        )
        self.headers = allowance.headers


class KeyGuard:
    """Lets requests pass that carry a key which may do what they ask.

    Args:
        sessions: of browsers, which send a cookie in place of a key.
        required: whether a request without a key is refused; one with a wrong key always is.
        limiter: None for keys that may ask as often as they like.
    """

    def __init__(
        self,
        app: ASGIApp,
        keys: KeyRing | None,
        limiter: RateLimiter | None,
        *,
        sessions: Sessions | None = None,
        required: bool,
    ) -> None:
        self._app = app
        self._keys = keys
        self._limiter = limiter
        self._sessions = sessions
        self._required = required

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        key = await self._caller(scope)
        # For whoever answers: None where nobody was asked who they are.
        scope.setdefault("state", {})["key"] = key
        allowance = await self._limiter.take(key.id) if key and self._limiter else None
        if allowance is None:
            await self._app(scope, receive, send)
        elif not allowance.granted:
            raise RateExceeded(allowance)
        else:
            await self._app(scope, receive, _with_headers(send, scope, allowance.headers))

    async def _caller(self, scope: Scope) -> ApiKey | None:
        key = await self._presented(scope)
        if key is None:
            if self._required:
                raise KeyNeeded("no key: send one as `Authorization: Bearer KEY` or as X-API-Key")
            return None
        if not key.allows(needed := scope_needed(scope["method"], scope["path"])):
            raise ScopeMissing(f"this needs a key with the scope {needed}; {key.name!r} has {', '.join(key.scopes)}")
        return key

    async def _presented(self, scope: Scope) -> ApiKey | None:
        """The key that is sent, or that of the session; a session that has ended is as none."""
        presented = presented_key(Headers(scope=scope))
        if presented is None:
            token = HTTPConnection(scope).cookies.get(COOKIE)
            return await self._sessions.key_of(token) if token and self._sessions else None
        if self._keys is None:
            return None
        key = await self._keys.verify(presented)
        if key is None:
            raise KeyNeeded("this key is not known (any more): `newsweir keys list` shows those that are")
        return key


def scope_needed(method: str, path: str) -> KeyScope:
    """What a key must be allowed to do for this request."""
    if method in _READING_METHODS or _READING_POSTS.fullmatch(path):
        return "read"
    in_admin = any(path == folder or path.startswith(f"{folder}/") for folder in _ADMIN_FOLDERS)
    return "admin" if in_admin else "write"


def presented_key(headers: Headers) -> str | None:
    """The key that a request carries."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and credentials.strip():
        return credentials.strip()
    return headers.get("x-api-key", "").strip() or None


def _is_open(path: str) -> bool:
    return path in _OPEN_PATHS or path.startswith(_OPEN_FOLDER)


def _with_headers(send: Send, scope: Scope, headers: dict[str, str]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return sending
