"""A fixed piece of work, done again and again beside what is measured: it tells how fast the machine is meanwhile.

Two virtual cores are often one: what one of them does takes more of the processor's time while the other works, too.
"""

import asyncio
import json
import re
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.clock import Clock

_EVERY_S = 0.25
_WORDS = [
    f"{stem}{ending}" for stem in ("plan", "turbin", "batter", "court", "harbour") for ending in ("s", "e", "ing")
]
_ARTICLE = json.dumps({"title": "Plans", "text": " ".join(_WORDS * 40), "spans": [[at, at + 7] for at in range(600)]})


def work() -> int:
    """What services do most: JSON is read and written, words are found, counted and hashed."""
    found = 0
    for _ in range(15):
        article = json.loads(_ARTICLE)
        words = re.findall(r"\w+", article["text"])
        found += len({hash(tuple(words[at : at + 4])) for at in range(len(words))})
        found += len(json.dumps(article))
    return found


class Yardstick:
    """How long the work took of the processor, and when."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._taken: list[tuple[float, float]] = []

    def mean_ms(self, began_s: float, ended_s: float) -> float:
        """The mean of what began between these moments of the clock, at least the last that began before."""
        before = [ms for at, ms in self._taken if at < began_s][-1:]
        return statistics.fmean([ms for at, ms in self._taken if began_s <= at <= ended_s] or before)

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Do the work four times a second for the block's duration."""
        self._note(await asyncio.to_thread(_timed_ms))
        repeating = asyncio.create_task(self._repeat())
        try:
            yield
        finally:
            repeating.cancel()
            await asyncio.wait({repeating})

    async def _repeat(self) -> None:
        while True:
            await self._clock.sleep(_EVERY_S)
            self._note(await asyncio.to_thread(_timed_ms))

    def _note(self, ms: float) -> None:
        self._taken.append((self._clock.monotonic_s(), ms))


def _timed_ms() -> float:
    before = time.thread_time()
    work()
    return 1000 * (time.thread_time() - before)
