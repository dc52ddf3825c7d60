"""Reads who is given an office by whom: "A appointed P", "P was named head of A", "P joined A as its head"."""

from collections.abc import Iterator, Sequence

from services.enrichment.enrichers.relation_reading.arguments import agent_of, object_marked, object_of, subject_of
from services.enrichment.enrichers.relation_reading.fact import Fact, facts
from services.enrichment.enrichers.relation_reading.frames import VerbFrame
from services.enrichment.enrichers.relation_reading.patients import patient_of
from services.enrichment.enrichers.relation_reading.sentence import Reading
from services.enrichment.enrichers.relation_reading.words import NAME, OFFICES, RELATIVES

_OFFICE_MARKERS = frozenset({"of", "at", "by"})
_ENDS_OFFICE = RELATIVES | frozenset(". ; : , after before when while".split())
_FURTHEST_EMPLOYER = 12
_FURTHEST_OFFICE = 9


def appointment(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """ "A appointed P"."""
    employer, appointed = subject_of(reading.words, at), object_of(reading.words, end)
    if employer is not None and appointed is not None and employer != appointed:
        yield from facts(reading, frame.claim, employer, appointed, at)


def appointment_passive(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """ "P was named head of A", "P was hired by A"."""
    words = reading.words
    appointed = patient_of(words, at)
    end += words[end : end + 1] == ["to"]
    employer = object_marked(words, end, _OFFICE_MARKERS, _FURTHEST_EMPLOYER)
    if employer is None:
        employer = agent_of(words, end)
    if appointed is not None and employer is not None and appointed != employer:
        yield from facts(reading, frame.claim, employer, appointed, at)


def joining(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """ "P joined A as its head"."""
    words = reading.words
    employer, appointed = object_of(words, end, 3), subject_of(words, at)
    if employer is None or appointed is None or employer == appointed:
        return
    if "as" in words[employer + 1 : employer + 4]:
        yield from facts(reading, frame.claim, appointed, employer, at)


def office(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """ "P will become chief executive of A", "P takes over as head of A", "P succeeds Q as A's chairman"."""
    words = reading.words
    held = _office_after(words, end)
    appointed = subject_of(words, at)
    if held is None or appointed is None:
        return
    employer = object_marked(words, held + 1, _OFFICE_MARKERS, 4)
    if employer is None:
        employer = _owner_before(words, end, held)
    if employer is not None and employer != appointed:
        yield from facts(reading, frame.claim, employer, appointed, at)


def _office_after(words: Sequence[str], start: int) -> int | None:
    """The place of the last word of the office that is named behind a verb."""
    found: int | None = None
    for at in range(start, min(len(words), start + _FURTHEST_OFFICE)):
        if words[at] in _ENDS_OFFICE:
            break
        if words[at] in OFFICES:
            found = at
        elif found is not None:
            break
    return found


def _owner_before(words: Sequence[str], start: int, held: int) -> int | None:
    """A of "A's chairman" and "A chief executive"."""
    for at in range(held - 1, start - 1, -1):
        if words[at] == NAME:
            return at
        if words[at] != "'s" and words[at] not in OFFICES:
            return None
    return None
