"""The folder of the index: CURRENT names the sub-folder in use, and that name carries the schema's fingerprint.

articles/
├── CURRENT              "0003-1f2e3d4c5b6a": replaced atomically when an index was rebuilt
├── writer.lock          held (flock) by the one process that writes; gone with the process, however it ends
└── 0003-1f2e3d4c5b6a/   Tantivy's files of the articles
    ├── tiers/           the same files again, as links: where they are written
    ├── revisions/       the files of their revisions and withdrawals, likewise
    ├── facts/           those of their relations and quotes
    ├── stories/         those of the stories
    └── vectors/         numbers that tell what the articles are about
"""

import fcntl
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from shared.errors import ConfigurationError, DependencyUnavailable

_NAME = re.compile(r"(\d{4,})-([0-9a-f]{12})")


@dataclass(frozen=True)
class IndexName:
    """The name of an index: rising number and fingerprint."""

    number: int
    fingerprint: str

    def __str__(self) -> str:
        return f"{self.number:04}-{self.fingerprint}"


def current(folder: Path) -> IndexName | None:
    """The index in use, None where there is none yet.

    Raises:
        DependencyUnavailable: CURRENT does not name an index.
    """
    try:
        content = (folder / "CURRENT").read_text().strip()
    except FileNotFoundError:
        return None
    match = _NAME.fullmatch(content)
    if not match:
        raise DependencyUnavailable(f"{folder / 'CURRENT'} does not name an index ({content[:40]!r}): restore it")
    return IndexName(int(match[1]), match[2])


def switch(folder: Path, name: IndexName) -> None:
    """Make an index the one in use, durably, and remove all others."""
    draft = folder / "CURRENT.new"
    with draft.open("w") as file:
        file.write(str(name))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / "CURRENT")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    remove_others(folder, name)


def remove_others(folder: Path, name: IndexName | None) -> None:
    """Remove what a rebuild left, finished or not; a reader that has a file open keeps it."""
    for entry in folder.iterdir():
        if _NAME.fullmatch(entry.name) and entry.name != str(name):
            shutil.rmtree(entry, ignore_errors=True)


def lock(folder: Path) -> IO[bytes]:
    """Become the one writer; closing the file ends that.

    Raises:
        DependencyUnavailable: another process is the writer.
        ConfigurationError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "writer.lock").open("wb")
    except OSError as error:
        raise ConfigurationError(
            f"cannot write to {folder} ({error.strerror}): set NEWSWEIR_DATA_DIR to a folder that can be written"
        ) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise DependencyUnavailable(
            f"another indexing process holds {folder}: this one stands by until that one ends"
        ) from error
    return file
