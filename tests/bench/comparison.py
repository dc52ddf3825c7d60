"""From moments at which messages were counted to speeds, and from the speeds of interleaved rounds to a ratio."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    """How many messages had been taken at a moment; both times in seconds, CPU time of this process alone."""

    messages: int
    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Speed:
    """Messages per second, and microseconds of this process's CPU for each."""

    messages_per_s: float
    cpu_us: float


@dataclass(frozen=True)
class Ratio:
    """The median of the ratios of rounds, and the lowest and the highest of them."""

    median: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.lowest:.2f} to {self.highest:.2f})"


def speed(marks: Sequence[Mark]) -> Speed:
    """The speed between the first mark and the last: a mark stands before each batch, so starting and ending are out.

    Raises:
        ValueError: fewer than two marks, or no time between them.
    """
    if len(marks) < 2 or marks[-1].wall_s <= marks[0].wall_s:
        raise ValueError("a speed needs two marks with time between them")
    messages = marks[-1].messages - marks[0].messages
    return Speed(
        messages_per_s=messages / (marks[-1].wall_s - marks[0].wall_s),
        cpu_us=1e6 * (marks[-1].cpu_s - marks[0].cpu_s) / messages,
    )


def median_speed(speeds: Sequence[Speed]) -> Speed:
    """The median of each figure."""
    return Speed(statistics.median(s.messages_per_s for s in speeds), statistics.median(s.cpu_us for s in speeds))


def ratio(measured: Sequence[Speed], reference: Sequence[Speed]) -> Ratio:
    """Of messages per second, round by round: what slows the machine for a while slows both sides of a round."""
    ratios = [one.messages_per_s / other.messages_per_s for one, other in zip(measured, reference, strict=True)]
    return Ratio(statistics.median(ratios), min(ratios), max(ratios))
