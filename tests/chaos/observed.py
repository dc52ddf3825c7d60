"""What the broker says of a run: how far it is, and what became of everything."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from shared.bus.dead_letters import DeadLetters, Letter, LetterFilter
from shared.bus.lag import StageLag, read_lag
from shared.clock import Clock
from shared.dispositions import Ledger, inflight_key, read_ledger
from shared.redis_client import RedisConnection
from shared.registry import RegistryEntry, registry_key
from shared.topology import ARTICLES_INDEXED, FETCH_STAGES

_PAGE = 2_000


@dataclass(frozen=True)
class Progress:
    """How far everything is."""

    ledger: Ledger
    stages: tuple[StageLag, ...]

    @property
    def idle(self) -> bool:
        """Whether no stage has anything to do, now or later."""
        return self.ledger.in_flight == 0 and not any(lag.backlog or lag.retrying for lag in self.stages)

    def __str__(self) -> str:
        stages = (
            f"; {lag.stage}: {lag.waiting} waiting, {lag.pending} held, {lag.retrying} put off, {lag.dead} dead"
            for lag in self.stages
            if lag.backlog or lag.retrying or lag.dead
        )
        return f"{self.ledger.fetched} fetched, {self.ledger.in_flight} in flight{''.join(stages)}"


async def progress(connection: RedisConnection, clock: Clock) -> Progress:
    """Ask the broker; raises what the client raises while it is away."""
    stages = tuple([await read_lag(connection, stage, clock.now_ms()) for stage in FETCH_STAGES])
    return Progress(await read_ledger(connection), stages)


async def in_flight(connection: RedisConnection) -> tuple[str, ...]:
    """The fetches without a disposition, each with what the ledger notes of it."""
    entries: dict[str, str] = await connection.client.hgetall(inflight_key(connection))
    return tuple(f"{fetch_id} {entry}" for fetch_id, entry in entries.items())


async def letters(connection: RedisConnection) -> list[Letter]:
    """All dead letters."""
    return [letter async for letter in DeadLetters(connection).find(LetterFilter())]


async def indexed(connection: RedisConnection) -> list[str]:
    """The fetch_id of each ArticleIndexed, in order."""
    stream, start, found = connection.key(ARTICLES_INDEXED.name), "-", []
    while page := await connection.client.xrange(stream, start, "+", count=_PAGE):
        found += [fields["fetch_id"] for _, fields in page]
        start = f"({page[-1][0]}"
    return found


async def revisions(connection: RedisConnection) -> dict[str, int]:
    """article_id → revision, as the registry knows it."""
    entries: dict[str, str] = await connection.client.hgetall(registry_key(connection))
    return {article: RegistryEntry.decode(entry).revision for article, entry in entries.items()}


async def next_visit_in_s(connection: RedisConnection, clock: Clock) -> float:
    """Seconds until the crawlers next have anything to do; infinite for never."""
    first = await connection.client.zrange(connection.key("frontier", "hosts"), 0, 0, withscores=True)
    return (first[0][1] - clock.now_ms()) / 1000 if first else float("inf")


def handled_again(trace: Path) -> tuple[int, int]:
    """How many events were given to handlers, and how many of these were not the first of their fetch.

    Args:
        trace: of the workers of one stage.
    """
    counts = Counter(trace.read_text().split()) if trace.exists() else Counter()
    return counts.total(), counts.total() - len(counts)
