"""A relation as read from one sentence, before it becomes part of an article's enrichment."""

from collections.abc import Iterator
from typing import NamedTuple

from services.enrichment.enrichers.relation_reading.frames import Claim
from services.enrichment.enrichers.relation_reading.sentence import Reading
from shared.events.enrichment import RelationType

# What a part of a company does in these counts for the company: a partner of A's research centre is one of A's.
_ALSO_BY_PARTS = frozenset({"partners_with", "supplies", "competes_with"})


class Fact(NamedTuple):
    """Indices of its two parties; the places of its cue, and of the first and the last word that make it."""

    type: RelationType
    subject: int
    object: int
    cue: int
    first: int
    last: int
    confidence: float


def facts(reading: Reading, claim: Claim, subject: int, target: int, cue: int) -> Iterator[Fact]:
    """One fact for every pair of parties in the names at two places."""
    if claim.inverse:
        subject, target = target, subject
    places = (subject, target, cue)
    for one in _members(reading, subject, claim):
        for other in _members(reading, target, claim):
            yield Fact(claim.type, one, other, cue, min(places), max(places), claim.confidence)


def facts_among(reading: Reading, claim: Claim, place: int, cue: int) -> Iterator[Fact]:
    """One fact for every two parties of one list: "A and B merged"."""
    members = reading.members[place]
    for index, one in enumerate(members):
        for other in members[index + 1 :]:
            yield Fact(claim.type, one, other, cue, min(place, cue), max(place, cue), claim.confidence)


def _members(reading: Reading, place: int, claim: Claim) -> tuple[int, ...]:
    """The parties named at a place; of "A's Unknown" A, where the relation is one of the whole as well."""
    members = reading.members[place]
    if members or claim.type not in _ALSO_BY_PARTS or place < 2 or reading.words[place - 1] != "'s":
        return members
    return reading.members.get(place - 2, ())
