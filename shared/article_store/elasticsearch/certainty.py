"""Tells for certain, or not, which values of a facet are the most frequent over several indices.

Each index offers its most frequent values alone. What it does not offer is there at most as often as the last that it
does: so much may be missing from the count of a value that others offered, and of one that no index did.
"""

from collections.abc import Mapping
from typing import Any


def is_certain(terms: Mapping[str, Any], size: int) -> bool:
    """Whether the first `size` values of a terms aggregation (`counting.terms`) are the most frequent of all, in their
    order and with their full counts."""
    buckets, unseen = terms["buckets"], int(terms.get("doc_count_error_upper_bound", 0))
    if unseen == 0 or size == 0:
        return True
    shown, others = buckets[:size], buckets[size:]
    if len(shown) < size or any(_short_by(bucket) for bucket in shown):
        return False
    least = shown[-1]["doc_count"]
    # What the indices offered beyond the buckets is no more frequent than the last of these, as far as it was seen.
    beyond = (buckets[-1]["doc_count"] if terms["sum_other_doc_count"] else 0) + unseen
    return beyond < least and all(b["doc_count"] + _short_by(b) < least for b in others if _short_by(b))


def _short_by(bucket: Mapping[str, Any]) -> int:
    return int(bucket.get("doc_count_error_upper_bound", 0))
