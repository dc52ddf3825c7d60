"""A story as it stands at one moment: its address, its dates, and its text before or after correction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.newsroom.articles import Article, published_ms
from services.newsroom.outlets import Outlet
from shared.clock import from_ms


@dataclass(frozen=True)
class Visits:
    """How often a page was asked for, and when first, in ms."""

    count: int = 0
    first_ms: int | None = None


NO_VISITS = Visits()


@dataclass(frozen=True)
class Edition:
    """A story at one moment; `path` leads to it, `feed_path` is what the feed says; times are in UTC."""

    article: Article
    path: str
    feed_path: str
    published_at: datetime
    updated_at: datetime | None
    body: str
    correction_note: str | None

    @property
    def changed_at(self) -> datetime:
        return self.updated_at or self.published_at


def edition_of(article: Article, outlet: Outlet, epoch_ms: int, visits: Visits = NO_VISITS) -> Edition:
    """The story as the next visitor gets it; a correction is made right after the first visit."""
    published_at = from_ms(published_ms(article.published, epoch_ms))
    corrected = article.correction if visits.first_ms is not None else None
    slug_path = path_of(article, outlet, epoch_ms, article.slug)
    return Edition(
        article=article,
        path=slug_path,
        feed_path=feed_path_of(article, outlet, epoch_ms),
        published_at=published_at,
        updated_at=from_ms(visits.first_ms) if corrected and visits.first_ms is not None else None,
        body=article.body.replace(corrected.wrong, corrected.right) if corrected else article.body,
        correction_note=corrected.note if corrected else None,
    )


def current_editions(
    articles: Iterable[Article], outlet: Outlet, epoch_ms: int, now_ms: int, visits: Mapping[str, Visits]
) -> tuple[Edition, ...]:
    """What is out by now, the latest first."""
    out = (article for article in articles if published_ms(article.published, epoch_ms) <= now_ms)
    editions = (edition_of(article, outlet, epoch_ms, visits.get(article.key, NO_VISITS)) for article in out)
    return tuple(sorted(editions, key=lambda edition: (edition.published_at, edition.path), reverse=True))


def path_of(article: Article, outlet: Outlet, epoch_ms: int, slug: str) -> str:
    """The path that the outlet gives to a slug of this story."""
    day = from_ms(published_ms(article.published, epoch_ms)).strftime("%Y/%m/%d")
    return outlet.article_path.format(day=day, language=article.language, section=article.section, slug=slug)


def feed_path_of(article: Article, outlet: Outlet, epoch_ms: int) -> str:
    """The path that the outlet's feed gives: the story's own, an old one, or a detour."""
    if article.detour:
        return f"/go/{article.detour}"
    return path_of(article, outlet, epoch_ms, article.former_slug or article.slug)
