"""Tells for certain, or not, which values of a facet are the most frequent over several indices.

Each index offers its most frequent values alone. What it does not offer is there at most as often as the last that it
does: so much may be missing from the count of a value that others offered, and of one that no index did.
"""

from collections.abc import Mapping
from typing import Any

_SHORT_BY = "doc_count_error_upper_bound"


def is_certain(terms: Mapping[str, Any], size: int) -> bool:
    """Whether the first `size` values of a terms aggregation (`counting.terms`) are the most frequent of all, in their
    order and with their full counts."""
    buckets, unseen = terms["buckets"], int(terms.get(_SHORT_BY, 0))
    if unseen == 0 or size == 0:
        return True
    shown, others = buckets[:size], buckets[size:]
    if len(shown) < size or any(bucket.get(_SHORT_BY) for bucket in shown):
        return False
    least = shown[-1]["doc_count"]
    # What the indices offered beyond the buckets is no more frequent than the last of these, as far as it was seen.
    beyond = (buckets[-1]["doc_count"] if terms["sum_other_doc_count"] else 0) + unseen
    return bool(beyond < least and all(_most(b) < least for b in others if b.get(_SHORT_BY)))


def _most(bucket: Mapping[str, Any]) -> int:
    """What the count of a value may be at most."""
    return int(bucket["doc_count"] + bucket[_SHORT_BY])
