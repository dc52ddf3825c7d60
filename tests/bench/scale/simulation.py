"""Says what a rate of articles needs, from what a single article was measured to take: a simulation, no measurement.

Second by second, articles arrive as news does (a day's curve, bursts), replicas of each stage work off what waits,
and die now and then. What is measured goes in as costs; what is assumed stands in `Assumptions`.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_DAY_S = 86_400


@dataclass(frozen=True)
class Cost:
    """What an article takes of a stage: ms of a core for its replica and for the broker; bytes while it waits."""

    cpu_ms: float
    broker_ms: float
    waiting_bytes: float


@dataclass(frozen=True)
class Assumptions:
    """What is not measured.

    Attributes:
        peak: articles a second in the busiest hour, as a multiple of the day's mean.
        burst: of the arrivals within a minute that brings one, as a multiple of its hour's.
        bursts_per_hour: minutes of each hour that bring a burst.
        busy: share of a core that a replica, or a broker's primary, is planned to use in the busiest hour.
        deaths_per_hour: replicas of each hundred that die; what they held waits for `visibility_s`.
        start_s: until another replica stands in for a dead one.
        hold: articles that a replica holds at once.
    """

    peak: float = 2.0
    burst: float = 3.0
    bursts_per_hour: int = 2
    busy: float = 0.7
    deaths_per_hour: float = 2.0
    visibility_s: int = 30
    start_s: int = 15
    hold: int = 100


@dataclass(frozen=True)
class Need:
    """What a stage needs at a rate, and what became of a day with it.

    Attributes:
        delay_s: of an article in the stage, by the share of articles that wait no longer: .5, .99, 1.
        waiting: articles at most.
        waiting_bytes: which these are of the broker's memory.
    """

    replicas: int
    delay_s: Mapping[float, float]
    waiting: int
    waiting_bytes: float


def replicas_for(rate: float, cost: Cost, assumed: Assumptions) -> int:
    """Replicas that carry the busiest hour of a mean rate (articles a second) with the planned share of their cores."""
    return max(1, math.ceil(rate * assumed.peak * cost.cpu_ms / 1000 / assumed.busy))


def primaries_for(rate: float, costs: Sequence[Cost], assumed: Assumptions) -> int:
    """Primaries of the broker, each with a pipeline of its own: its commands run on one core, whatever the machine."""
    return max(1, math.ceil(rate * assumed.peak * sum(cost.broker_ms for cost in costs) / 1000 / assumed.busy))


def simulate(rate: float, cost: Cost, replicas: int, assumed: Assumptions, seed: int = 1) -> Need:
    """A day of one stage, second by second.

    Args:
        rate: articles a second, the day's mean.
    """
    rng = random.Random(seed)
    arrivals = _arrivals(rate, assumed, rng)
    per_replica = 1000 / cost.cpu_ms
    alive, returning, held_back = replicas, [0] * (_DAY_S + assumed.visibility_s + assumed.start_s + 1), 0.0
    freed = [0.0] * len(returning)
    waiting, most, delays = 0.0, 0.0, []
    for second in range(_DAY_S):
        alive += returning[second]
        waiting += arrivals[second] + freed[second]
        held_back -= freed[second]
        if rng.random() < replicas * assumed.deaths_per_hour / 100 / 3600 and alive > 0:
            alive -= 1
            returning[second + assumed.start_s] += 1
            held = min(waiting, float(assumed.hold))
            waiting -= held
            held_back += held
            freed[second + assumed.visibility_s] += held
        capacity = alive * per_replica
        most = max(most, waiting + held_back)
        # An article that comes now is done once all that waits before it is.
        delays.append((waiting / capacity if capacity else float(assumed.start_s), arrivals[second]))
        waiting = max(0.0, waiting - capacity)
    shares = (0.5, 0.99, 1.0)
    return Need(replicas, _quantiles(delays, shares), math.ceil(most), most * cost.waiting_bytes)


def _arrivals(rate: float, assumed: Assumptions, rng: random.Random) -> list[float]:
    """Articles of each second of a day: a curve with the planned peak, and minutes that bring a burst."""
    found: list[float] = []
    for hour in range(24):
        curve = 1 + (assumed.peak - 1) * math.sin(2 * math.pi * (hour - 8) / 24)
        bursts = set(rng.sample(range(60), assumed.bursts_per_hour))
        for minute in range(60):
            mean = rate * curve * (assumed.burst if minute in bursts else 1.0)
            # The normal distribution that Poisson's becomes at rates like these.
            found += [max(0.0, rng.gauss(mean, math.sqrt(max(mean, 0.0)))) for _ in range(60)]
    return found


def _quantiles(delays: list[tuple[float, float]], shares: Sequence[float]) -> dict[float, float]:
    ordered, total, found, passed = sorted(delays), sum(weight for _, weight in delays), {}, 0.0
    at = iter(shares)
    share = next(at)
    for delay, weight in ordered:
        passed += weight
        while passed >= share * total - 1e-9:
            found[share] = delay
            if (following := next(at, None)) is None:
                return found
            share = following
    return found | {share: ordered[-1][0]}
