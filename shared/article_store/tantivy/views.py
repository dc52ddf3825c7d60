"""Keeps searchers for those who walk through results by relevance: so many, and so long after they were last used."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from uuid import uuid4

import tantivy

from shared.article_store.cursors import MAX_VIEWS, VIEW_LIFETIME_S
from shared.clock import Clock
from shared.errors import Expired


@dataclass(frozen=True)
class View:
    """A searcher, and what it sees: equal states hold the same articles."""

    searcher: tantivy.Searcher
    state: Hashable


@dataclass
class _Kept:
    view: View
    used_at_s: float


class KeptViews:
    """Views by name; safe to ask from several threads.

    First pages between two commits share one view, so that what is kept grows with commits and not with searches. A
    view costs some open segments; files that were merged away stay on the disk as long as it is kept.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._turn = threading.Lock()
        # The one used last stands last.
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def keep(self, view: View) -> str:
        """The name that `find` knows the view by; where too many are kept, the one that was not used longest goes."""
        with self._turn:
            self._forget_old()
            same = (name for name, kept in reversed(self._kept.items()) if kept.view.state == view.state)
            name = next(same, None) or uuid4().hex[:16]
            known = self._kept.get(name)
            self._use(name, known.view if known else view)
            while len(self._kept) > MAX_VIEWS:
                self._kept.popitem(last=False)
            return name

    def find(self, name: str) -> View:
        """The view of this name, which is kept for VIEW_LIFETIME_S from now on.

        Raises:
            Expired: it is not kept any more.
        """
        with self._turn:
            self._forget_old()
            if name not in self._kept:
                raise Expired(
                    f"the results are kept for {VIEW_LIFETIME_S // 60} minutes after a page of them was read, and "
                    "these are not kept any more: start again from the first page"
                )
            view = self._kept[name].view
            self._use(name, view)
            return view

    def _use(self, name: str, view: View) -> None:
        self._kept[name] = _Kept(view, self._clock.monotonic_s())
        self._kept.move_to_end(name)

    def _forget_old(self) -> None:
        now_s = self._clock.monotonic_s()
        while self._kept:
            name, kept = next(iter(self._kept.items()))
            if now_s - kept.used_at_s <= VIEW_LIFETIME_S:
                return
            del self._kept[name]
