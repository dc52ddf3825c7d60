"""What tests of real processes share: a clock whose sleeps are short, and waiting for something to become true."""

import asyncio
import subprocess
import sys
from collections.abc import Callable

from shared.clock import SystemClock


class QuickClock(SystemClock):
    """The machine's clock, with sleeps fifty times as short."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 50)


async def until(holds: Callable[[], bool]) -> None:
    """Return when it holds; the time limit of the test ends a wait in vain."""
    while not holds():  # noqa: ASYNC110 (no event tells of what another process does)
        await asyncio.sleep(0.01)


def start_python(script: str, *arguments: str) -> "subprocess.Popen[str]":
    """A Python process of its own, whose standard output can be read."""
    return subprocess.Popen([sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True)
