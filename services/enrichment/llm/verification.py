"""What of a language model's answer is true of the article: only what its own words bear out is taken over.

A model may be wrong, and an article may talk to it. So nothing that a model writes becomes text of ours: evidence must
stand in the article letter by letter and name the entities, an amount must be one that was read there, a summary
consists of the article's sentences, and ids are those of entities that were recognised without the model.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.enrichment.article_text import ArticleText, Sentence
from services.enrichment.llm.answer import Answer, ToldEvent, ToldQuote, ToldRelation
from shared.events.enrichment import Amount, Enrichment, Entity, Evidence, Mention, Money, NewsEvent, Quote, Relation

# What one article may gain; a model that answers more repeats itself.
_MOST_OF_A_KIND = 30
_MOST_SUBJECTS = 10
_SUMMARY_SENTENCES = 3
_LONGEST_EVIDENCE = 1_000
_LONGEST_SPEAKER = 100
_SHORTEST_QUOTE = 10
# Less than a rule that fired: the words are there, that they mean it is the model's opinion.
_CONFIDENCE = 0.6
_OPENING, _CLOSING = "\"“„«'‘「『", "\"”“»'’」』"
# A sentence that speaks to a reader of prompts reports nothing.
_ADDRESSES_A_MODEL = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,60}\b(?:instructions?|prompts?|orders)\b"
    r"|\bsystem prompt\b|\b(?:output|respond|answer|reply) (?:only|with|the following)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass
class Verdict:
    """What an article gains from an answer, and how much of the answer was turned down.

    Attributes:
        enrichment: that of before with what was added.
        accepted: by kind (relation, quote, event, summary), how many.
        refused: the same of what the article does not bear out.
    """

    enrichment: Enrichment
    accepted: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


def verified(
    article: ArticleText, found: Enrichment, sentences: Sequence[Sentence], answer: Answer, origin: str
) -> Verdict:
    """`found` with what the answer adds to it; what the enrichers found stays as it is, the summary apart.

    Args:
        sentences: that the model saw, by number.
        origin: marks all that comes from the model.
    """
    check = _Check(article, found, origin)
    relations = [check.relation(told) for told in answer.relations[:_MOST_OF_A_KIND]]
    quotes = [check.quote(told) for told in answer.quotes[:_MOST_OF_A_KIND]]
    events = [check.event(told) for told in answer.events[:_MOST_OF_A_KIND]]
    summary = _summary(sentences, answer.summary)
    added = {
        "relations": (*found.relations, *_new_relations(found.relations, relations)),
        "quotes": (*found.quotes, *_new_quotes(found.quotes, quotes)),
        "events": (*found.events, *_new_events(found.events, events)),
    }
    update: dict[str, object] = dict(added)
    if summary is not None:
        update |= {"summary": summary, "summary_origin": origin, "summary_confidence": _CONFIDENCE}
    verdict = Verdict(found.model_copy(update=update))
    for kind, told in (("relation", relations), ("quote", quotes), ("event", events)):
        verdict.refused[kind] = told.count(None)
        verdict.accepted[kind] = len(told) - told.count(None)
    verdict.accepted["summary"] = int(summary is not None)
    verdict.refused["summary"] = int(summary is None and bool(answer.summary))
    return verdict


class _Check:
    """One article, and what may be said of it."""

    def __init__(self, article: ArticleText, found: Enrichment, origin: str) -> None:
        self._text = article.text
        self._origin = origin
        self._money = found.money
        self._entities = {entity.id: entity for entity in found.entities}
        self._by_name = _names(found.entities)

    def relation(self, told: ToldRelation) -> Relation | None:
        """The relation, where one passage names both sides."""
        evidence = self._evidence(told.evidence)
        subject, thing = self._entity(told.subject), self._entity(told.object)
        if evidence is None or subject is None or thing is None or subject.id == thing.id:
            return None
        if not (_named_in(subject, evidence) and _named_in(thing, evidence)):
            return None
        return Relation(
            type=told.type,
            subject=subject.id,
            object=thing.id,
            amount=self._amount(told.amount, evidence),
            status=told.status,
            evidence=evidence,
            origin=self._origin,
            confidence=_CONFIDENCE,
        )

    def quote(self, told: ToldQuote) -> Quote | None:
        """The quote, where the article has it between quotation marks and names the speaker."""
        text = told.text.strip().strip(_OPENING + _CLOSING)
        speaker = self._entity(told.speaker)
        name = speaker.name if speaker else " ".join(told.speaker.split())[:_LONGEST_SPEAKER]
        start = self._quoted_at(text)
        if start is None or not name or not (speaker or name in self._text):
            return None
        if _ADDRESSES_A_MODEL.search(text):
            return None
        return Quote(
            text=text,
            speaker=name,
            speaker_id=speaker.id if speaker else None,
            start=start,
            end=start + len(text),
            origin=self._origin,
            confidence=_CONFIDENCE,
        )

    def event(self, told: ToldEvent) -> NewsEvent | None:
        """The event, with those subjects that its passage names; at least one."""
        evidence = self._evidence(told.evidence)
        if evidence is None:
            return None
        named = (self._entity(subject) for subject in told.subjects[:_MOST_SUBJECTS])
        subjects = dict.fromkeys(entity.id for entity in named if entity and _named_in(entity, evidence))
        if not subjects:
            return None
        return NewsEvent(
            type=told.type,
            subject_ids=tuple(subjects),
            evidence=evidence,
            origin=self._origin,
            confidence=_CONFIDENCE,
        )

    def _entity(self, said: str) -> Entity | None:
        """By its id, or by a name that the article has for it."""
        return self._entities.get(said) or self._by_name.get(said.strip().casefold())

    def _evidence(self, said: str) -> Evidence | None:
        passage = said.strip()
        start = self._text.find(passage) if passage and len(passage) <= _LONGEST_EVIDENCE else -1
        if start < 0 or _ADDRESSES_A_MODEL.search(passage):
            return None
        return Evidence(start=start, end=start + len(passage), text=passage)

    def _amount(self, said: str | None, evidence: Evidence) -> Amount | None:
        """The amount that was read where the model points; never a number of the model's own."""
        if not said or (at := evidence.text.find(said.strip())) < 0:
            return None
        start = evidence.start + at
        read = next((m for m in self._money if _overlap(m, start, start + len(said.strip()))), None)
        return read.as_part() if read else None

    def _quoted_at(self, text: str) -> int | None:
        """Where the text stands right after an opening quotation mark, with a closing one behind it."""
        if len(text) < _SHORTEST_QUOTE:
            return None
        for match in re.finditer(re.escape(text), self._text):
            before = self._text[match.start() - 1 : match.start()]
            after = self._text[match.end() : match.end() + 2]
            if before and before in _OPENING and any(mark in after for mark in _CLOSING):
                return match.start()
        return None


def _names(entities: Iterable[Entity]) -> Mapping[str, Entity]:
    names: dict[str, Entity] = {}
    for entity in entities:
        for name in (entity.name, *(mention.text for mention in entity.mentions)):
            names.setdefault(name.casefold(), entity)
    return names


def _named_in(entity: Entity, evidence: Evidence) -> bool:
    def within(mention: Mention) -> bool:
        return mention.field == "text" and evidence.start <= mention.start and mention.end <= evidence.end

    return any(within(mention) for mention in entity.mentions)


def _overlap(money: Money, start: int, end: int) -> bool:
    return money.start < end and start < money.end


def _new_relations(known: Sequence[Relation], told: Iterable[Relation | None]) -> Iterator[Relation]:
    seen = {(relation.type, relation.subject, relation.object) for relation in known}
    for relation in told:
        if relation and (key := (relation.type, relation.subject, relation.object)) not in seen:
            seen.add(key)
            yield relation


def _new_quotes(known: Sequence[Quote], told: Iterable[Quote | None]) -> Iterator[Quote]:
    taken = [(quote.start, quote.end) for quote in known]
    for quote in told:
        if quote and not any(start < quote.end and quote.start < end for start, end in taken):
            taken.append((quote.start, quote.end))
            yield quote


def _new_events(known: Sequence[NewsEvent], told: Iterable[NewsEvent | None]) -> Iterator[NewsEvent]:
    seen = {(event.type, event.subject_ids) for event in known}
    for event in told:
        if event and (key := (event.type, event.subject_ids)) not in seen:
            seen.add(key)
            yield event


def _summary(sentences: Sequence[Sentence], numbers: Iterable[int]) -> str | None:
    """The sentences with these numbers, in the order of the text; None where that leaves none."""
    chosen = sorted({number for number in numbers if 0 <= number < len(sentences)})[:_SUMMARY_SENTENCES]
    said = [" ".join(sentences[number].text.split()) for number in chosen]
    return " ".join(text for text in said if not _ADDRESSES_A_MODEL.search(text)) or None
