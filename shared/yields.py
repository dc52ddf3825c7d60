"""Whether a source has gone quiet or become loud, against the history of its own daily yield; decides only."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from statistics import fmean, median
from typing import Literal

DAYS_LOOKED_AT = 60
# Less history says nothing about what is usual.
_FEWEST_DAYS = 7
_FEWEST_DAYS_FOR_WEEKDAYS = 21
# A change to a third, or to three times, is one that a person would want to hear of.
_NOTEWORTHY = 3.0
# After a month the new yield is the usual one.
_NEWS_FOR_DAYS = 30
_WEEK = 7


@dataclass(frozen=True)
class YieldChange:
    """The yield has changed for good, as far as can be told.

    Attributes:
        days: since when, full days up to yesterday.
        before, now: new articles a day, before the change and since.
    """

    kind: Literal["quiet", "loud"]
    days: int
    before: float
    now: float


def yield_change(counts: Sequence[int]) -> YieldChange | None:
    """The last change of a daily yield, where it is recent and large.

    Args:
        counts: new articles of each full day, the oldest first, up to yesterday; at most DAYS_LOOKED_AT count.
    """
    days = list(counts)[-DAYS_LOOKED_AT:]
    if len(days) < _FEWEST_DAYS:
        return None
    start = change_points(days)[-1]
    if start == 0 or len(days) - start > _NEWS_FOR_DAYS:
        return None
    before, now = fmean(days[:start]), fmean(days[start:])
    if before >= _NOTEWORTHY * now:
        return YieldChange("quiet", len(days) - start, before, now)
    if now >= _NOTEWORTHY * before:
        return YieldChange("loud", len(days) - start, before, now)
    return None


def change_points(days: Sequence[int]) -> list[int]:
    """The first day of each segment of constant yield, 0 included, by penalised maximum likelihood.

    Optimal partitioning (Jackson et al., "An algorithm for optimal partitioning of data on an interval", 2005) with
    the Poisson likelihood, divided by the dispersion of the counts, and Schwarz's penalty of three parameters for each
    change: its rate, its day, and whether it goes up or down. Days of the week differ by their exposure, as in a
    Poisson regression.
    """
    exposures = _exposures(days)
    sums = list(accumulate(days, initial=0))
    exposed = list(accumulate(exposures, initial=0.0))
    penalty = 3 * math.log(max(len(days), 2)) * _dispersion(days, exposures)
    # For each end: the least cost of all days before it, and where the last segment then begins.
    best: list[tuple[float, int]] = [(-penalty, 0)]
    for end in range(1, len(days) + 1):
        costs = (
            (best[start][0] + penalty + _cost(sums[end] - sums[start], exposed[end] - exposed[start]), start)
            for start in range(end)
        )
        best.append(min(costs))
    starts = []
    end = len(days)
    while end:
        end = best[end][1]
        starts.append(end)
    return starts[::-1]


def _cost(total: int, exposure: float) -> float:
    """Twice the negative log-likelihood of Poisson counts at their own rate, without what all segmentations share."""
    return -2 * total * math.log(total / exposure) if total else 0.0


def _dispersion(days: Sequence[int], exposures: Sequence[float]) -> float:
    """How much more the counts vary than Poisson's do, at least 1; neighbours are compared, so changes hardly count."""
    scatter = []
    for (early, early_e), (late, late_e) in pairwise(zip(days, exposures, strict=True)):
        if early + late:
            variance = (early + late) / (early_e + late_e) * (1 / early_e + 1 / late_e)
            scatter.append((late / late_e - early / early_e) ** 2 / variance)
    # 0.455 is the median of a chi-squared variable with one degree of freedom.
    return max(1.0, median(scatter) / 0.455) if scatter else 1.0


def _exposures(days: Sequence[int]) -> list[float]:
    """What share of the usual each day's weekday brings; 1 where too little is known."""
    if len(days) < _FEWEST_DAYS_FOR_WEEKDAYS:
        return [1.0] * len(days)
    # Medians: a source that has just gone quiet must not make its weekdays look quiet.
    usual = [median(days[weekday::_WEEK]) for weekday in range(_WEEK)]
    level = fmean(usual)
    return [usual[at % _WEEK] / level if all(usual) else 1.0 for at in range(len(days))]
