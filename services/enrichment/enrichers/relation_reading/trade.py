"""Reads who pays, buys from and works with whom, by verbs whose object is a thing: "A buys chips from B"."""

from collections.abc import Iterator, Sequence

from services.enrichment.enrichers.relation_reading.arguments import listed, object_marked, subject_of
from services.enrichment.enrichers.relation_reading.fact import Fact, facts, facts_among
from services.enrichment.enrichers.relation_reading.frames import Claim, VerbFrame
from services.enrichment.enrichers.relation_reading.sentence import Reading
from services.enrichment.enrichers.relation_reading.words import (
    AUXILIARIES,
    CLAUSE_STARTS,
    COMPANY_NOUNS,
    CONTROL,
    DETERMINERS,
    MONEY_WORDS,
    NAME,
    PARTS,
    RELATIVES,
    STAKE_WORDS,
    THINGS,
)

_FROM = frozenset({"from"})
_BY = frozenset({"by"})
# What may change hands between companies without a sale of goods.
# A single thing, "a building", is no supply.
_NO_GOODS = (
    COMPANY_NOUNS
    | STAKE_WORDS
    | THINGS
    | (DETERMINERS - {"all", "some", "these", "those", "any"})
    | (PARTS - {"all", "some", "two", "three", "several"})
)
_MADE = frozenset("made built supplied designed developed manufactured produced provided".split())
_ENDS_OBJECT = RELATIVES | CLAUSE_STARTS | {NAME, ","}
_CHAIN = AUXILIARIES | CONTROL
_FURTHEST = 9
_WINS = frozenset(
    "win wins won winning receive receives received secure secures secured land lands landed book books booked "
    "bag bags bagged get gets got".split()
)
_PLACES = frozenset("place places placed placing".split())
_SHARED = frozenset({"jointly", "together"})
_SUPPLIED_TO_ORDER = Claim("supplies", 0.7)


def paying(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """ "A put $5 million into B"."""
    words = reading.words
    target = object_marked(words, end, frame.markers)
    subject = subject_of(words, at)
    if target is None or subject is None or target == subject or NAME in words[end:target]:
        return
    if "$" in words[end:target] or not MONEY_WORDS.isdisjoint(words[end:target]):
        for place in listed(words, target):
            yield from facts(reading, frame.claim, subject, place, at)


def sourcing(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """ "A buys chips from B": things, and no company or part of one."""
    words = reading.words
    maker = object_marked(words, end, _FROM, _FURTHEST)
    buyer = subject_of(words, at)
    if maker is None or buyer is None or maker == buyer or not _CHAIN.issuperset(words[buyer + 1 : at]):
        return  # "A allowed customers to buy books from B"
    bought = words[end : words.index("from", end)]
    if bought and _NO_GOODS.isdisjoint(bought) and NAME not in bought and "$" not in bought:
        for place in listed(words, maker):
            yield from facts(reading, frame.claim, buyer, place, at)


def using(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """ "A uses chips made by B"."""
    words = reading.words
    user = subject_of(words, at)
    made = _made(words, end)
    maker = None if made is None else object_marked(words, made + 1, _BY, 2)
    if user is not None and maker is not None and user != maker:
        for place in listed(words, maker):
            yield from facts(reading, frame.claim, user, place, at)


def _made(words: Sequence[str], start: int) -> int | None:
    for at in range(start, min(len(words), start + _FURTHEST)):
        if words[at] in _MADE:
            return at
        if words[at] in _ENDS_OBJECT:
            return None
    return None


def jointly(reading: Reading, at: int, end: int, frame: VerbFrame) -> Iterator[Fact]:
    """ "A and B jointly developed the engine", "A is building a plant together with B"."""
    words = reading.words
    if words[at - 1] not in _SHARED and _SHARED.isdisjoint(words[end : end + _FURTHEST]):
        return
    subject = subject_of(words, at)
    if subject is None:
        return
    partner = object_marked(words, end, frozenset({"with"}), _FURTHEST)
    if partner is None:
        yield from facts_among(reading, frame.claim, subject, at)
    elif partner != subject:
        yield from facts(reading, frame.claim, subject, partner, at)


def order_facts(reading: Reading, at: int) -> Iterator[Fact]:
    """ "A won an order from B", "B placed an order with A"."""
    words = reading.words
    verb = next((place for place in range(at - 1, max(-1, at - 8), -1) if words[place] in _WINS | _PLACES), None)
    if verb is None or NAME in words[verb:at]:
        return
    placed = words[verb] in _PLACES
    other = object_marked(words, at + 1, frozenset({"with"}) if placed else _FROM, 4)
    subject = subject_of(words, verb)
    if other is None or subject is None or other == subject:
        return
    maker, buyer = (other, subject) if placed else (subject, other)
    yield from facts(reading, _SUPPLIED_TO_ORDER, maker, buyer, at)
