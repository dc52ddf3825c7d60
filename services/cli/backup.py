"""`newsweir backup` and `restore`: the data folder as a folder of files with their checksums, whole or not at all."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from services.cli.data_folder import HeldFolder
from services.cli.output import say
from shared.clock import Clock, from_ms
from shared.errors import ConfigurationError, InvalidInput

MANIFEST = "manifest.json"
_FORMAT = 1
_RESTORING = "restoring"
# What belongs to a process rather than to the data, and logs. Tiers are links to files of the index that holds them.
_LEFT_OUT = frozenset({"newsweir.lock", "holder.json", "holder.new", "logs", "writer.lock", "tiers", _RESTORING})
_CHUNK = 1_048_576


class BackedFile(BaseModel):
    """A file of a backup: its path in the data folder, with slashes, and what it must be."""

    model_config = ConfigDict(frozen=True)

    path: str
    size: int = Field(ge=0)
    sha256: str

    @field_validator("path")
    @classmethod
    def _inside(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or not path.parts or ".." in path.parts:
            raise ValueError("leads out of the folder")
        return value


class Manifest(BaseModel):
    """What a backup holds; written last, so that a backup without one is none."""

    model_config = ConfigDict(frozen=True)

    format: int
    made_at: datetime
    files: tuple[BackedFile, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class Contents:
    """The files of a data folder that a backup holds."""

    folder: Path

    def __iter__(self) -> Iterator[Path]:
        for root, folders, names in os.walk(self.folder):
            folders[:] = sorted(name for name in folders if name not in _LEFT_OUT)
            for name in sorted(names):
                path = Path(root, name)
                # Neither sockets nor links: what they lead to is not of this folder.
                if name not in _LEFT_OUT and path.is_file() and not path.is_symlink():
                    yield path

    @property
    def size(self) -> int:
        return sum(path.stat().st_size for path in self)


def back_up(held: HeldFolder, target: Path, clock: Clock) -> Manifest:
    """Copy a held data folder to a new folder; what is left behind when this is killed has another name.

    Raises:
        InvalidInput: the target is there already, or lies in the data folder.
        ConfigurationError: it cannot be written.
    """
    if target.exists():
        raise InvalidInput(f"{target} is there already: name a new folder, nothing is overwritten")
    if target.absolute().is_relative_to(held.path.absolute()):
        raise InvalidInput(f"{target} lies in the data folder: a backup belongs on another disk")
    partial = target.with_name(f"{target.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True, mode=0o700)
        files = tuple(_copied(held.path, path, partial) for path in Contents(held.path))
        manifest = Manifest(format=_FORMAT, made_at=from_ms(clock.now_ms()), files=files)
        _write_durably(partial / MANIFEST, manifest.model_dump_json(indent=1).encode())
        partial.rename(target)
    except OSError as error:
        raise ConfigurationError(f"cannot write the backup {target}: {error}") from error
    return manifest


def read_manifest(source: Path) -> Manifest:
    """What a backup says it holds.

    Raises:
        InvalidInput: it is no whole backup, or one of a newer program.
    """
    try:
        manifest = Manifest.model_validate_json((source / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise InvalidInput(f"{source} is no backup: it has no {MANIFEST}") from error
    except (OSError, ValidationError) as error:
        raise InvalidInput(f"{source / MANIFEST} cannot be read: {error}") from error
    if manifest.format != _FORMAT:
        raise InvalidInput(f"{source} is a backup of format {manifest.format}: this program reads {_FORMAT}")
    return manifest


def damage(source: Path, manifest: Manifest) -> list[str]:
    """What is wrong with the files of a backup, one sentence each; nothing where it is whole."""
    return [problem for file in manifest.files if (problem := _problem(source, file))]


def restore(source: Path, manifest: Manifest, held: HeldFolder) -> None:
    """Put the files of a backup into an empty data folder that is held.

    Killed half-way it may be repeated: until the end a folder "restoring" says that what is there is not whole.

    Raises:
        InvalidInput: the data folder holds something.
        ConfigurationError: it cannot be written, or a file was damaged on the way.
    """
    mark = held.path / _RESTORING
    present = [path for path in held.path.iterdir() if path.name not in _LEFT_OUT]
    if present and not mark.exists():
        raise InvalidInput(f"{held.path} is not empty ({present[0].name}): move it away, nothing is overwritten")
    try:
        mark.mkdir(exist_ok=True)
        for path in present:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        for file in manifest.files:
            if _copied(source, source / file.path, held.path) != file:
                raise ConfigurationError(f"{file.path} was damaged on its way: restore again")
        mark.rmdir()
    except OSError as error:
        raise ConfigurationError(f"cannot restore into {held.path}: {error}; restore again") from error


def refuse_unfinished(folder: Path) -> None:
    """Raise ConfigurationError where a data folder was being restored and is not whole."""
    if (folder / _RESTORING).exists():
        raise ConfigurationError(f"{folder} is not whole: `newsweir restore` was broken off; restore again")


def refuse_writer(folder: Path) -> None:
    """Raise ConfigurationError where an indexing service writes the store without a run that holds the folder."""
    lock = folder / "articles" / "writer.lock"
    if not lock.exists():
        return
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(f"an indexing service writes {folder / 'articles'}: stop it first") from error


def backup_command(held: HeldFolder, target: Path, clock: Clock, *, dry_run: bool) -> None:
    """Back up, or say how much it would be.

    Raises:
        InvalidInput, ConfigurationError: as `back_up`.
    """
    refuse_unfinished(held.path)
    refuse_writer(held.path)
    if dry_run:
        contents = Contents(held.path)
        say(f"{len(list(contents))} files, {_megabytes(contents.size)}, would be copied to {target}")
        return
    manifest = back_up(held, target, clock)
    say(f"{len(manifest.files)} files, {_megabytes(manifest.size)}, copied to {target} with their checksums")


def restore_command(source: Path, held: HeldFolder, *, dry_run: bool) -> None:
    """Check a backup whole, then restore it, or say what it holds.

    Raises:
        InvalidInput: it is damaged; each file that is wrong was named.
        ConfigurationError: as `restore`.
    """
    manifest = read_manifest(source)
    problems = damage(source, manifest)
    for problem in problems:
        say(problem)
    if problems:
        raise InvalidInput(f"{source} is damaged: nothing was restored")
    what = f"{len(manifest.files)} files, {_megabytes(manifest.size)}, of {manifest.made_at:%Y-%m-%d %H:%M} UTC"
    if dry_run:
        say(f"{what}: whole; nothing was restored")
        return
    restore(source, manifest, held)
    say(f"{what}: restored into {held.path}; start `newsweir run`")


def _copied(folder: Path, path: Path, target: Path) -> BackedFile:
    """Copy a file to the same place under another folder, durably; what was copied."""
    name = path.relative_to(folder).as_posix()
    copy = target / name
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as reading, copy.open("wb") as writing:
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            writing.write(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    shutil.copymode(path, copy)
    return BackedFile(path=name, size=size, sha256=digest.hexdigest())


def _problem(source: Path, file: BackedFile) -> str | None:
    path = source / file.path
    if not path.is_file():
        return f"{file.path} is missing"
    if path.stat().st_size != file.size:
        return f"{file.path} has {path.stat().st_size} bytes instead of {file.size}"
    digest = hashlib.sha256()
    with path.open("rb") as reading:
        while chunk := reading.read(_CHUNK):
            digest.update(chunk)
    return None if digest.hexdigest() == file.sha256 else f"{file.path} has another content than when it was copied"


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
