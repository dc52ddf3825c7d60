"""How far a relation has come, and of what share it is, by the words around its cue."""

from collections.abc import Sequence
from itertools import pairwise

from services.enrichment.enrichers.relation_reading.fact import Fact
from services.enrichment.enrichers.relation_reading.frames import EVENTS, OWNERSHIP_SUFFIXES, ROLES, VERBS
from services.enrichment.enrichers.relation_reading.sentence import Reading
from services.enrichment.enrichers.relation_reading.shares import share_between, share_reached
from services.enrichment.enrichers.relation_reading.words import STAKE_WORDS
from shared.events.enrichment import RelationStatus

_DENIES = frozenset(
    "not never n't cannot denied denies denying rejected rejects reject rejecting refused refuses declined "
    "rebuffed failed".split()
)
_ENDS = frozenset(
    "terminated terminates abandoned abandons scrapped scraps cancelled canceled collapsed withdrew withdrawn "
    "withdraws dropped drops unwound dissolved severed shelved axed blocked".split()
)
_ENDING_PAIRS = frozenset(
    {
        *((verb, whose) for verb in ("end", "ends", "ended", "ending") for whose in ("its", "their")),
        ("called", "off"),
        ("walked", "away"),
        ("pulled", "out"),
        ("fell", "through"),
        ("fallen", "through"),
        ("no", "longer"),
    }
)
# Who sold a stake holds none; who sold a part of it does.
_SOLD = frozenset("sold offloaded divested dumped unloaded relinquished".split())
_A_PART = frozenset("part some half portion quarter third of".split())
_DOUBTS = frozenset(
    "may might could reportedly allegedly rumoured rumored rumours rumors talks considering considers weighing "
    "weighs mulling mulls exploring explores eyeing eyes speculation interested negotiations discussions approached "
    "near nears nearing poised discussing suitor suitors".split()
)
_DOUBTING_PAIRS = frozenset({("close", "to"), ("asked", "about")})
_OFFERS = frozenset("bid offer approach".split())
_PLANS = frozenset(
    "to will would shall agreed agrees plans planned planning plan intends intended intention intent proposed proposes "
    "offer offered offers bid set expects expected announced announces agreement definitive".split()
)
_CLOSED = frozenset("completed closed finalised finalized".split())
_SUITORS = frozenset("suitor suitors bidder bidders".split())
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
    if _has_sold(reading.words, fact):
        return "terminated"
    if not _DOUBTS.isdisjoint(before) or any(pair in _DOUBTING_PAIRS for pair in pairwise(before)):
        return "rumoured"
    return _stage(reading.words, fact, before)


def _stage(words: Sequence[str], fact: Fact, before: Sequence[str]) -> RelationStatus | None:
    if not _CLOSED.isdisjoint(before):
        return "completed"
    if not _PLANS.isdisjoint(before):
        return "announced"
    cue = words[fact.cue]
    if cue in EVENTS and not _CLOSED.isdisjoint(_words(words, fact.last + 1, fact.last + 1 + _NEAR, fact.cue)):
        return "completed"
    is_offer = cue in _OFFERS or (cue in EVENTS and not _OFFERS.isdisjoint(words[fact.cue + 1 : fact.cue + 2]))
    if is_offer and fact.type == "acquires":
        return "announced"
    if cue in _SUITORS:
        return "rumoured"
    if fact.type not in _DEEDS or cue in _LASTING or (cue in EVENTS and cue not in VERBS):
        return None
    past = cue.endswith(("ed", "bought", "took", "taken", "sold")) or not _DONE.isdisjoint(before)
    return "completed" if past else "announced"


def _has_sold(words: Sequence[str], fact: Fact) -> bool:
    """Whether what is told of is a stake that its holder sold as a whole."""
    if words[fact.cue] in _SOLD:
        return False  # the buyer's stake
    told = words[fact.first : fact.last]
    is_stake = fact.type == "invests_in" and not STAKE_WORDS.isdisjoint(told)
    return is_stake and not _SOLD.isdisjoint(told) and _A_PART.isdisjoint(told)


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
    reached = share_reached(reading, fact.last + 1) if fact.type == "invests_in" else None
    if reached is not None:
        return reached
    share = share_between(reading, max(0, fact.first - _NEAR), min(len(reading.words), fact.last + 1))
    return share.percent if share else None
