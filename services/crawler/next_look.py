"""When a crawler that found nothing to claim looks again: as a host that it visited is free, or after a while."""

import asyncio
from contextlib import suppress

from shared.clock import Clock

# Hosts that are free one after the other are looked for together: a look in vain costs a tenth of what a page takes.
SHORTEST_S = 0.05
# What others added or left is found so much later.
LONGEST_S = 0.25
# A timer may be early by less than the clock counts.
_SPARE_S = 0.001


class NextLook:
    """Knows when a host of an ended visit is free, as far as that is sooner than the next look anyway."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._worth_it = asyncio.Event()

    def expect(self, free_ms: int) -> None:
        """A host is free from then on, by the clock."""
        left_s = (free_ms - self._clock.now_ms()) / 1000
        if left_s <= 0:
            self._worth_it.set()
        elif left_s < LONGEST_S:
            asyncio.get_running_loop().call_later(left_s + _SPARE_S, self._worth_it.set)

    def begin(self) -> None:
        """Look now: what is free by now is found."""
        self._worth_it.clear()

    async def wait(self) -> None:
        """Return when it is worth a look: after SHORTEST_S or as a host is free then, after LONGEST_S at the latest."""
        await asyncio.sleep(SHORTEST_S)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._worth_it.wait(), LONGEST_S - SHORTEST_S)
