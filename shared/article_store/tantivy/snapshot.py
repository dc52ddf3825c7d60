"""Keeps sight of the index that CURRENT names, from a process that does not write: never older than 50 ms."""

import threading
from collections.abc import Hashable
from pathlib import Path

import tantivy

from shared.article_store.tantivy import folder as folders
from shared.article_store.tantivy.building import COMMITS_UNTIL_OPENED_ANEW, Indexes, empty, opened
from shared.article_store.tantivy.folder import IndexName
from shared.article_store.tantivy.schema import fingerprint
from shared.article_store.tantivy.views import View
from shared.clock import Clock
from shared.errors import DependencyUnavailable

RELOAD_INTERVAL_S = 0.05


class Snapshots:
    """Gives searchers over what was committed; safe to ask from several threads."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._turn = threading.Lock()
        self._name: IndexName | None = None
        # Until a first article was put, everything is asked of an index that holds none.
        self._indexes = empty()
        self._looked_at_s: float | None = None
        self._state: Hashable = None
        self._commits_seen = 0

    def searcher(self) -> tantivy.Searcher:
        """A searcher over the articles that sees every commit older than 50 ms.

        Raises:
            DependencyUnavailable: the index has another schema, or cannot be read.
        """
        return self.view().searcher

    def view(self) -> View:
        """The same, with what tells whether two searchers see the same; raises as `searcher`."""
        with self._turn:
            indexes = self._fresh()
            return View(indexes.articles.searcher(), self._state)

    def past_searcher(self) -> tantivy.Searcher:
        """The same over revisions and withdrawals."""
        with self._turn:
            return self._fresh().past.searcher()

    def fact_searcher(self) -> tantivy.Searcher:
        """The same over facts."""
        with self._turn:
            return self._fresh().facts.searcher()

    def story_searcher(self) -> tantivy.Searcher:
        """The same over stories."""
        with self._turn:
            return self._fresh().stories.searcher()

    @property
    def vectors_folder(self) -> Path | None:
        """Where the vectors of the articles are; None before the first was put."""
        return self._indexes.vectors_folder

    @property
    def schema(self) -> tantivy.Schema:
        """The schema of every index that searchers are given of."""
        return self._indexes.articles.schema

    def _fresh(self) -> Indexes:
        """The indexes as of now; the caller holds the turn."""
        now_s = self._clock.monotonic_s()
        if self._looked_at_s is None or now_s - self._looked_at_s >= RELOAD_INTERVAL_S:
            self._look()
            self._looked_at_s = now_s
        return self._indexes

    def _look(self) -> None:
        try:
            name = folders.current(self._folder)
            if name != self._name or self._commits_seen >= COMMITS_UNTIL_OPENED_ANEW:
                self._indexes = _opened(self._folder, name)
                self._name, self._commits_seen = name, 0
            before = _commit(self._folder, name)
            if before != self._state:
                self._commits_seen += 1
            for index in self._indexes.each:
                index.reload()
            # A commit in between may be seen or not: such a state is like no other.
            self._state = before if before == _commit(self._folder, name) else object()
        except (ValueError, OSError) as error:
            raise DependencyUnavailable(
                f"cannot read the index in {self._folder}: {error}; if that lasts, restore it from a backup"
            ) from error


def _opened(folder: Path, name: IndexName | None) -> Indexes:
    if name is None:
        return empty()
    if name.fingerprint != fingerprint():
        raise DependencyUnavailable(
            f"the index {name} in {folder} has another schema than this program's: it is rebuilt when an indexing "
            "service of the same version starts"
        )
    indexes = opened(folder / str(name))
    for index in indexes.each:
        index.config_reader("Manual")
    return indexes


def _commit(folder: Path, name: IndexName | None) -> tuple[str, int, int]:
    """What changes with each commit of the articles: Tantivy replaces the file that lists the segments."""
    if name is None:
        return "", 0, 0
    listed = (folder / str(name) / "meta.json").stat()
    return str(name), listed.st_ino, listed.st_mtime_ns
