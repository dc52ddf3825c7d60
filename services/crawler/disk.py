"""Whether the disk of the data folder has room for more."""

import shutil
from pathlib import Path

# The store needs room to merge its files, and the broker to rewrite its log, or what was fetched cannot be kept.
LEAST_FREE_SHARE = 0.05
LEAST_FREE_BYTES = 2_000_000_000


def shortage(folder: Path) -> str | None:
    """Why nothing should be added to the disk that `folder` is on, or will be; None where it has room."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    usage = shutil.disk_usage(existing)
    return shortage_of(usage.free, usage.total, folder)


def shortage_of(free: int, total: int, folder: Path) -> str | None:
    """Judges the figures, in bytes."""
    if free >= LEAST_FREE_BYTES and free >= LEAST_FREE_SHARE * total:
        return None
    return (
        f"the disk of {folder} has {free / 1e9:.1f} GB of {total / 1e9:.0f} GB left; {LEAST_FREE_SHARE:.0%} and "
        f"{LEAST_FREE_BYTES / 1e9:.0f} GB must stay free: make room, and crawling goes on by itself"
    )
