"""The ledger as a value: what was fetched of each source on each day, how it ended, and the sum that must come out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Flight:
    """A fetch without an end, in flight or dead.

    Attributes:
        day: UTC, as 2026-03-02; the one that the fetch is counted under.
        article_id: empty for a fetch that yields no article.
        since_ms: when it was opened.
    """

    source_id: str
    day: str
    article_id: str
    since_ms: int


@dataclass(frozen=True)
class Account:
    """Fetches by what became of them.

    Attributes:
        dropped: by reason.
        dead_lettered: as counted.
        dead: as the ledger holds them, one by one; the same number, if all is well.
    """

    fetched: int = 0
    indexed: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    dead_lettered: int = 0
    in_flight: int = 0
    dead: int = 0

    def __add__(self, other: "Account") -> "Account":
        return Account(
            fetched=self.fetched + other.fetched,
            indexed=self.indexed + other.indexed,
            dropped={
                reason: self.dropped.get(reason, 0) + other.dropped.get(reason, 0)
                for reason in (*self.dropped, *(reason for reason in other.dropped if reason not in self.dropped))
            },
            dead_lettered=self.dead_lettered + other.dead_lettered,
            in_flight=self.in_flight + other.in_flight,
            dead=self.dead + other.dead,
        )

    @property
    def difference(self) -> int:
        """Fetches that were counted and are nowhere; less than 0: more ends than fetches."""
        return self.fetched - self.indexed - sum(self.dropped.values()) - self.dead_lettered - self.in_flight

    @property
    def adds_up(self) -> bool:
        return self.difference == 0 and self.dead == self.dead_lettered


@dataclass(frozen=True)
class Scope:
    """What is audited: everything, or one source, or one day."""

    source_id: str | None = None
    day: str | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything is left out."""
        return self.source_id is not None or self.day is not None

    def covers(self, source_id: str, day: str) -> bool:
        """Whether fetches of this source and day are meant."""
        return self.source_id in (None, source_id) and self.day in (None, day)


@dataclass(frozen=True)
class Ledger:
    """The ledger at one moment.

    Attributes:
        counts: by source and day; `in_flight` and `dead` are not set in these.
        in_flight, dead: by fetch_id.
    """

    counts: Mapping[tuple[str, str], Account]
    in_flight: Mapping[str, Flight]
    dead: Mapping[str, Flight]

    def within(self, scope: Scope) -> "Ledger":
        """The part that the scope covers."""
        return Ledger(
            counts={key: account for key, account in self.counts.items() if scope.covers(*key)},
            in_flight=_within(self.in_flight, scope),
            dead=_within(self.dead, scope),
        )

    def accounts(self) -> dict[tuple[str, str], Account]:
        """By source and day, in their order, with what has not ended."""
        in_flight = Counter((flight.source_id, flight.day) for flight in self.in_flight.values())
        dead = Counter((flight.source_id, flight.day) for flight in self.dead.values())
        keys = sorted({*self.counts, *in_flight, *dead})
        return {
            key: self.counts.get(key, Account()) + Account(in_flight=in_flight[key], dead=dead[key]) for key in keys
        }


def total(accounts: Iterable[Account]) -> Account:
    """All of them in one."""
    return sum(accounts, start=Account())


def _within(flights: Mapping[str, Flight], scope: Scope) -> dict[str, Flight]:
    return {fetch_id: flight for fetch_id, flight in flights.items() if scope.covers(flight.source_id, flight.day)}
