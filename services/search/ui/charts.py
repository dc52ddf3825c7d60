"""Bars over time, as positions in a drawing; decided before any markup."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.search.ui import wording
from shared.article_store import fact_query, periods

Interval = fact_query.Interval | periods.Interval
WIDTH, HEIGHT = 720, 96
_GAP = 2.0
# Few bars are not blocks.
_WIDEST = 48.0
# A bar that stands for something is seen, however small its share.
_LOWEST = 2.0


@dataclass(frozen=True)
class BarValue:
    """What a bar stands for: when, how much, what to say of it, and where it leads."""

    start: datetime
    value: float
    said: str
    href: str | None = None


@dataclass(frozen=True)
class Bar:
    """A rectangle of the drawing, in its units, from the upper left corner."""

    x: float
    y: float
    width: float
    height: float
    said: str
    href: str | None
    start: str


@dataclass(frozen=True)
class BarChart:
    """A drawing of WIDTH by HEIGHT units; first and last say what its ends stand for."""

    bars: tuple[Bar, ...]
    first: str
    last: str
    largest: str
    width: int = WIDTH
    height: int = HEIGHT


def bar_chart(values: Sequence[BarValue], interval: Interval, largest: str = "") -> BarChart | None:
    """The bars from left to right, the highest as high as the drawing; None where there is nothing to draw."""
    highest = max((value.value for value in values), default=0)
    if highest <= 0:
        return None
    step = WIDTH / len(values)
    gap = min(_GAP, step / 4)
    bars = []
    for place, value in enumerate(values):
        width = min(step - gap, _WIDEST)
        height = max(value.value / highest * HEIGHT, _LOWEST) if value.value > 0 else 0.0
        bars.append(
            Bar(
                x=round((place + 0.5) * step - width / 2, 2),
                y=round(HEIGHT - height, 2),
                width=round(width, 2),
                height=round(height, 2),
                said=value.said,
                href=value.href if value.value > 0 else None,
                start=value.start.date().isoformat(),
            )
        )
    return BarChart(tuple(bars), period(values[0].start, interval), period(values[-1].start, interval), largest)


def period(start: datetime, interval: Interval) -> str:
    """The interval that begins then, as people say it: ``March 2026``, ``week of 2 March 2026``."""
    match interval:
        case "year":
            return str(start.year)
        case "quarter":
            return f"quarter {(start.month - 1) // 3 + 1} of {start.year}"
        case "month":
            return wording.moment(start, "month").text
        case "week":
            return f"week of {wording.moment(start, 'day').text}"
        case "hour":
            return f"{wording.moment(start, 'day').text}, {start:%H}:00 UTC"
        case _:
            return wording.moment(start, "day").text
