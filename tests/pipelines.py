"""The fast tier of enrichment, opened once in a process: that takes longer than most tests, and it keeps nothing."""

from functools import cache

from services.enrichment.enrich import Pipeline, open_pipeline


@cache
def fast_pipeline() -> Pipeline:
    """What `open_pipeline("fast")` returns, for any number of tests: none changes what it looks things up in."""
    return open_pipeline("fast")
