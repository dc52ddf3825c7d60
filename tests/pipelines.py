"""The tiers of enrichment, each opened once in a process: that takes longer than most tests, and they keep nothing."""

from functools import cache

from services.enrichment.enrich import Pipeline, open_pipeline


@cache
def fast_pipeline() -> Pipeline:
    """What `open_pipeline("fast")` returns, for any number of tests: none changes what it looks things up in."""
    return open_pipeline("fast")


@cache
def full_pipeline() -> Pipeline:
    """The same of the full tier, whose model is an extra."""
    return open_pipeline("full")
