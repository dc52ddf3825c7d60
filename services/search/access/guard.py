"""Who may ask: bindings that are refused, names the service answers to, origins that may write, headers of answers."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.search import problems
from services.search.settings import SearchSettings
from shared.errors import ConfigurationError
from shared.settings import HttpSettings

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
# Nothing is loaded from elsewhere; pictures of articles are where the setting says so: publishers learn who reads what.
_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_REMOTE_IMAGES = "img-src 'self' https: http:"
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": it turns the Origin of our own forms into "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Without a word caches guess for how long: what one reader may see would be kept for others, and the files of an older
# version would go with the pages of a newer one.
_OWN, _SHARED = "private, no-cache", "no-cache"


def check_binding(http: HttpSettings, settings: SearchSettings) -> None:
    """Raise ConfigurationError where the service would be open to others and nobody said that it may."""
    if not settings.allow_open_access and not settings.require_keys and not _is_loopback(http.http_host):
        raise ConfigurationError(
            f"NEWSWEIR_HTTP_HOST={http.http_host} lets others reach articles without being asked who they are: "
            "use 127.0.0.1, or set NEWSWEIR_REQUIRE_KEYS=true, or NEWSWEIR_ALLOW_OPEN_ACCESS=true where something in "
            "front of it asks"
        )


def known_hosts(http: HttpSettings, settings: SearchSettings) -> frozenset[str]:
    """The names, without port, that a request may address the service by."""
    own = f"[{http.http_host}]" if ":" in http.http_host else http.http_host
    return frozenset(name.lower() for name in (*_LOOPBACK_NAMES, own, *settings.allowed_hosts))


class AccessGuard:
    """Refuses requests for other hosts, and writes that a page of another origin sends, but for `origins`."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], origins: Iterable[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._origins = frozenset(origin.lower().rstrip("/") for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        problem = self._problem(scope["method"], Headers(scope=scope)) if scope["type"] == "http" else None
        if problem is None:
            await self._app(scope, receive, send)
        else:
            await problems.to_response(problem, scope["path"])(scope, receive, send)

    def _problem(self, method: str, headers: Headers) -> problems.Problem | None:
        host = headers.get("host", "")
        if _name_of(host) not in self._hosts:
            detail = f"{host[:80]!r} is not one of our names: add it to NEWSWEIR_ALLOWED_HOSTS if it should be"
            return problems.Problem(problems.HOST_REFUSED, detail)
        known = _is_own_origin(headers, host) or headers.get("origin", "").lower() in self._origins
        if method not in _SAFE_METHODS and not known:
            return problems.Problem(problems.CROSS_ORIGIN, problems.CROSS_ORIGIN.meaning)
        return None


class SecurityHeaders:
    """Adds to every answer what browsers and caches need to know.

    Args:
        remote_images: whether pages may load pictures from elsewhere.
    """

    def __init__(self, app: ASGIApp, *, remote_images: bool = False) -> None:
        self._app = app
        policy = f"{_POLICY}; {_REMOTE_IMAGES}" if remote_images else _POLICY
        self._headers = {**_SECURITY_HEADERS, "Content-Security-Policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", _SHARED if scope["path"].startswith("/static/") else _OWN)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _name_of(host: str) -> str:
    name = host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return name.lower().rstrip(".")


def _is_own_origin(headers: Headers, host: str) -> bool:
    """Programs send no Origin; browsers send one with every write."""
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        # No browser sends half of an address.
        return False
