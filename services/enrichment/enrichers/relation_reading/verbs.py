"""Reads relations off verbs: "A acquired B", "B was acquired by A", "A sold B to C", "B raised $5 million from A"."""

from collections.abc import Iterator, Sequence

from services.enrichment.enrichers.relation_reading.arguments import (
    agent_of,
    listed,
    object_marked,
    object_of,
    subject_of,
)
from services.enrichment.enrichers.relation_reading.fact import Fact, facts, facts_among
from services.enrichment.enrichers.relation_reading.frames import FUNDING_NOUNS, SELLS_TO, VERBS, Form, VerbFrame
from services.enrichment.enrichers.relation_reading.offices import appointment, appointment_passive, joining, office
from services.enrichment.enrichers.relation_reading.patients import patient_of
from services.enrichment.enrichers.relation_reading.sentence import Reading
from services.enrichment.enrichers.relation_reading.shares import claim_on_share, share_between
from services.enrichment.enrichers.relation_reading.trade import jointly, paying, sourcing, using
from services.enrichment.enrichers.relation_reading.words import (
    AUXILIARIES,
    CLAUSE_STARTS,
    COMPANY_NOUNS,
    FORMS_OF_BE,
    MONEY_WORDS,
    NAME,
    PARTIAL,
    POSSESSIVES,
    PREPOSITIONS,
    PRONOUNS,
    RELATIVES,
    STAKE_WORDS,
    THINGS,
)
from shared.events.enrichment import MUTUAL_RELATIONS

_BEFORE_VERB = AUXILIARIES | {"to", "and", NAME}
_BEFORE_THIRD_PERSON = COMPANY_NOUNS | RELATIVES | PRONOUNS | {NAME, "and", "that", ","}
_BEFORE_NOUN = POSSESSIVES | {"the", "a", "an", "of", "'s"}
_TO = frozenset({"to"})
_ENDS_SHARE = RELATIVES | CLAUSE_STARTS | PREPOSITIONS - {"of"}
_IN_FOR = frozenset({"in", "for"})
_IN_OF = frozenset({"in", "of"})
_JOINING = (["participating"], ["joining"], ["investing"])
_INCLUDED = frozenset({"included", "include", "including"})
_FURTHEST_BUYER = 12
_FURTHEST_MONEY = 9
_FURTHEST_STAKE = 8
# Before a participle: how far its share may stand: "40 % of B was bought by A".
_SHARE_BEFORE = 10


def verb_facts(reading: Reading, at: int) -> Iterator[Fact]:
    """The relations that the verb at a place tells of; none where the word is no such verb there."""
    words = reading.words
    frames = VERBS[words[at]]
    passive = any(form == "participle" for _, form in frames) and _is_passive(words, at)
    for frame, form in frames:
        end = at + 1 + len(frame.particles)
        if frame.particles and tuple(words[at + 1 : end]) != frame.particles:
            continue
        if passive and form == "participle" and frame.passive:
            yield from _PASSIVES[frame.shape](reading, at, end, frame)
        elif not passive and frame.active and _is_finite(words, at, form, frame) and _is_verb(words, at, form, frame):
            yield from _ACTIVES[frame.shape](reading, at, end, frame)


def _is_finite(words: Sequence[str], at: int, form: Form, frame: VerbFrame) -> bool:
    """Whether a form may govern a clause: a participle after "has", where no finite form looks like it."""
    if form != "participle":
        return True
    return words[at - 1] in ("has", "have", "had") and (frame, "finite") not in VERBS[words[at]]


def _is_passive(words: Sequence[str], at: int) -> bool:
    before = at - 1
    while before >= 0 and (words[before] in PARTIAL or words[before] in ("not", "both", "%")):
        before -= 1
    if before < 0:
        return "by" in words[1:3]
    if words[before] in FORMS_OF_BE:
        return True
    if words[before] == "and" and words[before - 1].endswith(("ed", "ght", "ld")):
        by_someone = "by" in words[at + 1 : at + 7] and NAME not in words[at + 1 : words.index("by", at + 1)]
        return by_someone and any(word in FORMS_OF_BE for word in words[max(0, before - 4) : before - 1])
    return "by" in words[at + 1 : at + 3] and words[before] not in ("has", "have", "had")


def _is_verb(words: Sequence[str], at: int, form: Form, frame: VerbFrame) -> bool:
    if at == 0 or form == "gerund":
        return True
    if frame.noun and form == "base":
        return words[at - 1] in _BEFORE_VERB
    if frame.noun and words[at].endswith("s"):
        return words[at - 1] in _BEFORE_THIRD_PERSON
    return words[at - 1] not in _BEFORE_NOUN


def _plain(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    words = reading.words
    claim = frame.claim
    target = object_of(words, end) if "" in frame.markers else None
    if target is None:
        target = object_marked(words, end, frame.markers)
    subject = subject_of(words, at)
    if target is None and subject is not None and claim.type not in MUTUAL_RELATIONS:
        target = _relative_object(words, subject, at)
    if target is None:
        if subject is not None and claim.type in MUTUAL_RELATIONS:
            yield from facts_among(reading, claim, subject, at)
        return
    if claim.type == "subsidiary_of" and not _is_of_companies(words, at, end, target):
        return
    if frame.tail and tuple(words[target + 1 : target + 1 + len(frame.tail)]) != frame.tail:
        return
    claim = claim_on_share(claim, share_between(reading, at - 1 if at else 0, target))
    places = listed(words, target)
    if subject is None and claim.type == "merges_with":
        yield from facts_among(reading, claim, target, at)
    if subject is not None and subject not in places:
        for place in places:
            yield from facts(reading, claim, subject, place, at)


def _relative_object(words: Sequence[str], subject: int, verb: int) -> int | None:
    """B of "B, which A bought in 2019": the name before a relative clause whose verb has no other object."""
    if subject < 2 or words[subject - 1] not in ("which", "that", "whom"):
        return None
    if any(word not in AUXILIARIES for word in words[subject + 1 : verb]):
        return None
    before = subject - 3 if words[subject - 2] == "," else subject - 2
    return before if before >= 0 and words[before] == NAME else None


def _is_of_companies(words: Sequence[str], at: int, end: int, target: int) -> bool:
    """Whether what is owned is a company rather than brands, ships or stations."""
    if at > 0 and (words[at - 1] in POSSESSIVES or words[at - 1] == "'s"):
        return False
    return not any(word in THINGS for word in (*words[end:target], *words[target + 1 : target + 3]))


def _plain_passive(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    words = reading.words
    patient = patient_of(words, at)
    if patient is None:
        return
    if frame.claim.type in MUTUAL_RELATIONS:
        agent = object_marked(words, end, frame.markers)
        if agent is None:
            yield from facts_among(reading, frame.claim, patient, at)
    else:
        agent = agent_of(words, end)
    if agent is not None and agent != patient:
        claim = claim_on_share(frame.claim, share_between(reading, max(0, at - _SHARE_BEFORE), at))
        for place in listed(words, agent):
            yield from facts(reading, claim, place, patient, at)


def _transfer(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """ "A sold B to C": C acquires B; "A sells pumps to C": A supplies C."""
    words = reading.words
    sold = object_of(words, end)
    buyer = object_marked(words, end if sold is None else sold + 1, _TO, _FURTHEST_BUYER)
    if buyer is None:
        return
    if sold is not None:
        claim = claim_on_share(frame.claim, share_between(reading, end, sold))
        yield from facts(reading, claim, buyer, sold, at)
        return
    seller = subject_of(words, at)
    if seller is not None and words[at] != "sold":
        for place in listed(words, buyer):
            yield from facts(reading, SELLS_TO, seller, place, at)


def _transfer_passive(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    words = reading.words
    sold = patient_of(words, at)
    buyer = object_marked(words, end, _TO, _FURTHEST_BUYER)
    if sold is not None and buyer is not None and sold != buyer:
        claim = claim_on_share(frame.claim, share_between(reading, max(0, at - _SHARE_BEFORE), at))
        for place in listed(words, buyer):
            yield from facts(reading, claim, place, sold, at)


def _funding(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    words = reading.words
    if not any(word in MONEY_WORDS for word in words[end : end + _FURTHEST_MONEY]):
        return
    receiver = subject_of(words, at)
    if receiver is None:
        return
    for place in funders(words, end):
        if place != receiver:
            yield from facts(reading, frame.claim, receiver, place, at)


def funders(words: Sequence[str], start: int) -> Iterator[int]:
    """The places of those who paid: "led by A", "from B and C", "with participation from D"."""
    for at in range(start, len(words)):
        word = words[at]
        if word == "." or (word in ("that", "which") and words[at + 1 : at + 2] not in (["included"], ["include"])):
            return
        by = word == "by" and words[at - 1] in ("led", "co-led", "backed", "joined", "followed")
        named = word in _INCLUDED and words[at - 1] in ("investors", "participants", "backers")
        joined = word == "with" and tuple(words[at + 1 : at + 2]) == (NAME,) and words[at + 2 : at + 3] in _JOINING
        if word == "from" or by or named or joined:
            target = object_of(words, at + 1)
            if target is not None:
                yield from listed(words, target)


def _holding(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    words = reading.words
    for place in range(end, min(len(words), end + _FURTHEST_STAKE)):
        word = words[place]
        if word in STAKE_WORDS or word in ("%", "percent", "cent"):
            target = object_marked(words, place + 1, _IN_OF, 6)
            subject = subject_of(words, at)
            if target is not None and subject is not None and target != subject:
                yield from facts(reading, frame.claim, subject, target, at)
            return
        if word == NAME or word in VERBS or word in _ENDS_SHARE:
            return


def _leading(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """ "A led a $5 million round in B"."""
    words = reading.words
    for place in range(end, min(len(words), end + _FURTHEST_MONEY)):
        if words[place] in FUNDING_NOUNS:
            subject, target = subject_of(words, at), object_marked(words, place + 1, _IN_FOR, 4)
            if subject is not None and target is not None and subject != target:
                yield from facts(reading, frame.claim, subject, target, at)
            return
        if words[place] == NAME or words[place] in CLAUSE_STARTS:
            return


def _never(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """The voice in which verbs of a shape tell nothing."""
    return iter(())


_ACTIVES = {
    "plain": _plain,
    "transfer": _transfer,
    "funding": _funding,
    "holding": _holding,
    "leading": _leading,
    "appointment": appointment,
    "joining": joining,
    "office": office,
    "paying": paying,
    "sourcing": sourcing,
    "using": using,
    "jointly": jointly,
}
_PASSIVES = {
    "plain": _plain_passive,
    "transfer": _transfer_passive,
    "appointment": appointment_passive,
    "funding": _never,
    "holding": _never,
    "leading": _never,
    "joining": _never,
    "office": _never,
    "paying": _never,
    "sourcing": _never,
    "using": _never,
    "jointly": _never,
}
