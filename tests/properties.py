"""How many examples a property that costs much takes, by the profile of the run."""

from hypothesis import settings


def examples(wanted: int) -> int:
    """As many as are wanted, but in `make test` no more than other properties take there."""
    few = settings().max_examples if settings.get_current_profile_name() == "quick" else wanted
    return min(wanted, few)
