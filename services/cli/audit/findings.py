"""Decides what does not add up, from the ledger, a look at everything under way, the registry and the store."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from services.cli.audit.accounts import Flight, Ledger, Scope

Kind = Literal[
    "difference",
    "lost",
    "dead-without-letter",
    "letter-without-fetch",
    "event-without-fetch",
    "not-in-store",
    "outdated-in-store",
    "not-in-registry",
]
# Their fetches will never end.
WITHOUT_EVENT: frozenset[Kind] = frozenset({"lost", "dead-without-letter"})
# The ledger and the streams are written by one script, so what is younger need not be looked at twice.
SETTLED_AFTER_MS = 5_000


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that does not add up.

    Attributes:
        id: of the fetch, letter, article, or source and day that it is about.
        detail: more about it, for people.
    """

    kind: Kind
    id: str
    detail: str = field(default="", compare=False)


@dataclass(frozen=True)
class Look:
    """Everything under way, as it was found; it moves while one looks.

    Attributes:
        events: where the event of each fetch is, by fetch_id.
        letters: fetch_id of each dead letter, by the letter's name; empty for one that belongs to no fetch.
        articles: whose events belong to no fetch, as withdrawals do, letters included.
    """

    events: Mapping[str, str]
    letters: Mapping[str, str]
    articles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Registered:
    """What the registry knows of an article.

    Attributes:
        revision: the last that was handed over, in ms.
        withdrawn: it was taken back since it was last handed over: the store need not have it.
    """

    revision: int
    withdrawn: bool = False


def differences(ledger: Ledger) -> list[Finding]:
    """Sources and days whose sums do not come out."""
    found = []
    for (source_id, day), account in ledger.accounts().items():
        if account.difference:
            found.append(Finding("difference", f"{source_id} {day}", f"{account.difference:+}"))
        if account.dead != account.dead_lettered:
            said = f"{account.dead_lettered} counted as dead-lettered, {account.dead} held"
            found.append(Finding("difference", f"{source_id} {day} dead-lettered", said))
    return found


def gaps(ledger: Ledger, look: Look, now_ms: int, scope: Scope) -> set[Finding]:
    """Fetches without an event, and events without a fetch: suspects, as both moved while they were read.

    Args:
        ledger: the part that the scope covers.
        scope: what is outside the ledger belongs to no source, and is a suspect only where everything is covered.
    """
    in_letters = set(look.letters.values())
    found = {
        Finding("lost", fetch_id, in_words(flight))
        for fetch_id, flight in ledger.in_flight.items()
        if now_ms - flight.since_ms >= SETTLED_AFTER_MS and fetch_id not in look.events
    }
    found |= {
        Finding("dead-without-letter", fetch_id, in_words(flight))
        for fetch_id, flight in ledger.dead.items()
        if fetch_id not in in_letters
    }
    if not scope.narrows:
        found |= {
            Finding("letter-without-fetch", name, f"fetch {fetch_id}")
            for name, fetch_id in look.letters.items()
            if fetch_id and fetch_id not in ledger.dead
        }
        found |= {
            Finding("event-without-fetch", fetch_id, place)
            for fetch_id, place in look.events.items()
            if fetch_id not in ledger.in_flight and fetch_id not in ledger.dead
        }
    return found


def store_gaps(registry: Mapping[str, Registered], store: Mapping[str, int], excused: Collection[str]) -> set[Finding]:
    """Articles of the registry that the store does not have or has in an older revision, and the other way round.

    Args:
        registry: by article_id.
        store: the newest revision that was put or withdrawn, in ms, by article_id.
        excused: articles whose newest revision is under way, given up or discarded.
    """
    found = {Finding("not-in-registry", article_id) for article_id in store.keys() - registry.keys()}
    for article_id, registered in registry.items():
        stored = store.get(article_id)
        if article_id in excused:
            continue
        if stored is None:
            found |= set() if registered.withdrawn else {Finding("not-in-store", article_id)}
        elif stored < registered.revision:
            said = f"revision {stored} instead of {registered.revision}"
            found.add(Finding("outdated-in-store", article_id, said))
    return found


def in_words(flight: Flight) -> str:
    """What the ledger knows of a fetch beside its id."""
    about = f", article {flight.article_id}" if flight.article_id else ""
    return f"{flight.source_id}, {flight.day}{about}"
