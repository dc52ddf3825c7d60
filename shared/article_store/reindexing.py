"""The contract of moving a store to indices of another mapping while it is read and written, and back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class IndicesState:
    """Which mappings are in use, by their names; None where there is none.

    Attributes:
        own: this program's.
        written: what writers make documents for.
        read: what searches ask.
        way_back: an older one that is written, too, though it is not read any more.
        articles: how many are read.
        copied: how many of them the mapping holds that is written.
        left: whether an operator went back from this program's.
    """

    own: str
    written: str | None
    read: str | None
    way_back: str | None
    articles: int
    copied: int
    left: bool = False


class Reindexing(Protocol):
    """Moves articles; every step may be broken off and repeated.

    Every method raises DependencyUnavailable while the store cannot answer, or another process moves them elsewhere.
    """

    async def state(self) -> IndicesState:
        """What is in use now."""
        ...

    async def run(self, report: Report) -> None:
        """Let writes, then all articles, then reading move to this program's mapping; the older indices stay, and are
        written. `report` is told how many of how many articles are there. In an empty store, make what writing needs.

        Raises:
            ConfigurationError: another program moves the articles away from this mapping.
        """
        ...

    async def back(self) -> str:
        """Let the older indices be read and written alone, drop the newer ones; the older mapping's name.

        Raises:
            ConfigurationError: there are no older ones.
        """
        ...

    async def finish(self) -> None:
        """Drop the older indices."""
        ...

    async def close(self) -> None:
        """Release the connection."""
        ...
