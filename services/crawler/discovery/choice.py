"""Which of a site's doors to take: what each yields a day, and the few that together lead to what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.crawler.discovery.link import Link

_WINDOW = timedelta(days=30)
_SHORTEST_SPAN = timedelta(hours=1)
# Clocks of publishers are ahead by zones, and some entries are announced.
_AHEAD = timedelta(days=1)
_FEWEST_DISTINCT_DATES = 3
_STALE = timedelta(days=90)
# A door that would add less than one article in twenty costs more requests than it brings.
_LEAST_GAIN = 0.05
_MOST_DOORS = 10
# Of a door without dates nobody knows; one that is known to yield more than this comes first.
_UNKNOWN_A_DAY = 1.0


@dataclass(frozen=True)
class Candidate:
    """A door that was looked into.

    Attributes:
        news: a sitemap for news, which holds what is new and nothing else.
    """

    kind: Literal["feed", "sitemap", "listing"]
    url: str
    links: tuple[Link, ...]
    news: bool = False


def articles_a_day(links: Sequence[Link], now: datetime) -> float | None:
    """How many articles a day a door names, from the dates of those within the last 30 days.

    None where too few have a date, or where all have the same: the date of a build says nothing.
    """
    dates = [date for link in links if (date := _date(link)) and date <= now + _AHEAD]
    if len(dates) < 2 or len(set(dates)) < min(_FEWEST_DISTINCT_DATES, len(dates)):
        return None
    recent = [date for date in dates if date >= now - _WINDOW]
    # A feed holds the last few: it reaches back as far as its oldest entry.
    span = _WINDOW if len(recent) < len(dates) else now - min(dates)
    return len(recent) / (max(span, _SHORTEST_SPAN) / timedelta(days=1))


def newest(links: Sequence[Link], now: datetime) -> datetime | None:
    """The date of the newest link, those that lie ahead apart."""
    return max((date for link in links if (date := _date(link)) and date <= now + _AHEAD), default=None)


def choose(candidates: Sequence[Candidate], now: datetime) -> tuple[Candidate, ...]:
    """The candidates to take, the most important first; none only where no candidate has a link.

    Feeds and sitemaps for news; without any, other sitemaps; without those, listings. Of these the one that adds most
    articles a day to the ones already taken, again and again (the greedy cover of sets), as long as it is worth asking.
    """
    left = _of_the_best_kind([candidate for candidate in candidates if candidate.links], now)
    chosen: list[Candidate] = []
    covered: set[str] = set()
    sum_a_day = 0.0
    while left and len(chosen) < _MOST_DOORS:
        # The first of equals: they come in the order in which the site names them, feeds first.
        gain, _, best = max(
            ((*_gain(candidate, covered, now), candidate) for candidate in left), key=lambda found: found[:2]
        )
        if chosen and gain <= _LEAST_GAIN * sum_a_day:
            break
        chosen.append(best)
        left.remove(best)
        covered |= {link.url for link in best.links}
        sum_a_day += gain
    return tuple(chosen)


def _of_the_best_kind(candidates: Sequence[Candidate], now: datetime) -> list[Candidate]:
    of_news = [candidate for candidate in candidates if candidate.kind == "feed" or candidate.news]
    alive = [candidate for candidate in of_news if not _is_stale(candidate, now)]
    sitemaps = [candidate for candidate in candidates if candidate.kind == "sitemap"]
    fresh_sitemaps = [candidate for candidate in sitemaps if not _is_stale(candidate, now)]
    # A feed that was forgotten years ago is worse than a sitemap that is kept.
    return alive or fresh_sitemaps or of_news or sitemaps or list(candidates)


def _is_stale(candidate: Candidate, now: datetime) -> bool:
    last = newest(candidate.links, now)
    return last is not None and last < now - _STALE


def _gain(candidate: Candidate, covered: set[str], now: datetime) -> tuple[float, int]:
    """Articles a day that the candidate adds, and, of use where that is alike, how many it adds now."""
    a_day = articles_a_day(candidate.links, now)
    uncovered = sum(link.url not in covered for link in candidate.links)
    return (_UNKNOWN_A_DAY if a_day is None else a_day) * uncovered / len(candidate.links), uncovered


def _date(link: Link) -> datetime | None:
    return link.published_at or link.updated_at
