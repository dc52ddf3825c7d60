"""One outlet as a function: path, moment and visits so far in, the whole answer out."""

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from services.newsroom.articles import Article
from services.newsroom.editions import (
    NO_VISITS,
    Edition,
    Visits,
    current_editions,
    feed_path_of,
    path_of,
)
from services.newsroom.misbehaviour import Conduct, conduct, depends_on_visits
from services.newsroom.outlets import FEED_PATHS, Outlet
from services.newsroom.pages import Pages
from shared.clock import from_ms

_HTML = "text/html; charset=utf-8"
_FEED_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
_PER_PAGE = 5
_ON_FRONT_PAGE = 14
# What the publishers' format allows a news sitemap to hold.
_NEWS_SITEMAP_AGE = timedelta(days=2)
NEWS_SITEMAP = "/sitemaps/news.xml.gz"
ARCHIVE_SITEMAP = "/sitemaps/archive.xml.gz"


@dataclass(frozen=True)
class Answer:
    """One HTTP answer.

    Attributes:
        changed_at: when the content last changed, for Last-Modified; None where it is not said.
        spread_s: seconds over which the body is sent.
        counts_for: the key of the story whose visits this answer adds to.
    """

    body: bytes
    content_type: str = _HTML
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    changed_at: datetime | None = None
    spread_s: float = 0.0
    counts_for: str | None = None


class Site:
    """All pages of one outlet; holds no state beyond what it is made of."""

    def __init__(self, outlet: Outlet, articles: Iterable[Article], epoch_ms: int, base_url: str) -> None:
        self.outlet = outlet
        self._articles = tuple(article for article in articles if article.outlet == outlet.id)
        self._epoch_ms = epoch_ms
        paths = {article.slug: path_of(article, outlet, epoch_ms, article.slug) for article in self._articles}
        self._pages = Pages(outlet, base_url, paths)
        self._redirects = {
            feed_path_of(article, outlet, epoch_ms): (302 if article.detour else 301, base_url + paths[article.slug])
            for article in self._articles
            if article.detour or article.former_slug
        }

    def answer(self, path: str, page: int, now_ms: int, visits: Mapping[str, Visits]) -> Answer:
        """What the outlet answers to a GET of `path` (and ``?page=``), given the visits so far by story key."""
        editions = current_editions(self._articles, self.outlet, self._epoch_ms, now_ms, visits)
        if path in self._redirects:
            status, location = self._redirects[path]
            return Answer(b"", status=status, headers={"location": location})
        if edition := next((edition for edition in editions if edition.path == path), None):
            return self._article(edition, editions, visits.get(edition.article.key, NO_VISITS))
        return (
            self._door(path, editions, now_ms)
            or self._plain_page(path, editions)
            or self._listing(path, page, editions)
            or _html(self._pages.error(404), status=404)
        )

    def _article(self, edition: Edition, editions: Sequence[Edition], visits: Visits) -> Answer:
        article = edition.article
        meeting = conduct(article.behaviour, visits.count)
        return Answer(
            self._body_met(meeting, edition, editions).encode(),
            status=meeting.status,
            headers={} if meeting.retry_after_s is None else {"retry-after": str(meeting.retry_after_s)},
            changed_at=edition.changed_at if meeting.page == "article" else None,
            spread_s=meeting.spread_s,
            counts_for=article.key if depends_on_visits(article.behaviour, article.correction is not None) else None,
        )

    def _body_met(self, meeting: Conduct, edition: Edition, editions: Sequence[Edition]) -> str:
        match meeting.page:
            case "article":
                return self._pages.article(edition, editions)
            case "consent":
                return self._pages.consent()
            case "error":
                return self._pages.error(meeting.status)

    def _door(self, path: str, editions: Sequence[Edition], now_ms: int) -> Answer | None:
        fed = [edition for edition in editions if edition.article.section not in self.outlet.linked_only]
        changed_at = max((edition.changed_at for edition in fed), default=None)
        if self.outlet.feed == "sitemap":
            return self._sitemap(path, fed, changed_at, now_ms)
        if path != FEED_PATHS[self.outlet.feed]:
            return None
        return Answer(self._pages.feed(fed).encode(), _FEED_TYPES[self.outlet.feed], changed_at=changed_at)

    def _sitemap(
        self, path: str, editions: Sequence[Edition], changed_at: datetime | None, now_ms: int
    ) -> Answer | None:
        if path == FEED_PATHS["sitemap"]:
            index = self._pages.sitemap("sitemap-index.xml", editions, maps=(NEWS_SITEMAP, ARCHIVE_SITEMAP))
            return Answer(index.encode(), "application/xml", changed_at=changed_at)
        oldest_news = from_ms(now_ms) - _NEWS_SITEMAP_AGE
        recent = [edition for edition in editions if edition.published_at >= oldest_news]
        held = {NEWS_SITEMAP: ("news-sitemap.xml", recent), ARCHIVE_SITEMAP: ("sitemap.xml", editions)}.get(path)
        if held is None:
            return None
        # Without a time in the gzip header the same stories are the same bytes.
        compressed = gzip.compress(self._pages.sitemap(*held).encode(), mtime=0)
        return Answer(compressed, "application/gzip", changed_at=changed_at)

    def _plain_page(self, path: str, editions: Sequence[Edition]) -> Answer | None:
        match path:
            case "/":
                return _html(self._pages.listing(self.outlet.tagline, editions[:_ON_FRONT_PAGE], editions, None))
            case "/about":
                return _html(self._pages.about())
            case "/robots.txt":
                return Answer(self._pages.robots().encode(), "text/plain; charset=utf-8")
        pictured = next((edition for edition in editions if path == f"/media/{edition.article.slug}.svg"), None)
        return Answer(self._pages.picture(pictured).encode(), "image/svg+xml") if pictured else None

    def _listing(self, path: str, page: int, editions: Sequence[Edition]) -> Answer | None:
        section = path.strip("/")
        if section not in self.outlet.sections or page < 1:
            return None
        stories = [edition for edition in editions if edition.article.section == section]
        shown = stories[(page - 1) * _PER_PAGE : page * _PER_PAGE]
        if not shown and page > 1:
            return None
        more = f"/{section}/?page={page + 1}" if len(stories) > page * _PER_PAGE else None
        return _html(self._pages.listing(self.outlet.sections[section], shown, editions, more))


def _html(text: str, status: int = 200) -> Answer:
    return Answer(text.encode(), status=status)
