"""The vectors of articles beside the index: rows of a file for each model, compared with a question one and all.

vectors/
└── 384-1f2e3d4c5b6a.rows    length and a hash of the model's name; each row: the article's id, and its whole numbers

The file is derived from the articles, which carry their vectors: what is missing in it is found by its words alone. One
process writes. A row that does not count any more is overwritten with zeros, so that nothing is left of an article that
was forgotten; its room is won back when the index is rebuilt. Readers map the file, and see what was written at once.
"""

import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.events.embedding import Embedding

_ID_BYTES = 32
# Rows that are compared in one step: their numbers take 25 MB on the way.
_AT_ONCE = 16_384

Rows = NDArray[np.void]


class VectorWriter:
    """Keeps the rows of a folder; there is one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def replace(self, changed: Mapping[str, Embedding | None]) -> None:
        """Let these articles have these vectors, or none. Durable when it returns.

        Raises:
            OSError: the disk refuses.
        """
        if not changed:
            return
        ids = np.frombuffer(b"".join(map(bytes.fromhex, changed)), dtype=np.uint8).reshape(-1, _ID_BYTES)
        for path in self._folder.glob("*.rows"):
            _clear(path, _keys(ids))
        by_file: dict[Path, list[bytes]] = {}
        for article_id, vector in changed.items():
            if vector is not None:
                row = bytes.fromhex(article_id) + vector.numbers.tobytes()
                by_file.setdefault(_file(self._folder, vector), []).append(row)
        for path, rows in by_file.items():
            _append(path, rows)


class VectorReader:
    """Compares a question with the rows of a folder; safe to ask from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def nearest(self, question: Embedding, least: float) -> Iterator[tuple[str, float]]:
        """Articles and their cosines to the question, none below `least`; the nearest first, then by id."""
        rows = _mapped(_file(self._folder, question))
        yield from _ranked(rows, _cosines(rows, question), least)

    def among(self, article_ids: Collection[str], question: Embedding, least: float) -> list[tuple[str, float]]:
        """The same of these articles alone."""
        rows = _mapped(_file(self._folder, question))
        ids = np.frombuffer(b"".join(map(bytes.fromhex, article_ids)), dtype=np.uint8).reshape(-1, _ID_BYTES)
        own = rows[np.isin(_keys(rows["id"]), _keys(ids))]
        return list(_ranked(own, _cosines(own, question), least))


def _file(folder: Path, vector: Embedding) -> Path:
    of_model = hashlib.sha256(vector.model.encode("utf-8", "replace")).hexdigest()[:12]
    return folder / f"{len(vector.numbers)}-{of_model}.rows"


def _row(path: Path) -> np.dtype[np.void]:
    length = int(path.name.partition("-")[0])
    return np.dtype([("id", np.uint8, _ID_BYTES), ("numbers", np.int8, length)])


def _mapped(path: Path, mode: str = "r") -> Rows:
    """The whole rows of a file; a row that a killed writer left unfinished at the end is none."""
    row = _row(path)
    count = path.stat().st_size // row.itemsize if path.exists() else 0
    if not count:
        return np.empty(0, dtype=row)
    rows: Rows = np.memmap(path, dtype=row, mode=mode, shape=(count,))  # type: ignore[call-overload]  # a mode it has
    return rows


def _keys(ids: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """The beginnings of ids, which are hashes: enough to tell them apart."""
    return np.ascontiguousarray(ids[:, :8]).view(np.uint64).reshape(-1)


def _clear(path: Path, keys: NDArray[np.uint64]) -> None:
    rows = _mapped(path, "r+")
    places = np.flatnonzero(np.isin(_keys(rows["id"]), keys))
    if len(places):
        rows[places] = np.zeros(len(places), dtype=rows.dtype)
        rows.flush()  # type: ignore[attr-defined]  # with a row in it, it is a mapped file


def _append(path: Path, rows: list[bytes]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        # What a killed writer left unfinished would shift all rows that follow.
        file.truncate(file.tell() // _row(path).itemsize * _row(path).itemsize)
        file.write(b"".join(rows))
        file.flush()
        os.fsync(file.fileno())


def _cosines(rows: Rows, question: Embedding) -> NDArray[np.float32]:
    wanted = np.array(question.numbers, dtype=np.float32)
    wanted /= np.linalg.norm(wanted)
    found = np.zeros(len(rows), dtype=np.float32)
    for start in range(0, len(rows), _AT_ONCE):
        numbers = rows["numbers"][start : start + _AT_ONCE].astype(np.float32)
        lengths = np.sqrt(np.einsum("ij,ij->i", numbers, numbers))
        # A row without an article has no direction.
        found[start : start + _AT_ONCE] = (numbers @ wanted) / np.maximum(lengths, 1.0)
    return found


def _ranked(rows: Rows, cosines: NDArray[np.float32], least: float) -> Iterator[tuple[str, float]]:
    ids = rows["id"]
    near = np.flatnonzero((cosines >= least) & ids.any(axis=1))
    for place in near[np.lexsort((_keys(ids[near]).byteswap(), -cosines[near]))]:
        yield ids[place].tobytes().hex(), float(cosines[place])
