"""Writes an index in tiers by the size of its segments, so that a commit never has many documents written again.

Tantivy merges all segments below some 10,000 documents as soon as there are eight, however large one of them is, and
its binding lets nobody choose another policy: with a commit a second, up to 17,000 documents would be written again
every seven seconds. So segments are kept in several indexes, each of which has those of one size and merges them among
themselves: what came of eight small ones goes to the next. A document is written again once each time its index grows
eightfold. Documents are added to the first, fresh one alone. Segments are files that never change: what all tiers list
together, linked into one folder, is an index like any other, and the only one that is opened for reading.

    meta.json       what is committed: replaced atomically, and read again when the writer is opened
    *.store, …      the files of its segments
    tiers/          of the writer alone, made anew from the above whenever it is opened
    ├── fresh/      an index of what was added last
    ├── middle/     an index of segments of hundreds of documents
    └── sealed/     an index of all larger ones; in each, links to the same files
"""

import fcntl
import json
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from math import log2
from pathlib import Path

import tantivy
from pydantic import BaseModel, ConfigDict

FOLDER = "tiers"
# Each tier, and how many documents a segment has at least that it takes. Eight of the least of one make one of the
# next; and eight of the least of the last leave the level in which Tantivy merges all segments alike.
TIERS = (("fresh", 0), ("middle", 264), ("sealed", 2_112))
# A tier that merges very many is not waited for until so many are below it: it takes more only once it has ended.
_MOST_WAITING_DOCUMENTS = 12_000
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


class _Tier:
    """An index of its own in a folder, of the segments that it is given and what comes of them."""

    def __init__(
        self, folder: Path, prepare: Callable[[tantivy.Index], tantivy.Index], heap_bytes: int, whole: Path
    ) -> None:
        self.folder = folder
        self._prepare = prepare
        self._heap_bytes = heap_bytes
        self._whole = whole

    def open(self, given: _Meta) -> None:
        """Begin anew with these segments, whose files are in the folder of the whole."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        names = _link(given, self._whole, self.folder)
        # Tantivy removes only files that it has listed itself.
        (self.folder / _MANAGED).write_text(json.dumps([_META, *names]))
        (self.folder / _META).write_text(given.model_dump_json())
        self._index = self._prepare(tantivy.Index.open(str(self.folder)))
        self.writer = self._index.writer(self._heap_bytes, _THREADS)
        if is_merging(given.segments):
            # Merges begin after commits only.
            self.writer.commit()

    def delete(self, terms: Mapping[str, Collection[str]]) -> None:
        """Delete the documents that have one of the terms, and commit that, if there are any."""
        if not any(self._holds(field, values) for field, values in terms.items()):
            return
        for field, values in terms.items():
            for value in values:
                self.writer.delete_documents_by_term(field, value)
        self.writer.commit()
        self._index.reload()

    def _holds(self, field: str, values: Collection[str]) -> bool:
        wanted = tantivy.Query.term_set_query(self._index.schema, field, list(values))
        return bool(self._index.searcher().search(wanted, limit=1, count=False).hits)


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
        self._deleted: dict[str, set[str]] = defaultdict(set)
        # What a killed writer left uncommitted is gone.
        committed = _read(folder)
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
        # Not the folder itself: who takes an index away and puts it back would find another in its place.
        (folder / FOLDER).mkdir()
        self._tiers = [_Tier(folder / FOLDER / name, prepare, heap_bytes, folder) for name, _ in TIERS]
        for tier, given in zip(self._tiers, _dealt(committed, range(len(TIERS))), strict=True):
            tier.open(given)

    @property
    def _fresh(self) -> tantivy.IndexWriter:
        return self._tiers[0].writer

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
        for tier in self._tiers[1:]:
            tier.delete(self._deleted)
        self._deleted.clear()
        listed = self._publish()
        # The largest first: what one hands on makes room for what comes to it.
        for at in range(len(self._tiers) - 2, -1, -1):
            if _hands_on(at, listed):
                self._hand_on(at)

    def close(self) -> None:
        """Wait for merges that are under way, and keep what came of them."""
        for tier in self._tiers:
            tier.writer.wait_merging_threads()
        self._publish()

    def _hand_on(self, at: int) -> None:
        """Deal what a tier and the next one have among both, and open them anew."""
        pair = self._tiers[at : at + 2]
        for tier in pair:
            tier.writer.wait_merging_threads()
        both = _together(self._publish()[at : at + 2])
        for tier, given in zip(pair, _dealt(both, range(at, at + 2)), strict=True):
            tier.open(given)

    def _publish(self) -> list[_Meta]:
        """Commit what all tiers list; their lists."""
        with ExitStack() as held:
            # No tier removes a file meanwhile that a merge has made superfluous.
            for tier in self._tiers:
                held.enter_context(_nothing_removed(tier.folder))
            listed = [_read(tier.folder) for tier in self._tiers]
            names = {
                name
                for tier, meta in zip(self._tiers, listed, strict=True)
                for name in _link(meta, tier.folder, self._folder)
            }
        _replace(self._folder, _together(listed))
        with _nothing_removed(self._folder):
            for file in self._folder.iterdir():
                if _SEGMENT_FILE.fullmatch(file.name) and file.name not in names:
                    file.unlink()
        return listed


def _together(listed: Sequence[_Meta]) -> _Meta:
    """What several list."""
    segments = tuple(segment for meta in listed for segment in meta.segments)
    # Higher than every number that a file of deletions has in its name: the next has one of its own.
    return listed[-1].model_copy(update={"segments": segments, "opstamp": max(meta.opstamp for meta in listed)})


def _tier_of(segment: _Segment) -> int:
    return max(at for at, (_, least) in enumerate(TIERS) if segment.documents >= least)


def _dealt(whole: _Meta, tiers: range) -> list[_Meta]:
    """What each of these tiers gets: the first and the last also what belongs beyond them."""
    of_tier: dict[int, list[_Segment]] = {at: [] for at in tiers}
    for segment in whole.segments:
        # One that deletions have made smaller stays where it is.
        of_tier[min(max(_tier_of(segment), tiers[0]), tiers[-1])].append(segment)
    return [whole.model_copy(update={"segments": tuple(segments)}) for segments in of_tier.values()]


def _hands_on(at: int, listed: Sequence[_Meta]) -> bool:
    """Whether a tier has segments for the next one, which takes them now."""
    meta, following = listed[at : at + 2]
    waits = is_merging(following.segments) and meta.documents < _MOST_WAITING_DOCUMENTS
    return not waits and any(_tier_of(segment) > at for segment in meta.segments)


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
