"""Everything that enrichers look things up in, loaded once per process."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Knowledge:
    """What is known before an article is read."""


def open_knowledge(*, with_model: bool = False) -> Knowledge:
    """Load the data files beside this module, and the statistical model on demand.

    Raises:
        ConfigurationError: the model is not installed, or a data file is missing or broken.
    """
    return Knowledge()
