"""What a feed says of when to ask again: how long it keeps, the hours and days without news, who tells of news."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from services.crawler.discovery.link import UpdateHints, absolute_url, objects

# A publisher who says "never" still publishes.
MAX_TTL_S = 24 * 3600
_PERIODS_S = {"hourly": 3600, "daily": 86400, "weekly": 604800, "monthly": 2592000, "yearly": 31536000}
_DAYS = {
    day: number
    for number, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
_SKIPPED_CHARACTERS = 3000
_VALUE = re.compile(r"<(?:hour|day)\b[^<>]{0,100}>\s{0,20}(\w{1,9})\s{0,20}<", re.IGNORECASE)


def of_feed(channel: Mapping[str, Any], text: str, base_url: str) -> UpdateHints:
    """The hints of an RSS or Atom feed.

    Args:
        channel: as feedparser has it.
        text: the feed itself, for the lists of which feedparser keeps the last value only.
    """
    links = objects(channel.get("links"))
    return UpdateHints(
        ttl_s=_ttl_s(channel),
        skip_hours=frozenset(hour % 24 for hour in _hours(_listed(text, "skiphours"))),
        skip_days=frozenset(_DAYS[day] for day in _listed(text, "skipdays") if day in _DAYS),
        hub_url=_linked(links, "hub", base_url),
        self_url=_linked(links, "self", base_url),
    )


def of_json_feed(feed: Mapping[str, Any], base_url: str) -> UpdateHints:
    """The hints of a JSON Feed: it has no others than its hub."""
    hub = next(iter(objects(feed.get("hubs"))), {})
    said = (hub.get("url"), feed.get("feed_url"))
    hub_url, self_url = (absolute_url(url, base_url) if isinstance(url, str) else None for url in said)
    return UpdateHints(hub_url=hub_url, self_url=self_url)


def _ttl_s(channel: Mapping[str, Any]) -> int | None:
    minutes, period = str(channel.get("ttl") or ""), str(channel.get("sy_updateperiod") or "").strip().lower()
    if re.fullmatch(r"\s*\d{1,6}\s*", minutes) and int(minutes):
        return min(int(minutes) * 60, MAX_TTL_S)
    if period in _PERIODS_S:
        times = str(channel.get("sy_updatefrequency") or "1").strip()
        return min(_PERIODS_S[period] // max(int(times) if re.fullmatch(r"\d{1,4}", times) else 1, 1), MAX_TTL_S)
    return None


def _listed(text: str, name: str) -> list[str]:
    """The values in the first element of that name, in lower case."""
    start = re.search(f"<{name}\\b", text, re.IGNORECASE)
    if start is None:
        return []
    whole = text[start.end() : start.end() + _SKIPPED_CHARACTERS]
    return [value.lower() for value in _VALUE.findall(re.split(f"</{name}", whole, maxsplit=1, flags=re.IGNORECASE)[0])]


def _hours(values: Iterable[str]) -> Iterable[int]:
    # RSS 0.91 counts from 1 to 24, RSS 2.0 from 0 to 23: 24 is midnight.
    return (int(value) for value in values if re.fullmatch(r"[0-9]{1,2}", value) and int(value) <= 24)


def _linked(links: Iterable[Mapping[str, Any]], relation: str, base_url: str) -> str | None:
    said = (link.get("href") for link in links if link.get("rel") == relation)
    return next((url for href in said if isinstance(href, str) and (url := absolute_url(href, base_url))), None)
