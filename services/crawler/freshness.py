"""For how long an answer says that it is fresh, so that asking again is of no use; decides only (RFC 9111)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from shared.clock import from_ms

_MAX_AGE = re.compile(r"""(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})""", re.IGNORECASE)
_NEVER_FRESH = re.compile(r"(?:^|[\s,])(no-store|no-cache)\b(?!\s*=)", re.IGNORECASE)
_SECONDS = re.compile(r"\s*(\d{1,9})\s*")


def fresh_for_s(headers: Mapping[str, str], now_ms: int) -> int:
    """Seconds, of which those are gone that the answer spent in caches on its way; 0 where it says nothing usable.

    Args:
        headers: by name in lower case.
    """
    control = headers.get("cache-control") or ""
    if _NEVER_FRESH.search(control):
        return 0
    if said := _MAX_AGE.search(control):
        return max(0, int(said[1]) - _seconds(headers.get("age")))
    expires = _moment(headers.get("expires"))
    if expires is None:
        return 0
    # Against the site's own clock, whatever ours says.
    since = _moment(headers.get("date")) or from_ms(now_ms)
    return max(0, round((expires - since).total_seconds()))


def _seconds(value: str | None) -> int:
    found = _SECONDS.fullmatch(value or "")
    return int(found[1]) if found else 0


def _moment(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime((value or "")[:60])
    except (ValueError, IndexError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
