"""From one URL to a source: the feeds that a site offers, else its sitemaps, else the page itself as a listing."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from services.crawler.discovery import feed, sitemap
from services.crawler.discovery.link import Discovered
from services.crawler.discovery.sniff import find_feeds
from services.crawler.extraction import head, markup
from shared.errors import FetchFailed, InvalidInput, NewsweirError
from shared.sources import Source
from shared.urls import canonicalize, host_of, registrable_domain

_MAX_CANDIDATES = 5
_MAX_NAME_CHARACTERS = 100
_SITEMAP_LINE = re.compile(r"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_MAX_ROBOTS_CHARACTERS = 500_000


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


class Client(Protocol):
    """Fetches a URL; raises NewsweirError when there is no answer."""

    async def get(self, url: str) -> Answer: ...


Reader = Callable[..., Discovered]


async def discover(url: str, client: Client) -> Source:
    """The source that a front page, a feed or a sitemap leads to.

    Raises:
        InvalidInput: not a URL, or no page that a source could be made of.
        FetchFailed: no answer, or an error.
        AddressRefused, LimitExceeded: as the client says.
    """
    asked = canonicalize(url)
    answer = await client.get(asked)
    if answer.status >= 400:
        raise FetchFailed(f"{asked} answers with status {answer.status}: is the address right?")
    if _has_links(feed.links, answer):
        return _source(asked, _name_from_host(asked), feeds=(asked,))
    if _has_links(sitemap.links, answer):
        return _source(asked, _name_from_host(asked), sitemaps=(asked,))
    name = _name_from_page(answer)
    content_type = answer.headers.get("content-type")
    if feeds := await _that_yield(find_feeds(answer.body, answer.url, content_type=content_type), feed.links, client):
        return _source(asked, name, feeds=feeds)
    if sitemaps := await _that_yield(await _named_in_robots(answer.url, client), sitemap.links, client):
        return _source(asked, name, sitemaps=sitemaps)
    return _source(asked, name, listings=(asked,))


def _source(url: str, name: str, **doors: tuple[str, ...]) -> Source:
    slug = re.sub(r"[^a-z0-9]+", "-", host_of(url).removeprefix("www.")).strip("-")[:64].strip("-")
    return Source(id=slug, name=name, url=urljoin(url, "/"), **doors)


async def _that_yield(urls: Iterable[str], read: Reader, client: Client) -> tuple[str, ...]:
    found = []
    for url in tuple(urls)[:_MAX_CANDIDATES]:
        try:
            answer = await client.get(url)
        except NewsweirError:
            continue
        if answer.status < 400 and _has_links(read, answer):
            found.append(canonicalize(url))
    return tuple(found)


def _has_links(read: Reader, answer: Answer) -> bool:
    try:
        found = read(answer.body, answer.url, content_type=answer.headers.get("content-type"))
    except InvalidInput:
        return False
    return bool(found.links or found.children)


async def _named_in_robots(url: str, client: Client) -> tuple[str, ...]:
    """The sitemaps that the site's robots.txt names, else the place where most keep theirs."""
    usual = (urljoin(url, "/sitemap.xml"),)
    try:
        answer = await client.get(urljoin(url, "/robots.txt"))
    except NewsweirError:
        return usual
    text = answer.body.decode("utf-8", "replace")[:_MAX_ROBOTS_CHARACTERS] if answer.status < 400 else ""
    named = [urljoin(url, place) for place in _SITEMAP_LINE.findall(text)]
    domain = registrable_domain(host_of(url))
    return tuple(place for place in named if registrable_domain(host_of(place)) == domain) or usual


def _name_from_page(answer: Answer) -> str:
    tree = markup.parse(answer.body, answer.headers.get("content-type"))
    said = head.read(tree).first("og:site_name", "application-name") or tree.findtext(".//title") or ""
    return " ".join(said.split())[:_MAX_NAME_CHARACTERS] or _name_from_host(answer.url)


def _name_from_host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")
