"""The contract of dropping whole months of articles, for stores that keep a month together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class OldMonth:
    """A month that ended before the time that was asked for.

    Attributes:
        month: as 2026-03.
        articles: how many were first seen in it.
        published_since: how many of them were published at that time or after it.
    """

    month: str
    articles: int
    published_since: int

    @property
    def is_old(self) -> bool:
        """Whether everything in it is older."""
        return self.published_since == 0


class Months(Protocol):
    """Looks after months. Every method raises DependencyUnavailable while the store cannot answer."""

    async def before(self, before: datetime) -> list[OldMonth]:
        """The months that ended before then, the first one first."""
        ...

    async def drop_empty(self, before: datetime) -> list[str]:
        """Drop those of these months that hold nothing; may run beside writers, who wait for it, and make a month again
        for what they bring. The names of those that are dropped."""
        ...

    async def close(self) -> None:
        """Release the connection."""
        ...
