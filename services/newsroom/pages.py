"""Templates filled: articles, listings, feeds and sitemaps of one outlet as text."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.newsroom.body import html_blocks
from services.newsroom.editions import Edition
from services.newsroom.outlets import FEED_PATHS, Outlet

_TEMPLATES_DIR = Path(__file__).with_name("templates")
_TEASER_BLOCKS = 2
_RELATED = 4
_LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {"by": "By", "related": "More on this", "correction": "Correction", "image": "Illustration"},
    "de": {"by": "Von", "related": "Mehr zum Thema", "correction": "Korrektur", "image": "Illustration"},
    "fr": {"by": "Par", "related": "Sur le même sujet", "correction": "Rectificatif", "image": "Illustration"},
    "zh": {"by": "记者", "related": "相关报道", "correction": "更正", "image": "示意图"},
}


class Pages:
    """Fills the templates of one outlet; the same arguments give the same text."""

    def __init__(self, outlet: Outlet, base_url: str, links: Mapping[str, str]) -> None:
        self._outlet = outlet
        self._base_url = base_url
        self._links = links

    def article(self, edition: Edition, latest: Sequence[Edition]) -> str:
        """The page of a story, amid navigation, related stories and what else a news page carries."""
        blocks = html_blocks(edition.body, self._links)
        return self._render(
            f"{self._outlet.id}/article.html",
            edition=edition,
            blocks=blocks[:_TEASER_BLOCKS] if edition.article.paywalled else blocks,
            labels=_LABELS[edition.article.language],
            published=self._iso(edition.published_at),
            updated=self._iso(edition.updated_at) if edition.updated_at else None,
            shown_date=self._local(edition.published_at).strftime("%d %B %Y, %H:%M"),
            related=_related(edition, latest),
            latest=latest[:6],
            json_ld=self._json_ld(edition) if edition.article.json_ld else None,
            url=self._base_url + edition.path,
        )

    def listing(self, heading: str, editions: Sequence[Edition], latest: Sequence[Edition], more: str | None) -> str:
        """The front page or a section; `more` is the path of the following page."""
        return self._render("listing.html", heading=heading, editions=editions, latest=latest[:6], more=more)

    def about(self) -> str:
        """Who writes this, and that all of it is invented."""
        return self._render("about.html", latest=())

    def consent(self) -> str:
        """Nothing but a dialog that asks to accept cookies."""
        return self._render("consent.html")

    def error(self, status: int) -> str:
        """What a visitor reads beside a status of 400 or more."""
        return self._render("error.html", status=status)

    def picture(self, edition: Edition) -> str:
        """The illustration of a story, as SVG."""
        return self._render("picture.svg", edition=edition)

    def robots(self) -> str:
        """robots.txt, with the sitemap where the outlet has one."""
        return self._render("robots.txt")

    def feed(self, editions: Sequence[Edition]) -> str:
        """The outlet's feed of its kind: RSS 2.0, Atom or JSON Feed."""
        template = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}[self._outlet.feed]
        return self._render(
            template,
            editions=editions,
            changed_at=max((edition.changed_at for edition in editions), default=None),
            feed_url=self._base_url + FEED_PATHS[self._outlet.feed],
        )

    def sitemap(self, template: str, editions: Sequence[Edition] = (), maps: Sequence[str] = ()) -> str:
        """A sitemap of stories (news-sitemap.xml, sitemap.xml) or the index of such `maps` (sitemap-index.xml)."""
        return self._render(template, editions=editions, maps=maps)

    def _render(self, template: str, **values: object) -> str:
        return (
            _environment()
            .get_template(template)
            .render(
                outlet=self._outlet,
                base_url=self._base_url,
                layout=f"{self._outlet.id}/layout.html",
                iso=self._iso,
                rfc2822=lambda moment: format_datetime(self._local(moment)),
                **values,
            )
        )

    def _json_ld(self, edition: Edition) -> dict[str, object]:
        article = edition.article
        dates = {"datePublished": self._iso(edition.published_at)} if "json-ld" in article.dates else {}
        if edition.updated_at:
            dates["dateModified"] = self._iso(edition.updated_at)
        return {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.title,
            "description": article.description,
            "inLanguage": article.language,
            "articleSection": self._outlet.sections[article.section],
            "keywords": list(article.tags),
            "mainEntityOfPage": {"@type": "WebPage", "@id": self._base_url + edition.path},
            "image": [f"{self._base_url}/media/{article.slug}.svg"],
            "author": [{"@type": "Person", "name": name} for name in article.authors],
            "publisher": {"@type": "NewsMediaOrganization", "name": self._outlet.name, "url": f"{self._base_url}/"},
            "isAccessibleForFree": not article.paywalled,
            **dates,
        }

    def _local(self, moment: datetime) -> datetime:
        return moment.astimezone(timezone(timedelta(minutes=self._outlet.zone_minutes)))

    def _iso(self, moment: datetime) -> str:
        return self._local(moment).isoformat(timespec="seconds")


def _related(edition: Edition, others: Sequence[Edition]) -> tuple[Edition, ...]:
    def nearness(other: Edition) -> tuple[int, bool]:
        shared_tags = len(set(edition.article.tags) & set(other.article.tags))
        return shared_tags, other.article.section == edition.article.section

    candidates = [
        other
        for other in others
        if other.path != edition.path and other.article.language == edition.article.language and any(nearness(other))
    ]
    return tuple(sorted(candidates, key=nearness, reverse=True)[:_RELATED])


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES_DIR),
        autoescape=select_autoescape(("html", "xml", "svg")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
