"""Finds what a passive verb is said of: "B was acquired", "B, acquired by A", "a stake in B was bought"."""

from collections.abc import Sequence

from services.enrichment.enrichers.relation_reading.arguments import main_subject, subject_of
from services.enrichment.enrichers.relation_reading.words import (
    AUXILIARIES,
    COMPANY_NOUNS,
    FORMS_OF_BE,
    NAME,
    PARTIAL,
    STAKE_WORDS,
)

_IN_OF = frozenset({"in", "of"})


def patient_of(words: Sequence[str], at: int) -> int | None:
    """What a passive is said of: its subject, or the name right before it ("B, acquired by A")."""
    before = at - 1
    while before >= 0 and words[before] in PARTIAL:
        before -= 1
    if before < 0 or words[before] in FORMS_OF_BE or words[before] in ("not", "and"):
        return _shared(words, before) or subject_of(words, at)
    if words[before] == "," and before > 0:
        before -= 1
    if words[before] == NAME:
        return before
    if words[before] in COMPANY_NOUNS:
        return main_subject(words, before)
    return subject_of(words, at)


def _shared(words: Sequence[str], before: int) -> int | None:
    """B of "a stake in B was bought", "40 % of B was sold"."""
    name = before
    while name > 1 and words[name] in AUXILIARIES:
        name -= 1
    if name < 2 or words[name] != NAME:
        return None
    marker = name - 2 if words[name - 1] == "the" else name - 1
    if words[marker] not in _IN_OF or marker < 1:
        return None
    part = words[marker - 1]
    return name if part in STAKE_WORDS or part in PARTIAL or part in ("%", "percent", "cent") else None
