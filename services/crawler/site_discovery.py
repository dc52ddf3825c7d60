"""From one address to the doors of a site: asks its robots.txt, its pages and the usual places, one after the other."""

from collections.abc import Callable, Iterable, Mapping
from typing import ParamSpec, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit, urlunsplit

from services.crawler import robots
from services.crawler.discovery.choice import Candidate, articles_a_day, choose, newest
from services.crawler.discovery.survey import (
    NEWS_SITEMAP_PATHS,
    SITEMAP_PATHS,
    Survey,
    common_feed_places,
    survey,
)
from services.crawler.politeness import NO_CONTACT, PRODUCT_TOKEN, delay_s
from services.crawler.robots import Robots
from shared.clock import Clock, from_ms
from shared.egress import is_loopback
from shared.errors import ConfigurationError, FetchFailed, InvalidInput, LimitExceeded, NewsweirError, PermanentFailure
from shared.events.commands import MAX_FOUND_DOORS, FoundDoor, SiteFound
from shared.urls import canonicalize, host_of, registrable_domain

# Requests for one site, robots.txt apart: a person waits for the answer, and the site has other readers.
_MAX_REQUESTS = 30
_LONGEST_S = 90.0
_MAX_MOVES = 5
_MAX_FEEDS = 10
_ENOUGH_COMMON_FEEDS = 2
_MAX_SITEMAPS = 5
_MAX_CHILDREN = 2
_MAX_SECTIONS = 8
# A page with fewer links to articles lists none: it has a box of related ones.
_FEWEST_LISTED = 5
P = ParamSpec("P")
R = TypeVar("R")


class Answer(Protocol):
    """What is read of a response; that of `shared.http_client` has it."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...
    @property
    def url(self) -> str: ...
    @property
    def redirect_url(self) -> str | None: ...


class Client(Protocol):
    """Fetches a URL; raises NewsweirError when there is no answer. `shared.http_client.GuardedClient` is one."""

    async def get(self, url: str, *, follow: Callable[[str], bool]) -> Answer: ...


class Pool(Protocol):
    """Runs a function on hostile input; `shared.isolation.pool.IsolatedPool` is one."""

    async def run(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R: ...


class SiteDiscovery:
    """Finds the doors of sites.

    Args:
        pool: in which pages are read.
        host_delay_s: between two requests to one host, unless it asks for more or answers slowly.
        contact: whom sites may ask about us; None: only this machine may be asked.
    """

    def __init__(self, client: Client, pool: Pool, clock: Clock, *, host_delay_s: float, contact: str | None) -> None:
        self._client = client
        self._pool = pool
        self._clock = clock
        self._host_delay_s = host_delay_s
        self._contact = contact

    async def discover(self, url: str) -> SiteFound:
        """What the address of a front page, a section, a feed or a sitemap leads to.

        Raises:
            InvalidInput: not a URL, or nothing was found.
            ConfigurationError: it belongs to others, and no contact is set.
            PermanentFailure: robots.txt forbids it.
            FetchFailed: no answer, an error, or a robots.txt that cannot be read.
            AddressRefused, LimitExceeded: as the client says.
        """
        asked = canonicalize(url)
        walk = _Walk(self._client, self._pool, self._clock, self._host_delay_s, self._contact)
        first = await walk.look(asked)
        if first.kind == "page":
            candidates = await _doors_of(first, walk)
        else:
            candidates = [_candidate(first)]
        now = from_ms(self._clock.now_ms())
        chosen = choose(candidates, now)
        if not chosen:
            raise InvalidInput(
                f"found no feed, no sitemap and no page with links to articles at {asked}: give the address of a feed, "
                "or of a section that lists articles; pages that only JavaScript fills cannot be read"
            )
        ordered = [*chosen, *(candidate for candidate in candidates if candidate not in chosen and candidate.links)]
        doors = [
            FoundDoor(
                kind=candidate.kind,
                url=candidate.url,
                articles=len(candidate.links),
                articles_a_day=articles_a_day(candidate.links, now),
                newest_at=newest(candidate.links, now),
                chosen=candidate in chosen,
            )
            for candidate in ordered[:MAX_FOUND_DOORS]
        ]
        name = first.name or host_of(first.url).removeprefix("www.")
        return SiteFound(url=asked, name=name, language=first.language, doors=tuple(doors))


class _Walk:
    """Requests for one discovery: one after the other, polite, and no more than so many."""

    def __init__(self, client: Client, pool: Pool, clock: Clock, host_delay_s: float, contact: str | None) -> None:
        self._client = client
        self._pool = pool
        self._clock = clock
        self._host_delay_s = host_delay_s
        self._contact = contact
        self._robots: dict[str, Robots] = {}
        self._free_s: dict[str, float] = {}
        self._asked: dict[str, Survey | None] = {}
        self._until_s = clock.monotonic_s() + _LONGEST_S

    async def look(self, url: str) -> Survey:
        """What the page at a canonical URL is; raises as `SiteDiscovery.discover`."""
        for _ in range(_MAX_MOVES):
            rules = await self.rules(url)
            if not rules.allows(url, PRODUCT_TOKEN):
                raise PermanentFailure(f"robots.txt of {host_of(url)} forbids {url}: nothing was asked there")
            answer = await self._get(url, follow=_same_host(url, rules))
            if answer.redirect_url is None:
                return await self._read(url, answer)
            url = canonicalize(answer.redirect_url)
        raise FetchFailed(f"{url} redirects from host to host")

    async def try_each(self, urls: Iterable[str], most: int, enough: int | None = None) -> list[Survey]:
        """What the pages are, for those that can be read; at most `most` are asked, until `enough` have links."""
        found: list[Survey] = []
        for url in list(dict.fromkeys(urls))[:most]:
            if url not in self._asked:
                self._asked[url] = await self._look_if_there_is_time(url)
            if seen := self._asked[url]:
                found.append(seen)
            if enough is not None and sum(bool(one.found.links) for one in found) >= enough:
                break
        return found

    async def rules(self, url: str) -> Robots:
        """The robots.txt of the URL's host."""
        host = host_of(url)
        if self._contact is None and not is_loopback(url):
            raise ConfigurationError(f"{host} {NO_CONTACT}, and try again")
        if host not in self._robots:
            self._robots[host] = await self._ask_rules(url)
        return self._robots[host]

    async def _look_if_there_is_time(self, url: str) -> Survey | None:
        if len(self._asked) >= _MAX_REQUESTS or self._clock.monotonic_s() > self._until_s:
            return None
        try:
            return await self.look(url)
        except NewsweirError:
            # One of several places where a door may be.
            return None

    async def _ask_rules(self, url: str) -> Robots:
        parts = urlsplit(url)
        answer = await self._get(
            urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", "")), follow=lambda target: True
        )
        if robots.unreachable(answer.status):
            raise FetchFailed(
                f"{answer.url} answers {answer.status}, which forbids everything for the time being: try again later"
            )
        return robots.parse(answer.status, robots.readable_part(answer.body))

    async def _get(self, url: str, follow: Callable[[str], bool]) -> Answer:
        host = host_of(url)
        await self._clock.sleep(max(0.0, self._free_s.get(host, 0.0) - self._clock.monotonic_s()))
        started_s = self._clock.monotonic_s()
        try:
            return await self._client.get(url, follow=follow)
        finally:
            ended_s = self._clock.monotonic_s()
            rules = self._robots.get(host)
            crawl_delay_s = rules.crawl_delay_s(PRODUCT_TOKEN) if rules else None
            self._free_s[host] = ended_s + delay_s(self._host_delay_s, crawl_delay_s, ended_s - started_s)

    async def _read(self, url: str, answer: Answer) -> Survey:
        if answer.status >= 400:
            raise FetchFailed(f"{url} answers {answer.status}: is the address right?")
        content_type = answer.headers.get("content-type")
        try:
            return await self._pool.run(survey, answer.body, canonicalize(answer.url), content_type=content_type)
        except LimitExceeded as error:
            raise InvalidInput(f"{url} cannot be read: {error}") from error


async def _doors_of(page: Survey, walk: _Walk) -> list[Candidate]:
    feeds = _with_links(await walk.try_each(page.feeds, _MAX_FEEDS), "feed")
    if not feeds:
        places = common_feed_places(page.url)
        feeds = _with_links(await walk.try_each(places, len(places), _ENOUGH_COMMON_FEEDS), "feed")
    sitemaps = await _sitemaps_of(page, walk, only_news=bool(feeds))
    candidates = [_candidate(one) for one in feeds] + sitemaps
    return _distinct(candidates) or await _listings_of(page, walk)


async def _sitemaps_of(page: Survey, walk: _Walk, *, only_news: bool) -> list[Candidate]:
    rules = await walk.rules(page.url)
    domain = registrable_domain(host_of(page.url))
    named = [urljoin(page.url, place) for place in rules.sitemaps]
    own = [place for place in named if registrable_domain(host_of(place)) == domain]
    own.sort(key=lambda place: not _is_for_news(place))
    usual = () if any(map(_is_for_news, own)) else NEWS_SITEMAP_PATHS
    if not own and not only_news:
        usual = (*usual, *SITEMAP_PATHS)
    seen = await walk.try_each(own, _MAX_SITEMAPS)
    seen += await walk.try_each((urljoin(page.url, path) for path in usual), len(usual), 1)
    found: list[Candidate] = []
    for one in seen:
        if one.kind == "sitemap":
            found += await _children_of(one, walk, only_news=only_news)
    return [candidate for candidate in found if candidate.news or not only_news]


async def _children_of(sitemap: Survey, walk: _Walk, *, only_news: bool) -> list[Candidate]:
    """The sitemap itself; of an index, its children for news, else the index with what its first children hold."""
    if not sitemap.found.children:
        return [_candidate(sitemap)]
    children = [child for child in sitemap.found.children if _is_for_news(child) or not only_news]
    read = await walk.try_each(children, _MAX_CHILDREN)
    if news := [_candidate(child) for child in read if child.news]:
        return news
    links = tuple(link for child in read for link in child.found.links)
    return [Candidate("sitemap", sitemap.url, links)] if links else []


async def _listings_of(page: Survey, walk: _Walk) -> list[Candidate]:
    sections = await walk.try_each(page.sections, _MAX_SECTIONS)
    listed = [one for one in (page, *sections) if one.kind == "page" and len(one.found.links) >= _FEWEST_LISTED]
    return _distinct([Candidate("listing", one.url, one.found.links) for one in listed])


def _with_links(surveys: Iterable[Survey], kind: str) -> list[Survey]:
    return [one for one in surveys if one.kind == kind and one.found.links]


def _candidate(one: Survey) -> Candidate:
    assert one.kind != "page"  # a page becomes a listing, which only `_listings_of` decides
    return Candidate(one.kind, one.url, one.found.links, one.news)


def _distinct(candidates: Iterable[Candidate]) -> list[Candidate]:
    return list({candidate.url: candidate for candidate in candidates}.values())


def _is_for_news(url: str) -> bool:
    return "news" in urlsplit(url).path.lower()


def _same_host(url: str, rules: Robots) -> Callable[[str], bool]:
    host = host_of(url)
    return lambda target: host_of(target) == host and rules.allows(target, PRODUCT_TOKEN)
