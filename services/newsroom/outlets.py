"""The four outlets: who they are, how their addresses look and by which door their news is found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import yaml

from services.newsroom.settings import HOST, NewsroomSettings

FeedKind = Literal["rss", "atom", "sitemap", "json"]
FEED_PATHS: Mapping[FeedKind, str] = {
    "rss": "/rss.xml",
    "atom": "/atom.xml",
    "sitemap": "/sitemap-index.xml",
    "json": "/feed.json",
}


@dataclass(frozen=True)
class Outlet:
    """One invented news site.

    Attributes:
        article_path: a format of day (2026/03/02), language, section and slug.
        zone_minutes: how far the site's clock is ahead of UTC.
        sections: path segment → name.
        linked_only: sections that no feed mentions; only their listing page leads to them.
        disallowed: path prefixes that robots.txt keeps crawlers out of.
        feed_query: appended to links in the feed, as publishers do to count readers.
        language: None where the outlet writes in several.
    """

    id: str
    name: str
    tagline: str
    port_offset: int
    country: str
    feed: FeedKind
    article_path: str
    sections: Mapping[str, str]
    zone_minutes: int = 0
    language: str | None = "en"
    linked_only: frozenset[str] = frozenset()
    disallowed: tuple[str, ...] = ()
    feed_query: str = ""
    crawl_delay_s: float | None = None

    def base_url(self, settings: NewsroomSettings) -> str:
        """Scheme, host and port, without a slash at the end."""
        return f"http://{HOST}:{settings.newsroom_port + self.port_offset}"


OUTLETS = (
    Outlet(
        id="morning-ledger",
        name="The Morning Ledger",
        tagline="Money, trade and the companies behind them",
        port_offset=0,
        country="GB",
        feed="rss",
        article_path="/{section}/{day}/{slug}",
        sections={"finance": "Finance", "companies": "Companies", "energy": "Energy", "trade": "Trade"},
    ),
    Outlet(
        id="circuit-and-grid",
        name="Circuit & Grid",
        tagline="Chips, models, batteries and the wires between",
        port_offset=1,
        country="US",
        zone_minutes=-300,
        feed="atom",
        article_path="/{section}/{slug}.html",
        sections={"chips": "Chips", "ai": "AI", "power": "Power", "science": "Science", "members": "Members"},
        disallowed=("/members/",),
        feed_query="?utm_source=atom&utm_medium=feed",
        crawl_delay_s=0.05,
    ),
    Outlet(
        id="meridian",
        name="Meridian",
        tagline="The day, in four languages",
        port_offset=2,
        country="CH",
        zone_minutes=60,
        language=None,
        feed="sitemap",
        article_path="/{language}/{section}/{slug}",
        sections={"world": "World", "business": "Business", "technology": "Technology", "science": "Science"},
    ),
    Outlet(
        id="harbour-gazette",
        name="The Harbour Gazette",
        tagline="From the quay to the capital since, well, this morning",
        port_offset=3,
        country="NL",
        zone_minutes=60,
        feed="json",
        article_path="/{section}/{slug}/",
        sections={
            "shipping": "Shipping",
            "policy": "Trade policy",
            "research": "Research",
            "regional": "Regional desk",
        },
        linked_only=frozenset({"regional"}),
    ),
)


def sources(settings: NewsroomSettings) -> list[dict[str, object]]:
    """The outlets as a crawler's list of sources: id, name, url, feeds, sitemaps, listings, language, country."""
    return [_source(outlet, outlet.base_url(settings)) for outlet in OUTLETS]


def sources_yaml(settings: NewsroomSettings) -> str:
    """The same list as the document that `newsweir run --sources` reads."""
    return yaml.safe_dump({"sources": sources(settings)}, sort_keys=False, allow_unicode=True)


def _source(outlet: Outlet, base_url: str) -> dict[str, object]:
    door = base_url + FEED_PATHS[outlet.feed]
    source: dict[str, object] = {
        "id": outlet.id,
        "name": outlet.name,
        "url": f"{base_url}/",
        "feeds": [] if outlet.feed == "sitemap" else [door],
        "sitemaps": [door] if outlet.feed == "sitemap" else [],
        "listings": [f"{base_url}/{section}/" for section in sorted(outlet.linked_only)],
        "country": outlet.country,
    }
    return source if outlet.language is None else {**source, "language": outlet.language}
