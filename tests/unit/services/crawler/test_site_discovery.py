from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from services.crawler.site_discovery import SiteDiscovery
from shared.errors import ConfigurationError, FetchFailed, InvalidInput, LimitExceeded, PermanentFailure
from tests.fakes import FakeClock

SITE = "https://news.example"


def a_page(head: str = "", body: str = "<p>Hello</p>") -> bytes:
    head = f"<head><title>The  Example</title>{head}</head>"
    return f"<!doctype html><html lang=en>{head}<body>{body}</body></html>".encode()


def feed_link(href: str) -> str:
    return f'<link rel="alternate" type="application/rss+xml" href="{href}">'


def a_feed(*names: str) -> bytes:
    items = "".join(
        f"<item><link>{SITE}/{name}</link><pubDate>Mon, 02 Mar 2026 {hour:02}:00:00 GMT</pubDate></item>"
        for hour, name in enumerate(names, 1)
    )
    return f"<rss version='2.0'><channel><title>News</title>{items}</channel></rss>".encode()


def a_sitemap(*names: str, news: bool = False) -> bytes:
    def url(name: str) -> str:
        said = f"<n:news><n:title>{name}</n:title></n:news>" if news else ""
        return f"<url><loc>{SITE}/{name}</loc>{said}</url>"

    return (
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">' + "".join(map(url, names)) + "</urlset>"
    ).encode()


def an_index(*urls: str) -> bytes:
    return f"<sitemapindex>{''.join(f'<sitemap><loc>{url}</loc></sitemap>' for url in urls)}</sitemapindex>".encode()


def articles(*numbers: int) -> str:
    return "".join(f'<a href="/2026/03/02/story-number-{n}">Something long enough {n}</a>' for n in numbers)


@dataclass(frozen=True)
class Reply:
    url: str
    body: bytes = b"<html>no</html>"
    status: int = 404
    redirect_url: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeSite:
    """Answers for the pages it was given, with 404 for all others; remembers who was asked, and when."""

    pages: dict[str, bytes]
    clock: FakeClock
    moved: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, float]] = field(default_factory=list)

    async def get(self, url: str, *, follow: Callable[[str], bool]) -> Reply:
        self.asked.append((url, self.clock.monotonic_s()))
        if target := self.moved.get(url):
            return await self.get(target, follow=follow) if follow(target) else Reply(url, redirect_url=target)
        if url in self.statuses:
            return Reply(url, status=self.statuses[url])
        return Reply(url, self.pages[url], 200) if url in self.pages else Reply(url)


class InProcess:
    """Runs functions here and now."""

    async def run(self, function, *args, **kwargs):
        return function(*args, **kwargs)


async def discovered(site: FakeSite, url: str = f"{SITE}/", contact: str | None = "mailto:desk@weir.example"):
    return await SiteDiscovery(site, InProcess(), site.clock, host_delay_s=1.0, contact=contact).discover(url)


def at_site(clock: FakeClock, pages: dict[str, bytes], **fields) -> FakeSite:
    return FakeSite({f"{SITE}{path}": body for path, body in pages.items()}, clock, **fields)


def chosen(found) -> list[tuple[str, str]]:
    return [(door.kind, door.url.removeprefix(SITE)) for door in found.doors if door.chosen]


async def test_a_front_page_leads_to_the_feeds_it_names_with_what_each_yields(clock):
    site = at_site(clock, {"/": a_page(feed_link("/rss")), "/rss": a_feed("a", "b", "c", "d")})

    found = await discovered(site)

    assert (found.name, found.language, found.url) == ("The Example", "en", f"{SITE}/")
    [door] = found.doors
    assert (door.kind, door.url, door.articles, door.chosen) == ("feed", f"{SITE}/rss", 4, True)
    # Four within the eleven hours before noon.
    assert door.articles_a_day == pytest.approx(4 / (11 / 24), rel=1e-3)
    assert door.newest_at is not None
    assert door.newest_at.hour == 4


async def test_feeds_that_add_nothing_are_shown_and_not_chosen(clock):
    site = at_site(
        clock,
        {
            "/": a_page(feed_link("/all") + feed_link("/few") + feed_link("/broken") + feed_link("/gone")),
            "/all": a_feed("a", "b", "c", "d"),
            "/few": a_feed("a", "b"),
            "/broken": a_page(),
        },
    )

    found = await discovered(site)

    assert [(door.url, door.chosen) for door in found.doors] == [(f"{SITE}/all", True), (f"{SITE}/few", False)]


async def test_a_page_that_names_no_feed_may_have_one_in_a_usual_place(clock):
    site = at_site(clock, {"/": a_page(), "/rss.xml": a_feed("a", "b", "c")})

    assert chosen(await discovered(site)) == [("feed", "/rss.xml")]


@pytest.mark.parametrize(("path", "kind"), [("/rss", "feed"), ("/map.xml", "sitemap")])
async def test_the_address_of_a_feed_or_a_sitemap_is_a_door_by_itself(clock, path, kind):
    site = at_site(clock, {"/rss": a_feed("a"), "/map.xml": a_sitemap("a")})

    found = await discovered(site, SITE + path)

    assert chosen(found) == [(kind, path)]
    assert [url for url, _ in site.asked] == [f"{SITE}/robots.txt", SITE + path]


async def test_a_sitemap_for_news_that_robots_txt_names_is_found_beside_feeds(clock):
    site = at_site(
        clock,
        {
            "/": a_page(feed_link("/rss")),
            "/robots.txt": f"Sitemap: {SITE}/archive.xml\nSitemap: {SITE}/news.xml".encode(),
            "/rss": a_feed("a", "b"),
            "/news.xml": a_sitemap("a", "b", "c", "d", news=True),
            "/archive.xml": a_sitemap("x", "y"),
        },
    )

    found = await discovered(site)

    assert [(door.kind, door.url) for door in found.doors] == [
        ("feed", f"{SITE}/rss"),
        ("sitemap", f"{SITE}/news.xml"),
    ]


async def test_of_an_index_the_sitemap_for_news_is_taken(clock):
    site = at_site(
        clock,
        {
            "/": a_page(),
            "/robots.txt": f"Sitemap: {SITE}/index.xml".encode(),
            "/index.xml": an_index(f"{SITE}/2020.xml", f"{SITE}/news/today.xml"),
            "/news/today.xml": a_sitemap("a", news=True),
            "/2020.xml": a_sitemap("x", "y"),
        },
    )

    assert chosen(await discovered(site)) == [("sitemap", "/news/today.xml")]


async def test_an_index_without_sitemaps_for_news_is_a_door_itself(clock):
    site = at_site(
        clock,
        {"/": a_page(), "/sitemap.xml": an_index(f"{SITE}/2026.xml"), "/2026.xml": a_sitemap("x", "y")},
    )

    assert chosen(await discovered(site)) == [("sitemap", "/sitemap.xml")]


async def test_sitemaps_of_strangers_are_not_the_sites_own(clock):
    stranger = "https://stranger.example.org/map.xml"
    site = at_site(clock, {"/": a_page(), "/robots.txt": f"Sitemap: {stranger}".encode()})
    site.pages[stranger] = a_sitemap("x")

    with pytest.raises(InvalidInput, match="found no feed"):
        await discovered(site)

    assert stranger not in [url for url, _ in site.asked]


async def test_without_feeds_and_sitemaps_the_pages_that_list_articles_are_taken(clock):
    navigation = '<nav><a href="/business/">Business</a><a href="/people/">People</a></nav>'
    site = at_site(
        clock,
        {
            "/": a_page(body=navigation + articles(1, 2)),
            "/business/": a_page(body=articles(*range(10, 20))),
            "/people/": a_page(body=articles(1)),
        },
    )

    assert chosen(await discovered(site)) == [("listing", "/business/")]


async def test_where_nothing_is_found_it_is_said_what_could_be_given(clock):
    with pytest.raises(InvalidInput, match=r"give the address of a feed.*only JavaScript fills"):
        await discovered(at_site(clock, {"/": a_page()}))


async def test_a_page_that_is_not_there_is_an_error(clock):
    with pytest.raises(FetchFailed, match="answers 404"):
        await discovered(at_site(clock, {}))


async def test_what_robots_txt_forbids_is_not_asked(clock):
    site = at_site(clock, {"/robots.txt": b"User-agent: *\nDisallow: /", "/": a_page()})

    with pytest.raises(PermanentFailure, match=r"robots\.txt of news\.example forbids"):
        await discovered(site)

    assert [url for url, _ in site.asked] == [f"{SITE}/robots.txt"]


async def test_doors_that_robots_txt_forbids_are_left_out(clock):
    site = at_site(
        clock,
        {
            "/robots.txt": b"User-agent: *\nDisallow: /private/",
            "/": a_page(feed_link("/private/rss") + feed_link("/rss")),
            "/private/rss": a_feed("a", "b"),
            "/rss": a_feed("a"),
        },
    )

    assert chosen(await discovered(site)) == [("feed", "/rss")]


async def test_a_robots_txt_that_cannot_be_read_forbids_everything(clock):
    site = at_site(clock, {"/": a_page()}, statuses={f"{SITE}/robots.txt": 503})

    with pytest.raises(FetchFailed, match="answers 503, which forbids everything"):
        await discovered(site)


async def test_without_a_contact_nobody_else_is_asked(clock):
    site = at_site(clock, {"/": a_page()})

    with pytest.raises(ConfigurationError, match="set NEWSWEIR_CONTACT"):
        await discovered(site, contact=None)

    assert site.asked == []


async def test_requests_to_a_host_keep_their_distance(clock):
    site = at_site(
        clock,
        {"/robots.txt": b"User-agent: *\nCrawl-delay: 7", "/": a_page(feed_link("/rss")), "/rss": a_feed("a")},
    )

    await discovered(site)

    times = [at for _, at in site.asked]
    # The first answer is the one that asks for the distance.
    assert times[1] - times[0] == 1
    assert {later - earlier for earlier, later in pairwise(times[1:])} == {7}


async def test_another_host_is_asked_for_its_own_robots_txt_before_it_is_followed_to(clock):
    site = at_site(clock, {"/": a_page(feed_link("/rss")), "/rss": a_feed("a")})
    site.moved["https://example.test/"] = f"{SITE}/"

    found = await discovered(site, "https://example.test/")

    assert [url for url, _ in site.asked[:4]] == [
        "https://example.test/robots.txt",
        "https://example.test/",
        f"{SITE}/robots.txt",
        f"{SITE}/",
    ]
    assert chosen(found) == [("feed", "/rss")]


async def test_a_site_that_names_feeds_without_end_is_not_asked_for_all_of_them(clock):
    feeds = [f"/feed/{n}" for n in range(100)]
    site = at_site(clock, {"/": a_page("".join(map(feed_link, feeds))), **{path: a_feed(path) for path in feeds}})

    await discovered(site)

    assert len(site.asked) < 20


async def test_a_slow_site_is_left_when_a_person_would_have_gone(clock):
    slow = b"User-agent: *\nCrawl-delay: 50"
    feeds = [f"/feed/{n}" for n in range(10)]
    site = at_site(clock, {"/robots.txt": slow, "/": a_page("".join(map(feed_link, feeds))), "/feed/0": a_feed("a")})

    found = await discovered(site)

    assert chosen(found) == [("feed", "/feed/0")]
    assert len(site.asked) == 4


async def test_a_page_that_is_too_much_for_the_reader_is_an_error(clock):
    class Overwhelmed:
        async def run(self, function, *args, **kwargs):
            raise LimitExceeded("survey took longer than 20 s")

    site = at_site(clock, {"/": a_page()})

    with pytest.raises(InvalidInput, match="cannot be read: survey took longer"):
        await SiteDiscovery(site, Overwhelmed(), clock, host_delay_s=1, contact="mailto:a@b.example").discover(SITE)
