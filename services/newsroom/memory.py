"""What the newsroom remembers over restarts: the moment of its first start, and the visits that change pages."""

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from services.newsroom.editions import NO_VISITS, Visits
from services.newsroom.misbehaviour import SETTLED_AFTER_VISITS
from shared.errors import ConfigurationError

FILE_NAME = "newsroom.json"


class _Remembered(BaseModel):
    epoch_ms: int = Field(gt=0)
    visits: dict[str, Visits] = {}


class NewsroomMemory:
    """The file ``newsroom.json``; each change is on disk, whole, before the visitor has the answer."""

    def __init__(self, path: Path, remembered: _Remembered) -> None:
        self._path = path
        self._epoch_ms = remembered.epoch_ms
        self._visits = dict(remembered.visits)

    @property
    def epoch_ms(self) -> int:
        """When the newsroom first started."""
        return self._epoch_ms

    @property
    def visits(self) -> Mapping[str, Visits]:
        """Visits by key of the story, where they matter."""
        return self._visits

    def count(self, key: str, now_ms: int) -> None:
        """Add a visit; beyond the number that changes anything the file is left in peace."""
        known = self._visits.get(key, NO_VISITS)
        if known.count >= SETTLED_AFTER_VISITS:
            return
        self._visits[key] = Visits(known.count + 1, now_ms if known.first_ms is None else known.first_ms)
        self._save()

    def _save(self) -> None:
        document = _Remembered(epoch_ms=self._epoch_ms, visits=self._visits).model_dump_json(indent=1)
        # A kill in the middle of a write leaves the former file as it was.
        draft = self._path.with_suffix(".draft")
        draft.write_text(document, encoding="utf-8")
        draft.replace(self._path)


def open_memory(data_dir: Path, now_ms: int) -> NewsroomMemory:
    """Read the memory in the data folder, or begin one whose first start is now.

    Raises:
        ConfigurationError: the folder cannot be written, or the file in it is not ours.
    """
    path = data_dir / FILE_NAME
    try:
        if path.exists():
            return NewsroomMemory(path, _Remembered.model_validate(json.loads(path.read_text(encoding="utf-8"))))
        data_dir.mkdir(parents=True, exist_ok=True)
        memory = NewsroomMemory(path, _Remembered(epoch_ms=now_ms))
        memory._save()
    except (ValidationError, ValueError) as error:
        raise ConfigurationError(f"{path} is damaged: delete it to start the newsroom afresh ({error})") from error
    except OSError as error:
        raise ConfigurationError(f"cannot keep the newsroom's memory in {path}: {error}") from error
    return memory
