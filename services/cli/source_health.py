"""How a source is doing, in the words of people: whether it answers, what it yields, when it is asked again."""

from collections.abc import Iterable
from statistics import fmean

from services.crawler.politeness import PRODUCT_TOKEN, HostRobots
from shared.source_health import SourceHealth, change_of, state_of
from shared.sources import Source
from shared.urls import host_of

_MS_PER_S = 1000
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))
_WEEK = 7


def in_words(health: SourceHealth, now_ms: int) -> str:
    """What a person wants to know of a source: does it answer, does it yield, and when is it asked again."""
    state = state_of(health, now_ms)
    if state == "new":
        return "not visited yet"
    if state == "failing":
        since = f"last answer {ago(health.last_success_ms, now_ms)}" if health.last_success_ms else "never answered"
        return (
            f"failing: {health.last_error or 'no reason given'} ({_times(health.consecutive_failures)} in a row, "
            f"{since}); {_next(health.next_visit_ms, now_ms)}"
        )
    visited = f"visited {ago(health.last_visit_ms, now_ms)}, {_next(health.next_visit_ms, now_ms)}"
    if state == "empty":
        return f"answers, but has shown no article yet; {visited}"
    yielded = f"last new article {ago(health.last_new_article_ms, now_ms)}, {health.articles_found} in all"
    return f"{state}: {yielded}; {visited}"


def yield_in_words(health: SourceHealth, now_ms: int) -> str:
    """What it yields a day, against its own history."""
    days = health.daily(now_ms)
    if not days:
        return "no full day is known yet"
    if change := change_of(health, now_ms):
        turned = "gone quiet" if change.kind == "quiet" else "become loud"
        return f"{turned} {_count(change.days, 'day')} ago: {change.now:.1f} a day since, {change.before:.1f} before"
    week = days[-_WEEK:]
    lately = f"{fmean(week):.1f} a day over the last {_count(len(week), 'day')}"
    return lately if len(days) <= _WEEK else f"{lately}, {fmean(days[:-_WEEK]):.1f} before, as usual"


def robots_in_words(source: Source, known: dict[str, HostRobots | None]) -> str:
    """What robots.txt says of the source's doors, by host as the crawler knows it."""
    return "; ".join(dict.fromkeys(_robots_of_doors(source, known))) or "no door to ask for"


def ago(then_ms: int, now_ms: int) -> str:
    """How long ago, in one unit."""
    return f"{_duration(now_ms - then_ms)} ago"


def _robots_of_doors(source: Source, known: dict[str, HostRobots | None]) -> Iterable[str]:
    for _, url in source.doors:
        host = host_of(url)
        rules = known.get(host)
        if rules is None:
            yield f"{host} was not asked yet"
        elif rules.failure:
            yield f"that of {host} cannot be read, which forbids everything: {rules.failure}"
        elif not rules.robots.allows(url, PRODUCT_TOKEN):
            yield f"forbids {url}"
        elif delay_s := rules.robots.crawl_delay_s(PRODUCT_TOKEN):
            yield f"{host} allows its doors, and asks for {delay_s:g} s between two requests"
        else:
            yield f"{host} allows its doors"


def _next(then_ms: int, now_ms: int) -> str:
    return f"next visit in {_duration(then_ms - now_ms)}" if then_ms > now_ms else "next visit is due"


def _duration(ms: int) -> str:
    seconds = max(ms, 0) // _MS_PER_S
    for name, length in _UNITS:
        if (count := seconds // length) >= 1:
            return _count(count, name)
    return f"{seconds} s"


def _count(number: int, name: str) -> str:
    return f"{number} {name}" if number == 1 else f"{number} {name}s"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
