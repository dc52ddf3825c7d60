"""How long articles took until a search finds them, from what searches found while they were indexed."""

from bisect import bisect_left
from collections.abc import Sequence

from shared.events.articles import StageTimes

# When a search was answered, in seconds since 1970, and how many articles it found.
Look = tuple[float, int]


def latencies_s(times: Sequence[StageTimes], looks: Sequence[Look]) -> list[float]:
    """Seconds from fetched to the first search that found an article, in the order in which they were committed: what
    was committed first is found first. Without looks, to committed.
    """
    in_order = sorted(times, key=lambda one: one.indexed_at)
    if not looks:
        return [(one.indexed_at - one.fetched_at).total_seconds() for one in in_order]
    found = [total for _, total in looks]
    assert found == sorted(found), "a search found fewer articles than the one before"
    return [looks[bisect_left(found, n)][0] - one.fetched_at.timestamp() for n, one in enumerate(in_order, 1)]


async def all_found(looks: Sequence[Look], articles: int) -> bool:
    """Whether a search has found so many."""
    return bool(looks) and looks[-1][1] >= articles
