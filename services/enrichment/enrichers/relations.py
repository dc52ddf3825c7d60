"""Who did what with whom: the relations that the sentences of an article state between its entities."""

import bisect
import datetime as dt
import operator
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.enrichment.article_text import ArticleText, Sentence
from services.enrichment.enrichers.relation_reading.reading import CUE_WORDS, SentenceRelation, relations_in
from services.enrichment.enrichers.relation_reading.said_dates import date_near
from services.enrichment.enrichers.relation_reading.sentence import Party, PartyKind
from services.enrichment.enrichers.relation_reading.words import CAPITALISED_WORDS
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import (
    MUTUAL_RELATIONS,
    Amount,
    Enrichment,
    Entity,
    Evidence,
    Money,
    Relation,
    RelationType,
)

ORIGIN = "rule:2"
# The cues and the order of words are those of English.
_LANGUAGE = "en"
# What is longer is no sentence: a table, a list of links, an attack.
_LONGEST_SENTENCE = 1_000
_MOST_PARTIES = 40
# Two lists in one sentence are hundreds of relations; past this many a page is a table, or an attack.
_MOST_RELATIONS = 300
_KINDS: dict[str, PartyKind] = {"organization": "organization", "person": "person"}
_REFERS_BACK = re.compile(
    r"(?:It|Its|They|Their)\b|The (?:company|firm|group|bank|carmaker|chipmaker|automaker|retailer|startup|start-up)\b"
)
# A sentence read with the one before, which says who "it" is.
_REFERRED = 0.8
_NEXT_WORD = re.compile(r" ([A-Z][\w&-]*)")
_ENDS_OF_COMPANY_NAMES = frozenset(
    "inc corp corporation co company ltd limited llc plc ag se sa nv gmbh group holdings holding technologies "
    "international".split()
)
_PRICED: frozenset[RelationType] = frozenset({"acquires", "invests_in", "merges_with", "supplies", "sues"})
# Of an amount that is not what was paid.
_WORTH_BEFORE = re.compile(
    r"(?:valu\w+|revenues?|sales|profits?|earnings|debts?|assets|turnover|capitali[sz]ation)(?: \w+){0,3} $",
    re.IGNORECASE,
)
_WORTH_AFTER = re.compile(r" (?:valuation|(?:in|of) (?:\w+ )?(?:revenues?|sales|assets|debts?|profits?|turnover)\b)")
# What stands between a price and the noun that it is part of.
_CLOSE = re.compile(r"[ -](?:[\w-]+ ){0,2}")
_LEAD = 40
_START = operator.attrgetter("start")


def relations(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> tuple[Relation, ...]:
    """The first 300 relations that the text states, each once, in the order of their evidence; none but in English.

    Where several sentences state a relation, the one with an amount counts, of these the surest, of these the first.
    """
    if found.language.code != _LANGUAGE:
        return ()
    best: dict[tuple[RelationType, str, str], Relation] = {}
    for relation in _stated(article, found):
        one, other = relation.subject, relation.object
        ordered = sorted((one, other)) if relation.type in MUTUAL_RELATIONS else (one, other)
        key = (relation.type, ordered[0], ordered[1])
        if len(best) == _MOST_RELATIONS and key not in best:
            break
        if key not in best or _weight(relation) > _weight(best[key]):
            best[key] = relation
    return tuple(sorted(best.values(), key=lambda relation: relation.evidence.start))


def _weight(relation: Relation) -> tuple[bool, float]:
    return relation.amount is not None, relation.confidence


def _stated(article: ArticleText, found: Enrichment) -> Iterator[Relation]:
    parties = _parties(article.text, found.entities)
    starts = [party.start for party in parties]
    published = article.published_at.date() if article.published_at else None
    before: Sentence | None = None
    cues = article.body.vocabulary & CUE_WORDS
    for sentence, words in zip(article.body.sentences, article.body.vocabularies, strict=True):
        if not cues.isdisjoint(words) and _has_any(starts, sentence):
            refers = before is not None and _REFERS_BACK.match(sentence.text) is not None
            first = before if before is not None and refers else sentence
            read = parties[bisect.bisect_left(starts, first.start) : bisect.bisect_left(starts, sentence.end)]
            if _may_relate(read) and sentence.end - first.start <= _LONGEST_SENTENCE:
                told = _read(article.text, first.start, sentence, read)
                prices = _prices(article.text, sentence, found.money, [relation.cue_start for relation in told])
                for relation in told:
                    yield _relation(relation, sentence, prices, published, refers=refers)
        before = sentence


def _has_any(starts: Sequence[int], sentence: Sentence) -> bool:
    """Whether one of these places, which are in order, lies within a sentence."""
    first = bisect.bisect_left(starts, sentence.start)
    return first < len(starts) and starts[first] < sentence.end


def _parties(text: str, entities: Iterable[Entity]) -> list[Party]:
    parties = [
        Party(entity.id, _kind(entity, text, mention.end), mention.start, mention.end)
        for entity in entities
        for mention in entity.mentions
        if mention.field == "text"
    ]
    return sorted(parties, key=lambda party: party.start)


def _kind(entity: Entity, text: str, end: int) -> PartyKind:
    """What an entity is where it is named; within a longer name it is no party: "Acme Workers Union"."""
    kind = _KINDS.get(entity.type, "other")
    if kind == "organization" and (following := _NEXT_WORD.match(text, end)) is not None:
        word = following[1].lower()
        return kind if word in _ENDS_OF_COMPANY_NAMES or word in CAPITALISED_WORDS else "other"
    return kind


def _may_relate(parties: Sequence[Party]) -> bool:
    if not 2 <= len(parties) <= _MOST_PARTIES:
        return False
    return len({party.id for party in parties if party.kind != "other"}) > 1


def _read(text: str, start: int, sentence: Sentence, parties: Sequence[Party]) -> list[SentenceRelation]:
    """The relations that a sentence tells of, with the text before it from start on; places count in the whole text."""
    shifted = [party._replace(start=party.start - start, end=party.end - start) for party in parties]
    told = relations_in(text[start : sentence.end], shifted)
    placed = [relation._replace(cue_start=relation.cue_start + start) for relation in told]
    return [relation for relation in placed if relation.cue_start >= sentence.start]


def _relation(
    read: SentenceRelation,
    sentence: Sentence,
    prices: Mapping[int, Amount],
    published: dt.date | None,
    *,
    refers: bool,
) -> Relation:
    return Relation(
        type=read.type,
        subject=read.subject,
        object=read.object,
        amount=prices.get(read.cue_start) if read.type in _PRICED else None,
        stake_percent=read.stake_percent,
        date=date_near(sentence.text, read.cue_start - sentence.start, published),
        status=read.status,
        evidence=Evidence(start=sentence.start, end=sentence.end, text=sentence.text),
        origin=ORIGIN,
        confidence=round(read.confidence * (_REFERRED if refers else 1), 2),
    )


def _prices(text: str, sentence: Sentence, money: Sequence[Money], cues: Sequence[int]) -> dict[int, Amount]:
    """The first price that belongs to each cue of a sentence; amounts of money are given in the order of the text."""
    prices: dict[int, Amount] = {}
    if cues and money:
        first, behind = (bisect.bisect_left(money, place, key=_START) for place in (sentence.start, sentence.end))
        for amount in money[first:behind]:
            if _is_price(amount, sentence):
                prices.setdefault(_cue_of(amount, text, cues), amount.as_part())
    return prices


def _cue_of(amount: Money, text: str, cues: Sequence[int]) -> int:
    """The cue that an amount belongs to: the one right after it ("its $5 billion purchase of"), else the one before."""
    after = [cue for cue in cues if cue >= amount.end]
    before = [cue for cue in cues if cue < amount.start]
    if after and (not before or _CLOSE.fullmatch(text, amount.end, min(after))):
        return min(after)
    return max(before)


def _is_price(amount: Money, sentence: Sentence) -> bool:
    start, end = amount.start - sentence.start, amount.end - sentence.start
    lead = sentence.text[max(0, start - _LEAD) : start]
    return _WORTH_BEFORE.search(lead) is None and _WORTH_AFTER.match(sentence.text, end) is None
