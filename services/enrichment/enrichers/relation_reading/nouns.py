"""Reads relations off nouns for roles: "A is a subsidiary of B", "A's investors include B", "B-owned A"."""

from collections.abc import Iterator, Sequence

from services.enrichment.enrichers.relation_reading.arguments import listed, main_subject, object_of, subject_of
from services.enrichment.enrichers.relation_reading.fact import Fact, facts
from services.enrichment.enrichers.relation_reading.frames import OWNERSHIP_SUFFIXES, ROLES, RoleFrame
from services.enrichment.enrichers.relation_reading.sentence import Reading
from services.enrichment.enrichers.relation_reading.words import (
    AUXILIARIES,
    CLAUSE_STARTS,
    FORMS_OF_BE,
    NAME,
    OFFICES,
    POSSESSIVES,
    PREPOSITIONS,
    RELATIVES,
    REPORTS,
)

_COPULAS = FORMS_OF_BE | {"became", "become", "becomes", "remains", "remained"}
_INCLUDES = frozenset("include includes included including are were like : ranging namely".split())
_COUNTS = frozenset("count counts counted counting list lists name names has have".split())
_ORGANISATION = frozenset("company firm group".split())
_NO_DESCRIPTION = PREPOSITIONS | RELATIVES | CLAUSE_STARTS | AUXILIARIES
_ENDS_LIST = RELATIVES | {NAME, ".", ";"}
# How many words may stand between a noun and the words that belong to it.
_FURTHEST_BEARER = 8
_FURTHEST_OWNER = 4
_FURTHEST_INTRODUCER = 7
_FURTHEST_MARKER = 6


def role_facts(reading: Reading, at: int) -> Iterator[Fact]:
    """The relations that a noun such as "subsidiary" or "investors" tells of: by the first construction that fits."""
    frame = ROLES[reading.words[at]]
    for construction in (_described, _listed, _named, _possessed, _modified, _counted, _apposed):
        found = list(construction(reading, at, frame))
        if found:
            yield from found
            return


def _described(reading: Reading, at: int, frame: RoleFrame) -> Iterator[Fact]:
    """ "A is a subsidiary of B", "A, a subsidiary of B", "A is the founder and head of B"."""
    words = reading.words
    after = _marker(words, at, frame)
    owner = None if after is None else object_of(words, after + 1)
    if owner is None or (frame.claim.type == "subsidiary_of" and words[owner + 1 : owner + 2] == ["'s"]):
        return  # "part of B's strategy"
    bearer = _bearer(words, at, owner)
    if bearer is not None and bearer != owner:
        for place in listed(words, owner):
            yield from facts(reading, frame.claim, bearer, place, at)


def _marker(words: Sequence[str], at: int, frame: RoleFrame) -> int | None:
    """The place of the preposition before the other party, past "company" and "and chief executive"."""
    after = at + 1
    if words[after : after + 1] and words[after] in _ORGANISATION:
        after += 1
    if words[after : after + 1] == ["and"]:
        for place in range(after + 1, min(len(words), after + _FURTHEST_MARKER)):
            if words[place] in frame.markers:
                return place
            if words[place] in _NO_DESCRIPTION or not words[place][0].isalpha():
                return None
    return after if after < len(words) and words[after] in frame.markers else None


def _bearer(words: Sequence[str], noun: int, owner: int) -> int | None:
    """Of whom a noun is said, to the left of it: before a copula or a comma, or after an opening "as a"."""
    at = noun - 1
    while at >= 0 and noun - at <= _FURTHEST_BEARER:
        word = words[at]
        if word in _COPULAS:
            return subject_of(words, at)
        if word == ",":
            return _before_comma(words, at)
        if word == NAME:
            return at if noun - at == 1 else None
        if word == "as":
            return _as_one(words, at, noun, owner)
        if word == "of" and words[at - 1] in ("one", "some"):
            at -= 1
        elif word in _NO_DESCRIPTION and word not in ("not", "never", "n't"):
            return None
        at -= 1
    return None


def _as_one(words: Sequence[str], at: int, noun: int, owner: int) -> int | None:
    if words[noun] == "part":
        return None  # "bought B as part of a plan": what is a part is another thing
    if at > 0:
        return main_subject(words, at - 1)
    return object_of(words, owner + 2, _FURTHEST_OWNER) if words[owner + 1 : owner + 2] == [","] else None


def _before_comma(words: Sequence[str], comma: int) -> int | None:
    return comma - 1 if comma > 0 and words[comma - 1] == NAME else None


def _listed(reading: Reading, at: int, frame: RoleFrame) -> Iterator[Fact]:
    """ "A's investors include B and C", "clients of A such as B", "A works with clients including B"."""
    words = reading.words
    start = at + 1 + (words[at + 1 : at + 2] == ["made"])
    owner: int | None = None
    if start < len(words) and words[start] in frame.markers:
        owner = object_of(words, start + 1)
        if owner is None:
            return
        start = owner + 1
    introducer = _introducer(words, start)
    target = None if introducer is None else object_of(words, introducer + 1)
    if target is None:
        return
    owner = _owner(words, at) if owner is None else owner
    if owner is not None and owner != target:
        for place in listed(words, target):
            yield from facts(reading, frame.claim, place, owner, at)


def _introducer(words: Sequence[str], start: int) -> int | None:
    for at in range(start, min(len(words), start + _FURTHEST_INTRODUCER)):
        if words[at] in _INCLUDES or (words[at] == "as" and words[at - 1] == "such"):
            return at
        if words[at] in _ENDS_LIST:
            return None
    return None


def _owner(words: Sequence[str], at: int) -> int | None:
    """Whose role a noun tells: the possessor before it, else whom the sentence or the one before is about."""
    before = at - 1
    while before >= 0 and at - before <= _FURTHEST_OWNER:
        word = words[before]
        if word == "'s":
            return before - 1 if before > 0 and words[before - 1] == NAME else None
        if word == NAME:
            return before
        if word in POSSESSIVES or word in REPORTS or word in _NO_DESCRIPTION or not word[0].isalpha():
            break
        before -= 1
    if ROLES[words[at]].claim.type == "competes_with" and (before < 0 or words[before] not in POSSESSIVES):
        return None  # bare "rivals" are more often another's
    return main_subject(words, before, across=True)


def _named(reading: Reading, at: int, frame: RoleFrame) -> Iterator[Fact]:
    """ "B's subsidiary A", "B supplier A", "its parent company B"."""
    words = reading.words
    named = at + 1
    while named < len(words) and (words[named] in _ORGANISATION or words[named] == ","):
        named += 1
    if frame.claim.type == "founded_by" and words[named : named + 1] == ["and"]:
        named = _past_offices(words, named + 1)
    if named >= len(words) or words[named] != NAME:
        return
    before = at - 1
    while before >= 0 and at - before <= _FURTHEST_OWNER:
        if not words[before][0].isalpha() or words[before] in POSSESSIVES:
            break
        if words[before] in _NO_DESCRIPTION:
            return
        before -= 1
    owner = _possessor(words, before)
    if owner is not None and owner != named:
        yield from facts(reading, frame.claim, named, owner, at)


def _past_offices(words: Sequence[str], at: int) -> int:
    """The place after "chief executive" of "founder and chief executive P"."""
    while at < len(words) and words[at] in OFFICES:
        at += 1
    return at


def _possessor(words: Sequence[str], at: int) -> int | None:
    """The name at or before a place, or the one that its "its" stands for."""
    if at < 0:
        return None
    if words[at] in POSSESSIVES:
        return main_subject(words, at)
    at -= words[at] == "'s"
    return at if at >= 0 and words[at] == NAME else None


def _possessed(reading: Reading, at: int, frame: RoleFrame) -> Iterator[Fact]:
    """ "B's A unit", "its A subsidiary"."""
    words = reading.words
    bearer = at - 1
    if frame.claim.type != "subsidiary_of" or frame.claim.inverse or bearer < 1 or words[bearer] != NAME:
        return
    owner = _possessor(words, bearer - 1) if words[bearer - 1] == "'s" or words[bearer - 1] in POSSESSIVES else None
    if owner is not None and owner != bearer:
        yield from facts(reading, frame.claim, bearer, owner, at)


def _modified(reading: Reading, at: int, frame: RoleFrame) -> Iterator[Fact]:
    """ "A is a B subsidiary", "A, a B subsidiary"."""
    words = reading.words
    owner = at - 1
    if owner < 2 or words[owner] != NAME or words[owner - 1] not in ("a", "an", "the"):
        return
    before = owner - 2
    bearer = subject_of(words, before) if words[before] in _COPULAS else None
    if words[before] == ",":
        bearer = _before_comma(words, before)
    if bearer is not None and bearer != owner:
        yield from facts(reading, frame.claim, bearer, owner, at)


def _counted(reading: Reading, at: int, frame: RoleFrame) -> Iterator[Fact]:
    """ "B counts A among its investors"."""
    words = reading.words
    among = next((place for place in range(at - 1, max(0, at - _FURTHEST_OWNER), -1) if words[place] == "among"), None)
    if among is None or words[among - 1] != NAME or among < 2:
        return
    owner = subject_of(words, among - 2) if words[among - 2] in _COUNTS else None
    if owner is not None and owner != among - 1:
        yield from facts(reading, frame.claim, among - 1, owner, at)


def _apposed(reading: Reading, at: int, frame: RoleFrame) -> Iterator[Fact]:
    """ "A, B's biggest customer, …"."""
    words = reading.words
    if words[at + 1 : at + 2] == [NAME]:
        return
    owner = next((p - 1 for p in range(at - 1, max(2, at - _FURTHEST_OWNER), -1) if words[p] == "'s"), None)
    if owner is not None and words[owner - 1 : owner + 1] == [",", NAME] and words[owner - 2] == NAME:
        yield from facts(reading, frame.claim, owner - 2, owner, at)


def suffix_facts(reading: Reading, at: int) -> Iterator[Fact]:
    """ "B-owned A", "B-backed A"."""
    words = reading.words
    target = object_of(words, at + 1, _FURTHEST_MARKER)
    if at > 0 and words[at - 1] == NAME and target is not None:
        yield from facts(reading, OWNERSHIP_SUFFIXES[words[at]], at - 1, target, at)
