"""For how long an answer says that it is fresh, so that asking again is of no use; decides only (RFC 9111)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from shared.clock import from_ms

_MAX_AGE = re.compile(r"""(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})""", re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?:^|[\s,])(no-store|no-cache)\b(?!\s*=)", re.IGNORECASE)
_SECONDS = re.compile(r"\s*(\d{1,9})\s*")
_LONGEST_DATE = 60


def fresh_for_s(headers: Mapping[str, str], now_ms: int) -> int:
    """Seconds, of which those are gone that the answer spent in caches on its way; 0 where it says nothing usable.

    Args:
        headers: by name in lower case.
    """
    control = headers.get("cache-control") or ""
    if _NEVER_FRESH.search(control):
        return 0
    if (age_s := max_age_s(control)) is not None:
        return max(0, age_s - _seconds(headers.get("age")))
    expires = moment_of(headers.get("expires"))
    if expires is None:
        return 0
    # Against the site's own clock, whatever ours says.
    since = moment_of(headers.get("date")) or from_ms(now_ms)
    return max(0, round((expires - since).total_seconds()))


def max_age_s(cache_control: str | None) -> int | None:
    """The seconds of max-age in a header Cache-Control; None where it says none."""
    said = _MAX_AGE.search(cache_control or "")
    return int(said[1]) if said else None


def moment_of(http_date: str | None) -> datetime | None:
    """The moment that a header names, in UTC where it names no zone; None for what is no date."""
    try:
        moment = parsedate_to_datetime((http_date or "")[:_LONGEST_DATE])
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _seconds(value: str | None) -> int:
    found = _SECONDS.fullmatch(value or "")
    return int(found[1]) if found else 0
