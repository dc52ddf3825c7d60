"""Whether the disks that what is fetched ends on have room for more."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from shared.bus.lag import Pause
from shared.clock import Clock

# The store needs room to merge its files, and the broker to rewrite its log, or what was fetched cannot be kept.
LEAST_FREE_SHARE = 0.05
LEAST_FREE_BYTES = 2_000_000_000
# A gigabit a second fills little more than a gigabyte meanwhile.
_ASK_EVERY_S = 10.0


class Usage(Protocol):
    """What is read of `shutil.disk_usage`, in bytes."""

    @property
    def total(self) -> int: ...
    @property
    def free(self) -> int: ...


class DiskGuard:
    """Makes the crawler pause while one of the folders is on a disk that is nearly full.

    Args:
        usage: as `shutil.disk_usage`.
    """

    def __init__(
        self, folders: Sequence[Path], clock: Clock, usage: Callable[[Path], Usage] = shutil.disk_usage
    ) -> None:
        self._folders = folders
        self._clock = clock
        self._usage = usage
        self._asked_s: float | None = None
        self._told: Pause | None = None

    async def pause(self) -> Pause | None:
        """Why nothing may be fetched; None where all disks have room."""
        now_s = self._clock.monotonic_s()
        if self._asked_s is None or now_s - self._asked_s >= _ASK_EVERY_S:
            self._asked_s = now_s
            reason = next((said for folder in self._folders if (said := shortage(folder, self._usage))), None)
            self._told = Pause("disk", reason) if reason else None
        return self._told


def shortage(folder: Path, usage: Callable[[Path], Usage] = shutil.disk_usage) -> str | None:
    """Why nothing should be added to the disk that `folder` is on, or will be; None where it has room."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    used = usage(existing)
    return shortage_of(used.free, used.total, folder)


def shortage_of(free: int, total: int, folder: Path) -> str | None:
    """Judges the figures, in bytes."""
    if free >= LEAST_FREE_BYTES and free >= LEAST_FREE_SHARE * total:
        return None
    return (
        f"the disk of {folder} has {free / 1e9:.1f} GB of {total / 1e9:.0f} GB left; {LEAST_FREE_SHARE:.0%} and "
        f"{LEAST_FREE_BYTES / 1e9:.0f} GB must stay free: make room, and crawling goes on by itself"
    )
