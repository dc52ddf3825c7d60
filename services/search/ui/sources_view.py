"""What the pages of sources show: how each does in words, its yield as a line, what was found on a new site."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.search.source_catalogue import FoundSource, KnownSource
from services.search.ui import wording
from services.search.ui.links import search_for
from services.search.ui.search_view import Link
from shared.source_health import DayYield

SPARK_WIDTH, SPARK_HEIGHT = 120, 24


@dataclass(frozen=True)
class Sparkline:
    """Daily yields as the points of a line, and the same in words."""

    points: str
    said: str
    total: str
    width: int = SPARK_WIDTH
    height: int = SPARK_HEIGHT


@dataclass(frozen=True)
class SourceRow:
    """One source."""

    id: str
    link: Link
    site: str
    state: str
    in_words: str
    change: str
    spark: Sparkline
    last_new: str
    next_visit: str
    rights: tuple[str, ...]
    robots: tuple[str, ...]
    doors: tuple[str, ...]
    kinds: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class DoorRow:
    """A feed, sitemap or listing that was found."""

    kind: str
    url: str
    articles: str
    a_day: str
    chosen: bool


@dataclass(frozen=True)
class FoundPage:
    """What a crawler found on a site, before it is added."""

    url: str
    id: str
    name: str
    known: bool
    doors: tuple[DoorRow, ...]


def source_rows(sources: Iterable[KnownSource], now: datetime) -> tuple[SourceRow, ...]:
    """Sources, those first that need somebody."""
    ranked = sorted(sources, key=lambda known: (_NEED.index(known.health.state), known.source.id))
    return tuple(_row(known, now) for known in ranked)


_ROBOTS = {"forbids": "robots.txt forbids", "unreadable": "robots.txt cannot be read for"}
_NEED = ("failing", "quiet", "empty", "loud", "new", "fine")


def _row(known: KnownSource, now: datetime) -> SourceRow:
    source, health = known.source, known.health
    change = health.change
    return SourceRow(
        id=source.id,
        link=Link(source.name or source.id, search_for("source", source.id)),
        site=source.url or "",
        state=health.state,
        in_words=known.in_words,
        change=""
        if change is None
        else f"{change.now:.1f} articles a day for {change.days} days, {change.before:.1f} before",
        spark=sparkline(health.daily_yield),
        last_new=ago(health.last_new_article_at, now),
        next_visit=ago(health.next_visit_at, now),
        rights=tuple(wording.RIGHTS[right] for right in health.rights),
        robots=tuple(
            f"{_ROBOTS[said.verdict]} {door}" for door, said in health.robots.items() if said.verdict != "allows"
        ),
        doors=tuple(url for _, url in source.doors),
        kinds=_kinds(kind for kind, _ in source.doors),
        tags=source.tags,
    )


def _kinds(doors: Iterable[str]) -> str:
    """Where new articles are looked for: ``2 feeds, 1 sitemap``."""
    counts = Counter(doors)
    return ", ".join(wording.counted(counts[kind], kind, f"{kind}s") for kind in counts)


def sparkline(days: Iterable[DayYield]) -> Sparkline:
    """The line through the yields of days, the oldest first."""
    counts = [day.new_articles for day in days]
    highest, steps = max([*counts, 1]), max(len(counts) - 1, 1)
    points = " ".join(
        f"{place * SPARK_WIDTH / steps:.1f},{SPARK_HEIGHT - 1 - count / highest * (SPARK_HEIGHT - 2):.1f}"
        for place, count in enumerate(counts)
    )
    return Sparkline(
        points,
        f"{sum(counts):,} new articles in {len(counts)} days, at most {max(counts, default=0):,} a day",
        f"{sum(counts):,}",
    )


def found_page(found: FoundSource) -> FoundPage:
    """What is shown before the source is added."""
    doors = tuple(
        DoorRow(
            kind=door.kind,
            url=door.url,
            articles=wording.counted(door.articles, "article", "articles"),
            a_day="" if door.articles_a_day is None else f"{door.articles_a_day:.1f} a day",
            chosen=door.chosen,
        )
        for door in found.site.doors
    )
    return FoundPage(found.site.url, found.source.id, found.source.name or found.source.id, found.known, doors)


def ago(moment: datetime | None, now: datetime) -> str:
    """How far a moment lies from now: ``3 hours ago``, ``in 5 minutes``, ``never``."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    said = _length(abs(seconds))
    if said is None:
        return "now"
    return f"{said} ago" if seconds >= 0 else f"in {said}"


def _length(seconds: float) -> str | None:
    for length, one in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= length:
            return wording.counted(int(seconds // length), one, f"{one}s")
    return None
