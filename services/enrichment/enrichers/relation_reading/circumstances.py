"""How far a relation has come, and of what share it is, by the words around its cue."""

from collections.abc import Sequence
from itertools import pairwise

from services.enrichment.enrichers.relation_reading.fact import Fact
from services.enrichment.enrichers.relation_reading.frames import EVENTS, OWNERSHIP_SUFFIXES, ROLES, VERBS
from services.enrichment.enrichers.relation_reading.sentence import Reading
from services.enrichment.enrichers.relation_reading.shares import share_between
from shared.events.enrichment import RelationStatus

_DENIES = frozenset(
    "not never n't won't cannot denied denies denying rejected rejects reject rejecting refused refuses declined "
    "rebuffed failed".split()
)
_ENDS = frozenset(
    "terminated terminates abandoned abandons scrapped scraps cancelled canceled collapsed withdrew withdrawn "
    "withdraws dropped drops unwound dissolved severed shelved axed blocked".split()
)
_ENDING_PAIRS = frozenset(
    {
        ("ended", "its"),
        ("ends", "its"),
        ("ended", "their"),
        ("called", "off"),
        ("walked", "away"),
        ("pulled", "out"),
        ("fell", "through"),
        ("fallen", "through"),
        ("no", "longer"),
    }
)
_DOUBTS = frozenset(
    "may might could reportedly allegedly rumoured rumored rumours rumors talks considering considers weighing "
    "weighs mulling mulls exploring explores eyeing eyes speculation interested negotiations discussions approached "
    "near nears nearing poised".split()
)
_PLANS = frozenset(
    "to will would shall agreed agrees plans planned planning plan intends intended intention intent proposed proposes "
    "offer offered offers bid set expects expected announced announces agreement definitive".split()
)
_DONE = frozenset("completed completes closed finalised finalized concluded sealed has had have been".split())
_LASTING = frozenset("has have holds hold owns own retains retain".split()) | {*ROLES, *OWNERSHIP_SUFFIXES}
_DEEDS = frozenset({"acquires", "merges_with", "invests_in", "appoints", "sues"})
_OF_SHARES = frozenset({"acquires", "invests_in", "subsidiary_of"})
_BOUNDARIES = frozenset(". ;".split())
# How many words before a relation's first and after its last one may still speak of it.
_LEAD, _TRAIL, _NEAR = 4, 8, 3


def status_of(reading: Reading, fact: Fact) -> RelationStatus | None:
    """What became of it: denial and end before doubt, doubt before plan, plan before deed; None for a lasting state."""
    before = _words(reading.words, fact.first - _LEAD, fact.cue, fact.cue)
    if _is_denied(before):
        return "denied"
    around = _words(reading.words, fact.first - _NEAR, fact.last + _TRAIL, fact.cue)
    if not _ENDS.isdisjoint(around) or any(pair in _ENDING_PAIRS for pair in pairwise(around)):
        return "terminated"
    if not _DOUBTS.isdisjoint(before):
        return "rumoured"
    return _stage(reading.words, fact, before)


def _stage(words: Sequence[str], fact: Fact, before: Sequence[str]) -> RelationStatus | None:
    if not {"completed", "closed", "finalised", "finalized"}.isdisjoint(before):
        return "completed"
    if not _PLANS.isdisjoint(before):
        return "announced"
    cue = words[fact.cue]
    if fact.type not in _DEEDS or cue in _LASTING or (cue in EVENTS and cue not in VERBS):
        return None
    past = cue.endswith(("ed", "bought", "took", "taken", "sold")) or not _DONE.isdisjoint(before)
    return "completed" if past else "announced"


def _is_denied(words: Sequence[str]) -> bool:
    return any(word in _DENIES and words[at + 1 : at + 2] != ["only"] for at, word in enumerate(words)) or any(
        pair == ("no", "plans") for pair in pairwise(words)
    )


def _words(words: Sequence[str], start: int, end: int, cue: int) -> Sequence[str]:
    """The words from start to end (exclusive), as far as they are in the sentence of the cue."""
    start, end = max(0, start), min(len(words), end)
    for at in range(cue, start - 1, -1):
        if words[at] in _BOUNDARIES:
            start = at + 1
            break
    for at in range(cue, end):
        if words[at] in _BOUNDARIES:
            end = at
            break
    return words[start:end]


def stake_percent_of(reading: Reading, fact: Fact) -> float | None:
    """The share that changes hands or is held, in percent, where it is said between the parties or right before."""
    if fact.type not in _OF_SHARES:
        return None
    share = share_between(reading, max(0, fact.first - _NEAR), min(len(reading.words), fact.last + 1))
    return share.percent if share else None
