"""What the benchmark of replicas prints."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.scale.draining import Drained
from tests.bench.scale.simulation import Assumptions, Cost, primaries_for, replicas_for, simulate

_SHARD_BYTES = 40e9
_KEPT_DAYS = 30
# Of the frontier for a page that was fetched (make bench-frontier).
_FRONTIER_BYTES = 175
_GB = 1e9


@dataclass(frozen=True)
class Kept:
    """What an article takes of where it is kept: ms and bytes of Elasticsearch, bytes of the broker for its story."""

    store_ms: float
    store_bytes: float
    story_bytes: float


def table(stages: Mapping[str, Mapping[int, Drained]]) -> str:
    """A line for each number of replicas of each stage."""
    lines = [f"{'':<13}{'replicas':>9}{'articles/s':>12}{'CPU ms each':>13}{'broker ms':>11}{'store ms':>10}"]
    for stage, runs in stages.items():
        for replicas, run in runs.items():
            store = f"{run.store_ms:>10.2f}" if run.store_ms and stage == "indexing" else ""
            lines.append(
                f"{stage:<13}{replicas:>9}{run.articles_per_s:>12.1f}{run.cpu_ms:>13.2f}{run.broker_ms:>11.3f}{store}"
            )
    return "\n".join(lines) + "\n"


def needs(rate: float, costs: Mapping[str, Cost], kept: Kept, assumed: Assumptions) -> str:
    """What a mean rate of articles a second needs, by the simulation."""
    primaries = primaries_for(rate, list(costs.values()), assumed)
    lines = [f"\n{rate:,} articles a second, simulated", f"{'':<13}{'replicas':>9}{'median':>9}{'p99':>8}{'most':>8}"]
    memory = 0.0
    for stage, cost in costs.items():
        need = simulate(rate, cost, replicas_for(rate, cost, assumed), assumed)
        memory += need.waiting_bytes
        waits = "".join(f"{need.delay_s[share]:>8.1f}" for share in (0.5, 0.99, 1.0))
        lines.append(f"{stage:<13}{need.replicas:>9} {waits} s to wait, at most {need.waiting:,} at once")
    a_day = rate * 86_400
    cores = rate * assumed.peak * kept.store_ms / 1000 / assumed.busy
    stored = f"{a_day * kept.store_bytes / _GB:,.0f} GB a day before copies"
    shards = math.ceil(_KEPT_DAYS * a_day * kept.store_bytes / _SHARD_BYTES)
    lines += [
        f"broker        {primaries} primaries, each with a pipeline of its own",
        f"  memory      {memory / _GB:,.1f} GB for what waits at most, {a_day * _FRONTIER_BYTES / _GB:,.1f} GB for the "
        f"known pages of a day, {a_day * kept.story_bytes / _GB:,.0f} GB for the stories of a day "
        f"({kept.story_bytes:,.0f} bytes an article)",
        f"Elasticsearch {math.ceil(cores)} cores for writing, {stored}, "
        f"{shards:,} shards of {_SHARD_BYTES / _GB:.0f} GB for {_KEPT_DAYS} days",
    ]
    return "\n".join(lines) + "\n"
