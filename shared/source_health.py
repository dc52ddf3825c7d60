"""How a source is doing: what the crawler remembers of it, and what that means; decides only."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from pydantic import AwareDatetime, Field

from shared.clock import from_ms
from shared.events.articles import Right
from shared.events.enrichment import Value
from shared.yields import YieldChange, yield_change

DAYS_REMEMBERED = 61  # two months, by which a source's yield is judged
DAYS_REPORTED = 30
# A paper that publishes weekly is not quiet yet.
_QUIET_AFTER = timedelta(days=14)
# A site that takes a reservation back is believed after that.
_RIGHTS_KEPT = timedelta(days=30)
_JUDGED_AT_ONCE = 20_000

State = Literal["new", "failing", "empty", "quiet", "loud", "fine"]
STATES: dict[State, str] = {
    "new": "not visited yet",
    "failing": "the last visit of one of its doors failed",
    "empty": "it answers, but has shown no article yet",
    "quiet": "it yields far less than it used to, or nothing for two weeks",
    "loud": "it yields far more than it used to",
    "fine": "it answers and yields as usual",
}


class DoorRobots(Value):
    """What the robots.txt of a door's host said when the door was to be visited.

    Attributes:
        verdict: forbids this door, allows it, or could not be read, which forbids everything for the time being.
        crawl_delay_s: that it asks for between two requests.
        failure: why it could not be read.
    """

    verdict: Literal["allows", "forbids", "unreadable"] = "allows"
    crawl_delay_s: float | None = None
    failure: str | None = None


class DoorHealth(Value):
    """How one door is doing.

    Attributes:
        failures: in a row.
        error: of the last of them.
    """

    next_visit_ms: int
    failures: int = 0
    error: str | None = None


class SourceHealth(Value):
    """How a source is doing, as the crawler last saw it; times in ms since the epoch, 0 for never.

    Attributes:
        next_visit_ms: of the door that is due first.
        consecutive_failures, last_error: of the door that has failed most often in a row.
        doors: each that was visited, by its URL.
        new_by_day: UTC day (``2026-03-02``) → articles that were new then; days without any are left out.
        robots: what robots.txt said, by URL of the door.
        reserved: rights that its doors or articles reserve → when one of them did so last.
    """

    last_visit_ms: int = 0
    last_success_ms: int = 0
    last_new_article_ms: int = 0
    next_visit_ms: int = 0
    articles_found: int = 0
    consecutive_failures: int = 0
    last_error: str | None = None
    new_by_day: Mapping[str, int] = Field(default_factory=dict)
    doors: Mapping[str, DoorHealth] = Field(default_factory=dict)
    robots: Mapping[str, DoorRobots] = Field(default_factory=dict)
    reserved: Mapping[Right, int] = Field(default_factory=dict)

    def with_new_article(self, now_ms: int) -> "SourceHealth":
        """The health after one more article was found."""
        day = from_ms(now_ms).date()
        oldest = str(day - timedelta(days=DAYS_REMEMBERED))
        counts = Counter({before: count for before, count in self.new_by_day.items() if before >= oldest})
        counts[str(day)] += 1
        return self.model_copy(
            update={
                "last_new_article_ms": now_ms,
                "articles_found": self.articles_found + 1,
                "new_by_day": dict(sorted(counts.items())),
            }
        )

    def with_door(self, url: str, door: DoorHealth, all_urls: Collection[str]) -> "SourceHealth":
        """The health after a visit of a door; those that the source has no more are forgotten."""
        doors = {known: health for known, health in self.doors.items() if known in all_urls} | {url: door}
        worst = max(doors.values(), key=lambda health: health.failures)
        return self.model_copy(
            update={
                "doors": doors,
                "next_visit_ms": min(health.next_visit_ms for health in doors.values()),
                "consecutive_failures": worst.failures,
                "last_error": worst.error,
            }
        )

    def with_rights(self, rights: Iterable[Right], now_ms: int) -> "SourceHealth":
        """The health after a page that reserves these rights."""
        return self.model_copy(update={"reserved": {**self.reserved, **dict.fromkeys(rights, now_ms)}})

    def with_robots(self, door: str, said: DoorRobots) -> "SourceHealth":
        """The health after robots.txt was asked about a door."""
        return self.model_copy(update={"robots": {**self.robots, door: said}})

    def daily(self, now_ms: int) -> tuple[int, ...]:
        """New articles of each full day (UTC) since the first that is remembered, up to yesterday, the oldest first."""
        today = from_ms(now_ms).date()
        days = [str(today - timedelta(days=ago)) for ago in range(DAYS_REMEMBERED, 0, -1)]
        # The first day with news may have begun before the source was known.
        first = min(self.new_by_day, default=days[-1])
        return tuple(self.new_by_day.get(day, 0) for day in days if day > first)


class DayYield(Value):
    """How many articles of a UTC day were new."""

    day: date
    new_articles: int


class HealthReport(Value):
    """How a source is doing, to be shown: times instead of milliseconds, None for never, and a judgement.

    Attributes:
        state: see STATES.
        next_visit_at: of the door that is due first; None before the first visit.
        consecutive_failures, last_error: of the door that has failed most often in a row.
        robots: by URL of the door, those only that the source has now; a door that was never visited is left out.
        rights: that the source reserved within the last 30 days.
        daily_yield: of the last DAYS_REPORTED UTC days, today included, the oldest first; all of them are there.
        change: since when the source yields a third, or three times, of what it used to; None where it does not.
    """

    state: State
    last_visit_at: AwareDatetime | None
    last_success_at: AwareDatetime | None
    last_new_article_at: AwareDatetime | None
    next_visit_at: AwareDatetime | None
    articles_found: int
    consecutive_failures: int
    last_error: str | None
    robots: Mapping[str, DoorRobots]
    rights: tuple[Right, ...]
    daily_yield: tuple[DayYield, ...]
    change: YieldChange | None


def report_of(health: SourceHealth, doors: Iterable[str], now_ms: int) -> HealthReport:
    """What is to be told of a source with these doors (URLs)."""
    today = from_ms(now_ms).date()
    days = [today - timedelta(days=ago) for ago in range(DAYS_REPORTED - 1, -1, -1)]
    since_ms = now_ms - round(_RIGHTS_KEPT.total_seconds() * 1000)
    return HealthReport(
        state=state_of(health, now_ms),
        last_visit_at=_time(health.last_visit_ms),
        last_success_at=_time(health.last_success_ms),
        last_new_article_at=_time(health.last_new_article_ms),
        next_visit_at=_time(health.next_visit_ms),
        articles_found=health.articles_found,
        consecutive_failures=health.consecutive_failures,
        last_error=health.last_error,
        robots={url: health.robots[url] for url in doors if url in health.robots},
        rights=tuple(right for right, seen_ms in sorted(health.reserved.items()) if seen_ms >= since_ms),
        daily_yield=tuple(DayYield(day=day, new_articles=health.new_by_day.get(str(day), 0)) for day in days),
        change=change_of(health, now_ms),
    )


def state_of(health: SourceHealth, now_ms: int) -> State:
    """One word for it: quiet and loud are against the source's own history."""
    if not health.last_visit_ms:
        return "new"
    if health.consecutive_failures:
        return "failing"
    if not health.last_new_article_ms:
        return "empty"
    if from_ms(now_ms) - from_ms(health.last_new_article_ms) > _QUIET_AFTER:
        return "quiet"
    change = change_of(health, now_ms)
    return change.kind if change else "fine"


def change_of(health: SourceHealth, now_ms: int) -> YieldChange | None:
    """The last change of the source's daily yield, where it is recent and large."""
    return _judged(health.daily(now_ms))


# A judgement takes most of a millisecond, and holds for a day: it is asked for with every look at many sources.
@lru_cache(maxsize=_JUDGED_AT_ONCE)
def _judged(days: tuple[int, ...]) -> YieldChange | None:
    return yield_change(days)


def _time(ms: int) -> AwareDatetime | None:
    return from_ms(ms) if ms else None
