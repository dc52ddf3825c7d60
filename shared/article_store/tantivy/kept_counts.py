"""Keeps the counts of facets that were asked for last, as long as the index is the one that they were counted in."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace

from shared.article_store.query import ArticleQuery, FacetCounts

# Some kilobytes each. The sidebar of everything, and those of the questions that people page through.
MAX_COUNTS = 64


class KeptCounts:
    """Counts by the state of the index and what they depend on of a question; safe to ask from several threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        # What was asked for last stands last.
        self._kept: OrderedDict[Hashable, tuple[FacetCounts, ...]] = OrderedDict()

    def of(
        self, state: Hashable, query: ArticleQuery, count: Callable[[], tuple[FacetCounts, ...]]
    ) -> tuple[FacetCounts, ...]:
        """What `count` answers, or answered for the same facets in the same state; facets that failed are not kept."""
        asked = (state, replace(query, prefer=(), fresh=None, sort="newest", size=0, cursor=None, highlight=False))
        with self._turn:
            if asked in self._kept:
                self._kept.move_to_end(asked)
                return self._kept[asked]
        counts = count()
        if not any(facet.failed for facet in counts):
            with self._turn:
                self._kept[asked] = counts
                while len(self._kept) > MAX_COUNTS:
                    self._kept.popitem(last=False)
        return counts
