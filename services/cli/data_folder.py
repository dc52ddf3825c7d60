"""Who owns a data folder: an advisory lock that ends with its holder, and a note that tells others where to turn."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.errors import ConfigurationError

_LOCK_FILE = "newsweir.lock"
_NOTE_FILE = "holder.json"


class Holder(BaseModel):
    """What the holder of a folder says of itself.

    Attributes:
        pid: of the process that holds the folder.
        command: as a person typed it, "newsweir run".
        shares: whether other commands may use its broker; one that ends any moment does not.
        socket: of its embedded Valkey, which may still be starting; None where REDIS_URL names another broker.
    """

    model_config = ConfigDict(frozen=True)

    pid: int
    command: str
    shares: bool = False
    socket: Path | None = None

    def __str__(self) -> str:
        return f"`{self.command}` (process {self.pid})"


@dataclass(frozen=True)
class HeldFolder:
    """A data folder that this process holds; a child that keeps `lock` open holds it too."""

    path: Path
    lock: int

    def write_note(self, holder: Holder) -> None:
        """Tell others who holds the folder and where its broker is."""
        note = self.path / _NOTE_FILE
        written = note.with_suffix(".new")
        written.write_text(holder.model_dump_json(), encoding="utf-8")
        written.replace(note)

    def remove_note(self) -> None:
        """Take the note away, if there is one."""
        (self.path / _NOTE_FILE).unlink(missing_ok=True)


@contextmanager
def try_to_hold(path: Path) -> Iterator[HeldFolder | None]:
    """Hold the folder for the duration of the block, or get None where another process does.

    Raises:
        ConfigurationError: the folder cannot be made or written.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ConfigurationError(f"cannot use the data folder {path} ({error}): set NEWSWEIR_DATA_DIR") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        held = HeldFolder(path, lock)
        try:
            yield held
        finally:
            held.remove_note()
    finally:
        os.close(lock)


def read_note(path: Path) -> Holder | None:
    """The note of whoever holds the folder, or of someone killed before it could take it away; None without one."""
    try:
        return Holder.model_validate_json((path / _NOTE_FILE).read_bytes())
    except (OSError, ValidationError):
        return None
