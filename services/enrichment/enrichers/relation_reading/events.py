"""Reads relations off nouns for events: "the acquisition of B by A", "A's partnership with B", "funding from B"."""

from collections.abc import Iterator, Sequence

from services.enrichment.enrichers.relation_reading.arguments import (
    listed,
    main_subject,
    marked,
    next_subject,
    object_marked,
    object_of,
    subject_of,
)
from services.enrichment.enrichers.relation_reading.fact import Fact, facts, facts_among
from services.enrichment.enrichers.relation_reading.frames import (
    CONTRACTS,
    EVENTS,
    FUNDING_NOUNS,
    SUPPLIED_UNDER_CONTRACT,
    EventFrame,
)
from services.enrichment.enrichers.relation_reading.sentence import Reading
from services.enrichment.enrichers.relation_reading.verbs import funders
from services.enrichment.enrichers.relation_reading.words import AUXILIARIES, NAME, POSSESSIVES, PREPOSITIONS

_BETWEEN = frozenset({"with", "between", "among", "of"})
_GIVERS = frozenset({"by", "from"})
_OFFERS = frozenset({"bid", "offer", "approach"})
_TAKING_OVER = frozenset(
    "takeover buyout acquisition hostile unsolicited all-share all-stock all-cash rejected rejects accepted accepts "
    "rebuffed spurned".split()
)
_TARGETS = frozenset({"in", "for"})
_SUPPORT_VERBS = frozenset(
    "form forms formed forming announce announced announces sign signed signs strike struck make made makes enter "
    "entered launch launched launches establish established create created reached have has had forge forged agreed "
    "discuss discussed discussing explore explored exploring consider considered considering "
    "unveil unveiled set expand expanded deepen deepened renew renewed extend extended end ends "
    "ended ending dissolve dissolved".split()
)
_BEFORE_DOER = PREPOSITIONS | POSSESSIVES | {"the", "a", "an", ","}
_FURTHEST_DOER = 6
_FURTHEST_MARKER = 6
_FURTHEST_TARGET = 7


def event_facts(reading: Reading, at: int) -> Iterator[Fact]:
    """The relations that a noun such as "acquisition" or "partnership" tells of."""
    words = reading.words
    if at > 0 and (words[at - 1] == "to" or words[at - 1] in AUXILIARIES):
        return  # the verb of the same form
    frame = EVENTS[words[at]]
    yield from _mutual(reading, at, frame) if frame.mutual else _deed(reading, at, frame)


def _mutual(reading: Reading, at: int, frame: EventFrame) -> Iterator[Fact]:
    words = reading.words
    after = marked(words, at + 1, _BETWEEN, _FURTHEST_MARKER)
    claim = frame.claim
    if words[at + 1 : at + 3] == ["of", "understanding"]:
        after = marked(words, at + 3, _BETWEEN, _FURTHEST_MARKER)
    if after is None and words[at] in CONTRACTS:
        after, claim = marked(words, at + 1, _GIVERS, 3), SUPPLIED_UNDER_CONTRACT
    if after is None:
        makers = _makers(words, at)
        if makers is not None:
            yield from facts_among(reading, claim, makers, at)
        return
    target = object_of(words, after)
    if target is None:
        return
    if words[after - 1] in ("between", "among", "of"):
        yield from facts_among(reading, claim, target, at)
        return
    subject = _doer(words, at)
    if subject is not None and subject != target:
        for place in listed(words, target):
            yield from facts(reading, claim, subject, place, at)


def _makers(words: Sequence[str], at: int) -> int | None:
    """The subject of the verb that a noun is the object of: "A and B formed a partnership"."""
    for before in range(at - 1, max(-1, at - 1 - _FURTHEST_DOER), -1):
        word = words[before]
        if word in _SUPPORT_VERBS:
            return subject_of(words, before)
        if word in PREPOSITIONS or word in (NAME, "'s", ","):
            return None
    return None


def _doer(words: Sequence[str], at: int) -> int | None:
    """Who did what a noun tells of: its possessor, whom the clause is about, or the name after an opening phrase."""
    before = at - 1
    while before >= 0 and at - before <= _FURTHEST_DOER:
        word = words[before]
        if word == "'s":
            return before - 1 if before > 0 and words[before - 1] == NAME else None
        if word == NAME:
            return before
        if word in _BEFORE_DOER:
            break
        before -= 1
    found = main_subject(words, before)
    return next_subject(words, at + 1) if found is None else found


def _deed(reading: Reading, at: int, frame: EventFrame) -> Iterator[Fact]:
    """ "the acquisition of B by A", "A's acquisition of B", "its acquisition by A"."""
    words = reading.words
    after = marked(words, at + 1, frame.markers | _GIVERS, 5)
    other = None if after is None else object_of(words, after)
    if after is None or other is None:
        return
    is_for = words[at + 1 : at + 2] == ["for"]
    if words[at] == "offer" and not is_for and _TAKING_OVER.isdisjoint(words[max(0, at - _FURTHEST_DOER) : at + 3]):
        return  # of a job, a price or a loan
    if words[after - 1] in _GIVERS:
        target = object_marked(words, other + 1, frame.markers, 4)
        if words[after - 1] == "by" and target is not None and target != other:
            yield from _between(reading, frame, other, target, at)
        elif words[after - 1] == "by" or words[after - 2] in _OFFERS:
            yield from _deed_by(reading, at, frame, other)
        return
    agent = object_marked(words, other + 1, frozenset({"by"}), 4)
    agent = _doer(words, at) if agent is None else agent
    if agent is not None and agent != other:
        for place in listed(words, other):
            yield from facts(reading, frame.claim, agent, place, at)


def _between(reading: Reading, frame: EventFrame, agent: int, target: int, at: int) -> Iterator[Fact]:
    """ "a lawsuit filed by A against B", "the takeover by A of B"."""
    for place in listed(reading.words, target):
        yield from facts(reading, frame.claim, agent, place, at)


def _deed_by(reading: Reading, at: int, frame: EventFrame, agent: int) -> Iterator[Fact]:
    target = _doer(reading.words, at)
    if target is not None and target != agent:
        for place in listed(reading.words, agent):
            yield from facts(reading, frame.claim, place, target, at)


def funding_facts(reading: Reading, at: int) -> Iterator[Fact]:
    """ "A $5 million round in A was led by B", "A won backing from B"."""
    words = reading.words
    receiver = object_marked(words, at + 1, _TARGETS, _FURTHEST_TARGET)
    start = at + 1 if receiver is None else receiver
    if receiver is None and words[at] != "investments" and "from" in words[at + 1 : at + 3]:
        receiver = main_subject(words, at)
    if receiver is None:
        return
    for place in funders(words, start):
        if place != receiver:
            yield from facts(reading, FUNDING_NOUNS[words[at]], place, receiver, at)
