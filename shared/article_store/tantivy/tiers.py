"""Writes an index in two tiers, so that a commit of few documents never has thousands written again beside it.

Tantivy merges all segments below some 10,000 documents as soon as there are eight, however large one of them is, and
its binding lets nobody choose another policy: with a commit a second, up to 17,000 documents would be written again
every seven seconds. So documents are added to a fresh index, which is small, and once that has FRESH_DOCUMENTS its
segments go to the sealed one, which gets no document otherwise and is merged as seldom. Segments are files that never
change: what both tiers list together, linked into one folder, is an index like any other, and the only one that is
opened for reading.

    meta.json       what is committed: replaced atomically, and read again when the writer is opened
    *.store, …      the files of its segments
    tiers/          of the writer alone, made anew from the above whenever it is opened
    ├── fresh/      an index of what was added last
    └── sealed/     an index of all the rest; links to the same files
"""

import fcntl
import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from math import log2
from pathlib import Path

import tantivy
from pydantic import BaseModel, ConfigDict

FOLDER = "tiers"
# Of 1,000 to 2,000 about the same: twice as many are written again twice as often here, and half as often when sealed.
FRESH_DOCUMENTS = 1_500
# A merge of very many is not waited for until so many are fresh: the writer can only be opened anew once it has ended.
_MOST_FRESH_DOCUMENTS = 12_000
# Tantivy's LogMergePolicy: segments within 0.75 powers of two are one level, and so are all below 10,000 documents.
_SEGMENTS_MERGED, _LEAST_LEVEL, _LEVEL_WIDTH = 8, 10_000, 0.75
# One thread writes a segment per commit; a second one would double their number, for merging to undo.
_THREADS = 1
_META, _MANAGED, _LOCK = "meta.json", ".managed.json", ".tantivy-meta.lock"
_SEGMENT_FILE = re.compile(r"([0-9a-f]{32})\.(?:(\d+)\.)?[a-z]+")


class _Deletes(BaseModel):
    model_config = ConfigDict(extra="allow")

    num_deleted_docs: int
    opstamp: int


class _Segment(BaseModel):
    model_config = ConfigDict(extra="allow")

    segment_id: str
    max_doc: int
    deletes: _Deletes | None

    @property
    def documents(self) -> int:
        return self.max_doc - (self.deletes.num_deleted_docs if self.deletes else 0)


class _Meta(BaseModel):
    """Tantivy's list of segments; what is not named here is kept as it is."""

    model_config = ConfigDict(extra="allow")

    segments: tuple[_Segment, ...]
    opstamp: int

    @property
    def documents(self) -> int:
        return sum(segment.documents for segment in self.segments)


class TieredWriter:
    """Adds and deletes documents of one index; there is one at a time, and nothing is seen before `commit`.

    Args:
        folder: of an index that is there.
        prepare: registers the analysers that its fields name.
        heap_bytes: how much of what is added is held before it is written.

    Raises:
        ValueError: the index cannot be read or written; so do all methods, and a writer that raised is of no more use.
        OSError: the disk refuses; the same.
    """

    def __init__(self, folder: Path, prepare: Callable[[tantivy.Index], tantivy.Index], heap_bytes: int) -> None:
        self._folder = folder
        self._prepare = prepare
        self._heap_bytes = heap_bytes
        self._deleted: dict[str, set[str]] = defaultdict(set)
        self._begin()

    def add_document(self, document: tantivy.Document) -> None:
        """Add a document."""
        self._fresh.add_document(document)

    def delete_documents_by_term(self, field: str, value: str) -> None:
        """Delete the documents that have the term and were added before."""
        self._fresh.delete_documents_by_term(field, value)
        self._deleted[field].add(value)

    def commit(self) -> None:
        """Make what was added and deleted seen, all of it at once; durable when it returns."""
        self._fresh.commit()
        if any(self._is_sealed(field, values) for field, values in self._deleted.items()):
            for field, values in self._deleted.items():
                for value in values:
                    self._sealed.delete_documents_by_term(field, value)
            self._sealed.commit()
            self._sealed_index.reload()
        self._deleted.clear()
        sealed, fresh = self._publish()
        if fresh.documents >= (_MOST_FRESH_DOCUMENTS if is_merging(sealed.segments) else FRESH_DOCUMENTS):
            self.close()
            self._begin()

    def close(self) -> None:
        """Wait for merges that are under way, and keep what came of them."""
        self._fresh.wait_merging_threads()
        self._sealed.wait_merging_threads()
        self._publish()

    def _begin(self) -> None:
        """Seal all that is committed, and begin a fresh index; what a killed writer left uncommitted is gone."""
        committed = _read(self._folder)
        tiers = self._folder / FOLDER
        self._sealed_folder, self._fresh_folder = tiers / "sealed", tiers / "fresh"
        shutil.rmtree(tiers, ignore_errors=True)
        # Not the folder itself: who takes an index away and puts it back would find another in its place.
        for folder in (tiers, self._sealed_folder, self._fresh_folder):
            folder.mkdir()
        names = _link(committed, self._folder, self._sealed_folder)
        # Tantivy removes only files that it has listed itself.
        (self._sealed_folder / _MANAGED).write_text(json.dumps([_META, *names]))
        (self._sealed_folder / _META).write_text(committed.model_dump_json())
        self._sealed_index = self._prepare(tantivy.Index.open(str(self._sealed_folder)))
        fresh_index = self._prepare(tantivy.Index(self._sealed_index.schema, str(self._fresh_folder)))
        self._sealed = self._sealed_index.writer(self._heap_bytes, _THREADS)
        self._fresh = fresh_index.writer(self._heap_bytes, _THREADS)
        # Merges begin after commits only.
        self._sealed.commit()

    def _is_sealed(self, field: str, values: Iterable[str]) -> bool:
        wanted = tantivy.Query.term_set_query(self._sealed_index.schema, field, list(values))
        return bool(self._sealed_index.searcher().search(wanted, limit=1, count=False).hits)

    def _publish(self) -> tuple[_Meta, _Meta]:
        """Commit what both tiers list; their lists."""
        # Neither tier removes a file meanwhile that a merge has made superfluous.
        with _nothing_removed(self._sealed_folder), _nothing_removed(self._fresh_folder):
            sealed, fresh = _read(self._sealed_folder), _read(self._fresh_folder)
            names = {
                *_link(sealed, self._sealed_folder, self._folder),
                *_link(fresh, self._fresh_folder, self._folder),
            }
        # Higher than every number that a file of deletions has in its name: the next has one of its own.
        opstamp = max(sealed.opstamp, fresh.opstamp)
        whole = sealed.model_copy(update={"segments": (*sealed.segments, *fresh.segments), "opstamp": opstamp})
        _replace(self._folder, whole)
        with _nothing_removed(self._folder):
            for file in self._folder.iterdir():
                if _SEGMENT_FILE.fullmatch(file.name) and file.name not in names:
                    file.unlink()
        return sealed, fresh


def is_merging(segments: Sequence[_Segment]) -> bool:
    """Whether Tantivy merges some of these after a commit, as by its LogMergePolicy's defaults."""
    sizes = sorted((max(segment.documents, _LEAST_LEVEL) for segment in segments), reverse=True)
    top = float("inf")

    def level(size: int) -> float:
        nonlocal top
        if log2(size) < top - _LEVEL_WIDTH:
            top = log2(size)
        return top

    return any(len(list(of_level)) >= _SEGMENTS_MERGED for _, of_level in groupby(sizes, level))


def _read(folder: Path) -> _Meta:
    return _Meta.model_validate_json((folder / _META).read_bytes())


def _link(meta: _Meta, source: Path, target: Path) -> list[str]:
    """Let the target have the files of all segments; their names."""
    numbers = {segment.segment_id.replace("-", ""): segment.deletes for segment in meta.segments}
    names = []
    for file in source.iterdir():
        match = _SEGMENT_FILE.fullmatch(file.name)
        if match is None or match[1] not in numbers:
            continue
        deletes = numbers[match[1]]
        # Of the files of deletions the newest is the whole.
        if match[2] is None or (deletes is not None and int(match[2]) == deletes.opstamp):
            names.append(file.name)
            if not (target / file.name).exists():
                os.link(file, target / file.name)
    return names


def _replace(folder: Path, meta: _Meta) -> None:
    """Replace the list of segments, durably; the files that it names are linked before."""
    draft = folder / f"{_META}.new"
    with draft.open("w") as file:
        file.write(meta.model_dump_json())
        file.flush()
        os.fsync(file.fileno())
    _sync(folder)
    draft.replace(folder / _META)
    _sync(folder)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _nothing_removed(folder: Path) -> Iterator[None]:
    """Hold the lock that Tantivy takes while it reads a list and opens its files, and while it removes some."""
    with (folder / _LOCK).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
