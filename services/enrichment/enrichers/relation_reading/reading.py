"""All relations that a sentence states between its parties: the entry to this package."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from services.enrichment.enrichers.relation_reading.circumstances import stake_percent_of, status_of
from services.enrichment.enrichers.relation_reading.events import event_facts, funding_facts
from services.enrichment.enrichers.relation_reading.fact import Fact
from services.enrichment.enrichers.relation_reading.frames import (
    EVENTS,
    FUNDING_NOUNS,
    ORDERS,
    OWNERSHIP_SUFFIXES,
    ROLES,
    VERBS,
    cue_words,
)
from services.enrichment.enrichers.relation_reading.nouns import role_facts, suffix_facts
from services.enrichment.enrichers.relation_reading.sentence import Party, PartyKind, Reading, read
from services.enrichment.enrichers.relation_reading.trade import order_facts
from services.enrichment.enrichers.relation_reading.verbs import verb_facts
from services.enrichment.enrichers.relation_reading.words import COMPANY_NOUNS, REPORTS
from shared.events.enrichment import RelationStatus, RelationType

CUE_WORDS = frozenset(cue_words())

_Reader = Callable[[Reading, int], Iterator[Fact]]
_READERS: tuple[tuple[Sequence[str], _Reader], ...] = (
    (tuple(VERBS), verb_facts),
    (tuple(ROLES), role_facts),
    (tuple(EVENTS), event_facts),
    (tuple(OWNERSHIP_SUFFIXES), suffix_facts),
    (tuple(FUNDING_NOUNS), funding_facts),
    (tuple(ORDERS), order_facts),
)
_READERS_OF = {
    word: tuple(reader for words, reader in _READERS if word in words) for cues, _ in _READERS for word in cues
}

_ORGANIZATION: frozenset[PartyKind] = frozenset({"organization"})
_PERSON: frozenset[PartyKind] = frozenset({"person"})
_EITHER = _ORGANIZATION | _PERSON
_COMPANIES = (_ORGANIZATION, _ORGANIZATION)
# Whom a relation may join: subject and object. Two companies where nothing else is said.
_KINDS: dict[RelationType, tuple[frozenset[PartyKind], frozenset[PartyKind]]] = {
    "appoints": (_ORGANIZATION, _PERSON),
    "founded_by": (_ORGANIZATION, _EITHER),
    "acquires": (_EITHER, _ORGANIZATION),
    "invests_in": (_EITHER, _ORGANIZATION),
    "sues": (_EITHER, _EITHER),
}


class SentenceRelation(NamedTuple):
    """A relation between two parties of a sentence.

    Attributes:
        subject, object: ids of the parties.
        cue_start: place in the text of the word that tells of it.
        stake_percent: more than 0, at most 100.
    """

    type: RelationType
    subject: str
    object: str
    status: RelationStatus | None
    stake_percent: float | None
    cue_start: int
    confidence: float


def relations_in(text: str, parties: Sequence[Party]) -> list[SentenceRelation]:
    """The relations between the parties of a sentence, the surest for every two of them, in the order of their cues.

    The parties must be in order and must not overlap; several may have one id.
    """
    reading = read(text, parties)
    surest: dict[frozenset[str], Fact] = {}
    for fact in _facts(reading):
        subject, target = parties[fact.subject], parties[fact.object]
        if subject.id == target.id or not _may_join(fact.type, subject.kind, target.kind):
            continue
        if subject.kind == "person" and _speaks_for_another(reading, fact):
            continue
        pair = frozenset((subject.id, target.id))
        if pair not in surest or surest[pair].confidence < fact.confidence:
            surest[pair] = fact
    return [_relation(reading, fact, parties) for fact in sorted(surest.values(), key=lambda fact: fact.cue)]


def _facts(reading: Reading) -> Iterator[Fact]:
    for at, word in enumerate(reading.words):
        for reader in _READERS_OF.get(word, ()):
            yield from reader(reading, at)


def _may_join(relation: RelationType, subject: PartyKind, target: PartyKind) -> bool:
    subjects, targets = _KINDS.get(relation, _COMPANIES)
    return subject in subjects and target in targets


def _speaks_for_another(reading: Reading, fact: Fact) -> bool:
    """Whether a person only says what a company does: "Ada Byron said the company would buy B"."""
    said = reading.words[fact.first : fact.cue]
    return any(word == "it" or word in COMPANY_NOUNS for word in said) and not REPORTS.isdisjoint(said)


def _relation(reading: Reading, fact: Fact, parties: Sequence[Party]) -> SentenceRelation:
    return SentenceRelation(
        type=fact.type,
        subject=parties[fact.subject].id,
        object=parties[fact.object].id,
        status=status_of(reading, fact),
        stake_percent=stake_percent_of(reading, fact),
        cue_start=reading.spans[fact.cue][0],
        confidence=fact.confidence,
    )
