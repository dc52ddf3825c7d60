"""The one guarded client: every connect is checked, every answer is bounded in size and time, every error is ours."""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cache
from types import TracebackType
from typing import Any, Self
from urllib.parse import urldefrag, urljoin

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from shared import egress
from shared.content_encoding import decode
from shared.errors import AddressRefused, FetchFailed, InvalidInput, LimitExceeded

MAX_REDIRECTS = 5
_MAX_HEADER_BYTES = 64 * 1024
_MAX_CONNECTIONS = 100
# A name that takes longer to look up is asked about again when it is contacted.
_RESOLVED_S = 3.0
_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def follow_all(target: str) -> bool:
    """Follow each redirect."""
    return True


class Headers(Mapping[str, str]):
    """The headers of an answer, by name in any case; values of a name that is repeated are joined by commas.

    Looking one up costs a tenth of what httpx.Headers, which keeps them as bytes, takes for it.
    """

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in raw:
            self._values.setdefault(_text(name).lower(), []).append(_text(value))

    def __getitem__(self, name: str) -> str:
        return ", ".join(self._values[name.lower()])

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def all(self, name: str) -> list[str]:
        """Each value of the name."""
        return self._values.get(name.lower(), [])


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


@dataclass(frozen=True)
class Response:
    """A complete answer.

    Attributes:
        body: decoded.
        url: that answered, after redirects.
        permanent_url: where the URL asked for has moved for good; None where it has not.
        redirects: how many were followed.
        redirect_url: where a redirect leads that was not to be followed, absolute.
    """

    status: int
    headers: Headers
    body: bytes
    url: str
    permanent_url: str | None = None
    redirects: int = 0
    redirect_url: str | None = None


@dataclass
class _Connects:
    """What became of the addresses that one request could go to."""

    trusted: bool = False
    permitted: int = 0
    refused: list[AddressRefused] = field(default_factory=list)


# Of the request in hand: connecting may happen in tasks of aiohttp's own, which take the context over.
_connects: ContextVar[_Connects | None] = ContextVar("connects", default=None)


class GuardedClient:
    """An async context manager for requests to sites that nobody vouches for.

    No cookies, no proxy from the environment, TLS verified, and no connection to an address that shared/egress.py
    refuses, whatever a name resolves to.

    Args:
        timeout_s: for the whole exchange, redirects included.
        max_bytes: of a body, as transferred and as decoded.
        trusted: URLs that the operator named, and nobody else: their origins may be anywhere, on any port.
        remedy: what an operator can do to trust another, said where an address is refused.
    """

    def __init__(
        self,
        user_agent: str,
        *,
        allow_loopback: bool = False,
        timeout_s: float = 30.0,
        max_bytes: int = 10_000_000,
        trusted: Iterable[str] = (),
        remedy: str = "",
    ) -> None:
        self._trusted = frozenset(map(egress.origin_of, trusted)) - {None}
        self._headers = {"user-agent": user_agent, "accept": "*/*", "accept-encoding": "gzip, deflate, br, zstd"}
        self._allow_loopback = allow_loopback
        self._remedy = remedy
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        tls = _trusted()

        def open_session() -> aiohttp.ClientSession:
            connector = aiohttp.TCPConnector(
                ssl=tls, limit=_MAX_CONNECTIONS, use_dns_cache=False, socket_factory=self._checked_socket
            )
            return aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                max_line_size=_MAX_HEADER_BYTES,
                max_field_size=_MAX_HEADER_BYTES,
            )

        # The transport alone: what httpx.AsyncClient adds to it (cookies, redirects, authentication, time-outs by
        # phase, proxies of the environment) is not wanted here, and takes a third of the time of a request.
        self._transport = AiohttpTransport(verify=tls, client=open_session)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.aclose()

    async def get(
        self, url: str, headers: Mapping[str, str] | None = None, *, follow: Callable[[str], bool] = follow_all
    ) -> Response:
        """The answer to a GET, whatever its status.

        Args:
            follow: asked with the target of each redirect; where it says no, the redirect itself is the answer.

        Raises:
            FetchFailed: no complete answer within the time.
            AddressRefused: the URL, a redirect or the address behind one may not be contacted.
            LimitExceeded: a body that is too large, or too many redirects.
            InvalidInput: not a URL, or a body that is not in the encoding it claims.
        """
        async with _our_errors(url, self._timeout_s):
            return await self._follow(url, headers or {}, follow)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, status_only: bool = False) -> Response:
        """The answer to a POST, whatever its status; a redirect is the answer, for what was sent goes nowhere else.

        Args:
            status_only: what the answer says below its headers is not read, however much it is.

        Raises:
            FetchFailed: no complete answer within the time; it may have been received nevertheless.
            AddressRefused, LimitExceeded, InvalidInput: as `get`.
        """
        async with _our_errors(url, self._timeout_s):
            self.check_url(url)
            return await self._exchange(url, headers, body, status_only=status_only)

    def check_url(self, url: str) -> None:
        """Return when the URL's form permits a request; raises as `shared.egress.check_url`."""
        if egress.origin_of(url) not in self._trusted:
            egress.check_url(url, allow_loopback=self._allow_loopback, remedy=self._remedy)

    async def check_reachable(self, url: str) -> None:
        """Return when a request to the URL would not be refused as things are: its form, and what its name stands for.

        A name that no resolver knows now may be known later, and is no objection.

        Raises:
            AddressRefused, InvalidInput: as `check_url`, or every address of the host is one to refuse.
        """
        self.check_url(url)
        origin = egress.origin_of(url)
        if origin is None or origin in self._trusted:
            return
        refused = [self._refusal(address) for address in await _addresses(origin[1], origin[2])]
        if refused and all(refused):
            raise AddressRefused(refused[0])

    def _refusal(self, address: str) -> str:
        """Why the address may not be contacted; empty where it may."""
        try:
            egress.check(address, allow_loopback=self._allow_loopback, remedy=self._remedy)
        except AddressRefused as refusal:
            return str(refusal)
        return ""

    async def _follow(self, url: str, headers: Mapping[str, str], follow: Callable[[str], bool]) -> Response:
        asked, permanent_url, permanent = url, None, True
        for redirects in range(MAX_REDIRECTS + 1):
            self.check_url(asked)
            answer = await self._exchange(asked, headers)
            if answer.redirect_url is None or not follow(answer.redirect_url):
                return replace(answer, permanent_url=permanent_url, redirects=redirects)
            permanent = permanent and answer.status in _PERMANENT
            asked = answer.redirect_url
            permanent_url = asked if permanent else permanent_url
        raise LimitExceeded(f"{url} redirects more than {MAX_REDIRECTS} times")

    async def _exchange(
        self, url: str, headers: Mapping[str, str], body: bytes | None = None, *, status_only: bool = False
    ) -> Response:
        connects = _Connects(trusted=egress.origin_of(url) in self._trusted)
        context = _connects.set(connects)
        try:
            return await self._answer(url, headers, body, status_only=status_only)
        except (httpx.HTTPError, aiohttp.ClientError, OSError):
            if connects.refused and not connects.permitted:
                raise connects.refused[0] from None
            raise
        finally:
            _connects.reset(context)

    async def _answer(self, url: str, headers: Mapping[str, str], body: bytes | None, *, status_only: bool) -> Response:
        method = "GET" if body is None else "POST"
        request = httpx.Request(method, url, headers={**self._headers, **headers}, content=body)
        answer = await self._transport.handle_async_request(request)
        async with aclosing(answer):
            fields = Headers(answer.headers.raw)
            location = fields.get("location")
            if answer.status_code in _REDIRECTS and location:
                target = urldefrag(urljoin(url, location.strip())).url
                return Response(answer.status_code, fields, b"", url, redirect_url=target)
            if status_only:
                return Response(answer.status_code, fields, b"", url)
            raw = await self._read(answer, url)
            body = decode(raw, fields.get("content-encoding", ""), self._max_bytes)
            return Response(answer.status_code, fields, body, url)

    async def _read(self, answer: httpx.Response, url: str) -> bytes:
        body = bytearray()
        # As aiter_raw() gives it, without a step of bookkeeping for each chunk.
        assert isinstance(answer.stream, httpx.AsyncByteStream), "an asynchronous transport answers so"
        async for chunk in answer.stream:
            body += chunk
            if len(body) > self._max_bytes:
                raise LimitExceeded(f"{url} sends more than {self._max_bytes} bytes")
        return bytes(body)

    # Any: aiohttp hands over what getaddrinfo answered.
    def _checked_socket(self, address: Any) -> socket.socket:  # noqa: ANN401
        family, kind, protocol, _, sockaddr = address
        connects = _connects.get() or _Connects()
        try:
            if not connects.trusted:
                egress.check(sockaddr[0], allow_loopback=self._allow_loopback, remedy=self._remedy)
        except AddressRefused as refusal:
            connects.refused.append(refusal)
            # aiohttp goes on to a name's next address after an OSError only; several of another kind it loses.
            raise PermissionError(errno.EACCES, str(refusal)) from refusal
        connects.permitted += 1
        return socket.socket(family=family, type=kind, proto=protocol)


async def _addresses(host: str, port: int) -> list[str]:
    """The addresses that the host has at this moment; none where nobody knows it, or says so in time."""
    try:
        async with asyncio.timeout(_RESOLVED_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(sockaddr[0]) for *_, sockaddr in found]


@cache
def _trusted() -> ssl.SSLContext:
    """The certificate authorities, for all clients: reading them takes 37 ms."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def _our_errors(url: str, timeout_s: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError as error:
        raise FetchFailed(f"no complete answer from {url} within {timeout_s:g} s") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, aiohttp.InvalidURL) as error:
        raise InvalidInput(f"not a URL that can be requested: {url}: {error}") from error
    except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
        raise FetchFailed(f"no complete answer from {url}: {str(error)[:300] or type(error).__name__}") from error
    except ValueError as error:
        # Hosts that no name can have, ports out of range, headers that are no text.
        raise InvalidInput(f"cannot request {url}: {str(error)[:300]}") from error
