"""A visit that was made and must end: its lease, its answer and what is known around it."""

from dataclasses import dataclass

from services.crawler.fetch import Answer
from services.crawler.frontier import Lease
from services.crawler.hand_over import Fetch
from services.crawler.politeness import HostRobots
from services.crawler.visits import Seen
from shared.sources import Source


@dataclass(frozen=True)
class MadeVisit:
    """One visit in hand.

    Attributes:
        free_ms: when its host may be visited again.
        known: of the host's robots.txt; None where it was not needed.
        doors: the URLs of all sources' doors, which are no articles.
    """

    lease: Lease
    source: Source
    answer: Answer
    free_ms: int
    known: HostRobots | None
    doors: frozenset[str]
    fetch: Fetch

    @property
    def seen(self) -> Seen | None:
        """What was known of the page before."""
        return self.lease.seen
