"""The aggregations that count articles by days and hours of their publication, in the words of both stores."""

from collections.abc import Mapping
from typing import Any

from shared.article_store.document import order_start
from shared.article_store.narrowing import ORDER
from shared.article_store.periods import HOUR_MS

# Keys are days since 1970.
DAYS: dict[str, Any] = {"histogram": {"field": "published_day", "interval": 1, "min_doc_count": 1}}
# Keys are order keys of the starts of hours, which floating point holds exactly.
_HOUR = order_start(HOUR_MS)
HOURS: dict[str, Any] = {"histogram": {"field": ORDER, "interval": _HOUR, "min_doc_count": 1}}


def hours_of(counts: Mapping[str, int]) -> dict[str, int]:
    """What HOURS counted, by hours since 1970."""
    return {str(round(float(key) / _HOUR)): count for key, count in counts.items()}


def days_of(counts: Mapping[str, int]) -> dict[int, int]:
    """What DAYS counted, by days since 1970 in their order."""
    return dict(sorted((round(float(key)), count) for key, count in counts.items()))
