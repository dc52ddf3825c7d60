"""What an operator looks at first: backlog of the stages, where fetches ended, what was given up; from the broker."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from services.search.broker import BrokerUnavailable, answered
from services.search.throughput import Throughput, read_throughput
from shared.bus.dead_letters import DeadLetters, Letter, LetterFilter
from shared.bus.lag import StageLag, read_lag
from shared.clock import Clock
from shared.dispositions import Ledger, read_ledger
from shared.redis_client import RedisConnection
from shared.topology import STAGES

# Of each stage, the oldest: whoever has more narrows them down on the command line.
MAX_LETTERS = 100


@dataclass(frozen=True)
class PipelineState:
    """Everything at one moment; letters: at most MAX_LETTERS, `more` whether there are others."""

    stages: tuple[StageLag, ...]
    throughput: Throughput
    ledger: Ledger
    letters: tuple[Letter, ...]
    more: bool


class Pipeline:
    """The state of the stages. Every method raises BrokerUnavailable where the broker does not answer."""

    def __init__(self, connection: RedisConnection | None, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def state(self) -> PipelineState:
        """Backlogs, pace, sums and dead letters."""
        now_ms = self._clock.now_ms()
        stages = tuple([await answered(read_lag(self._broker, stage, now_ms)) for stage in STAGES])
        throughput = await answered(read_throughput(self._broker, now_ms))
        ledger = await answered(read_ledger(self._broker))
        letters = await answered(self._letters(LetterFilter()))
        return PipelineState(stages, throughput, ledger, letters[:MAX_LETTERS], more=len(letters) > MAX_LETTERS)

    async def end(self, names: Collection[str], how: Literal["replay", "discard"]) -> int:
        """Replay the letters, or discard them for good; how many were still there."""
        letters = await answered(self._letters(LetterFilter(names=frozenset(names)))) if names else ()
        return await answered(DeadLetters(self._broker).end(letters, how))

    async def _letters(self, wanted: LetterFilter) -> tuple[Letter, ...]:
        found: list[Letter] = []
        async for letter in DeadLetters(self._broker).find(wanted):
            found.append(letter)
            if len(found) > MAX_LETTERS:
                break
        return tuple(found)

    @property
    def _broker(self) -> RedisConnection:
        if self._connection is None:
            raise BrokerUnavailable("this process was given no broker: set REDIS_URL")
        return self._connection
