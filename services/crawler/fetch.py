"""One guarded, size-capped, conditional request for a page; what came of it as a value."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.crawler import rights
from services.crawler.freshness import fresh_for_s, moment_of
from services.crawler.politeness import PRODUCT_TOKEN, HostRobots
from services.crawler.visits import Seen, validator
from shared import metrics
from shared.clock import Clock, from_ms
from shared.errors import AddressRefused, FetchFailed, InvalidInput, LimitExceeded
from shared.events.articles import Right
from shared.http_client import GuardedClient, Response
from shared.urls import canonicalize, host_of

# Time-out, too early, too many requests.
_TEMPORARY = frozenset({408, 425, 429})
_MOST_DIGITS = 9
# Of a site that is too busy, and does not say for how long.
_BUSY_S = 60.0


@dataclass(frozen=True)
class Page:
    """A body.

    Attributes:
        url: that answered, canonical.
        permanent_url: canonical; where the URL asked for has moved for good, else None.
        noindex: the answer's headers ask not to be indexed.
        rights: what its headers and the host's robots.txt reserve.
        etag, last_modified: "" for none.
        headers: of the answer, all of them.
        fresh_for_s: for which the answer says that it stays as it is.
    """

    body: bytes
    content_type: str | None
    url: str
    permanent_url: str | None
    noindex: bool
    rights: tuple[Right, ...]
    etag: str
    last_modified: str
    fetched_ms: int
    headers: Mapping[str, str]
    fresh_for_s: int = 0


@dataclass(frozen=True)
class NotModified:
    """The page is the one that was fetched last time.

    Attributes:
        fresh_for_s: for which the answer says that it stays so.
    """

    fresh_for_s: int = 0


@dataclass(frozen=True)
class Moved:
    """Another host has the page; it is asked for there when it is that host's turn."""

    url: str
    permanent: bool


@dataclass(frozen=True)
class Refused:
    """There is nothing to fetch, and trying again would change nothing.

    Attributes:
        reason: of the drop, a few words in lower case.
        detail: for people.
        gone: the site says that the page no longer exists.
    """

    reason: str
    detail: str
    gone: bool = False


@dataclass(frozen=True)
class Failed:
    """No answer, or none for the time being.

    Attributes:
        reason: of the drop when it stays like this.
        detail: for people.
    """

    detail: str
    retry_after_s: float | None = None
    reason: str = "unreachable"


Answer = Page | NotModified | Moved | Refused | Failed


class Fetcher:
    """Requests pages."""

    def __init__(self, client: GuardedClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def page(self, url: str, seen: Seen | None, known: HostRobots) -> Answer:
        """The page at a canonical URL, unless it is the one that was seen; redirects are followed on its host only."""
        host = host_of(url)

        def follow(target: str) -> bool:
            return host_of(target) == host and known.robots.allows(target, PRODUCT_TOKEN)

        answered = "none"
        try:
            response = await self._client.get(url, _conditions(seen), follow=follow)
            answered = f"{response.status // 100}xx"
            return self._answer(url, response, known)
        except FetchFailed as error:
            return Failed(str(error), error.retry_after_s)
        except AddressRefused as error:
            return Refused("address-refused", str(error))
        except LimitExceeded as error:
            return Refused("too-large", str(error))
        except InvalidInput as error:
            return Refused("unreadable", str(error))
        finally:
            metrics.RESPONSES.labels(answered).inc()

    def _answer(self, url: str, response: Response, known: HostRobots) -> Answer:
        status = response.status
        if response.redirect_url is not None:
            return _redirect(url, response, response.redirect_url)
        if 200 <= status < 300:
            return self._page(url, response, known)
        if status == 304:
            return NotModified(fresh_for_s(response.headers, self._clock.now_ms()))
        said = f"{response.url} answers {status}"
        if status >= 500 or status in _TEMPORARY:
            asked_s = retry_after_s(response.headers.get("retry-after"), self._clock.now_ms())
            return Failed(said, _BUSY_S if asked_s is None and status in (429, 503) else asked_s)
        if status in (404, 410):
            return Refused("gone", said, gone=True)
        return Refused(f"http-{status}", said)

    def _page(self, asked: str, response: Response, known: HostRobots) -> Page:
        headers = response.headers
        tags = headers.all("x-robots-tag")
        reserved = rights.of_headers(tags, headers.get("tdm-reservation"))
        # Visits have canonical URLs; most pages answer where they were asked for.
        url = asked if response.url == asked else canonicalize(response.url)
        return Page(
            body=response.body,
            content_type=headers.get("content-type"),
            url=url,
            permanent_url=canonicalize(response.permanent_url) if response.permanent_url else None,
            noindex=rights.forbids_indexing(tags),
            rights=rights.together(reserved, rights.of_robots(known.robots, url)),
            etag=validator(headers.get("etag")),
            last_modified=validator(headers.get("last-modified")),
            fetched_ms=self._clock.now_ms(),
            headers=headers,
            fresh_for_s=fresh_for_s(headers, self._clock.now_ms()),
        )


def _conditions(seen: Seen | None) -> Mapping[str, str]:
    conditions = {"if-none-match": seen.etag, "if-modified-since": seen.last_modified} if seen else {}
    return {name: value for name, value in conditions.items() if value}


def _redirect(url: str, response: Response, target: str) -> Answer:
    if host_of(target) == host_of(url):
        return Refused("robots", f"{url} redirects to {target}, which robots.txt forbids")
    permanent = response.status in (301, 308) and (response.redirects == 0 or response.permanent_url == response.url)
    return Moved(canonicalize(target), permanent)


def retry_after_s(value: str | None, now_ms: int) -> float | None:
    """The seconds of a header Retry-After, given as such or as a date; None where it says nothing usable."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:_MOST_DIGITS])
    moment = moment_of(text)
    return max(0.0, (moment - from_ms(now_ms)).total_seconds()) if moment else None
