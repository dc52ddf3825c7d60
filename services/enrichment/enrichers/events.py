"""What has happened, by the words that tell of it: launches, layoffs, fines, elections and their like."""

import bisect
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from services.enrichment.article_text import ArticleText, Sentence
from services.enrichment.enrichers.event_rules import NEGATED_BEFORE, OF_RELATIONS, PLACES, RULES, EventRule
from services.enrichment.enrichers.relation_reading.said_dates import date_near
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment, EntityType, Evidence, NewsEvent

ORIGIN = "rule:1"
# The words of events are English.
_LANGUAGE = "en"
_MOST_EVENTS = 20
_MOST_SENTENCES = 200
# What is longer is no sentence but a table, a list of links or an attack.
_LONGEST_SENTENCE = 800
_BESIDE, _ELSEWHERE = 0.75, 0.6
_LEAD_SENTENCES, _LEAD_BONUS = 3, 0.1
_BACK = 40
_MOST_SUBJECTS = 3
_RULES_OF = {
    cue: [at for at, rule in enumerate(RULES) if cue in rule.cues]
    for cue in frozenset().union(*(rule.cues for rule in RULES))
}


class _Named(NamedTuple):
    """An entity where the text names it."""

    start: int
    end: int
    id: str
    type: EntityType


def events(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> tuple[NewsEvent, ...]:
    """The events that the text tells of, in its order, each type once for the same subjects; none but in English."""
    if found.language.code != _LANGUAGE:
        return ()
    best: dict[tuple[str, tuple[str, ...]], NewsEvent] = {}
    for event in (*_of_relations(found), *_told(article, found)):
        best.setdefault((event.type, tuple(sorted(event.subject_ids))), event)
    ordered = sorted(best.values(), key=lambda event: (event.evidence.start, event.type))
    return tuple(_without_parts(ordered))[:_MOST_EVENTS]


def _without_parts(ordered: Sequence[NewsEvent]) -> Iterator[NewsEvent]:
    """Without an event whose subjects are but some of those of another of its type."""
    for event in ordered:
        subjects = set(event.subject_ids)
        if not any(other.type == event.type and subjects < set(other.subject_ids) for other in ordered):
            yield event


def _of_relations(found: Enrichment) -> Iterator[NewsEvent]:
    for relation in found.relations:
        if relation.type in OF_RELATIONS and relation.status != "denied":
            yield NewsEvent(
                type=OF_RELATIONS[relation.type],
                subject_ids=(relation.subject, relation.object),
                date=relation.date,
                evidence=relation.evidence,
                origin=ORIGIN,
                confidence=relation.confidence,
            )


def _told(article: ArticleText, found: Enrichment) -> Iterator[NewsEvent]:
    named = sorted(
        _Named(mention.start, mention.end, entity.id, entity.type)
        for entity in found.entities
        for mention in entity.mentions
        if mention.field == "text"
    )
    starts = [name.start for name in named]
    published = article.published_at.date() if article.published_at else None
    cues = article.body.vocabulary & _RULES_OF.keys()
    sentences = zip(article.body.sentences, article.body.vocabularies, strict=True)
    for number, (sentence, words) in enumerate(islice(sentences, _MOST_SENTENCES)):
        found_cues = cues & words
        if found_cues and len(sentence.text) <= _LONGEST_SENTENCE:
            within = named[bisect.bisect_left(starts, sentence.start) : bisect.bisect_left(starts, sentence.end)]
            for at in sorted({at for cue in found_cues for at in _RULES_OF[cue]}):
                lowered = article.body.lowered[sentence.start : sentence.end]
                yield from _event(RULES[at], sentence, lowered, within, published, is_lead=number < _LEAD_SENTENCES)


def _event(
    rule: EventRule,
    sentence: Sentence,
    lowered: str,
    named: Sequence[_Named],
    published: dt.date | None,
    *,
    is_lead: bool,
) -> Iterator[NewsEvent]:
    if not any(name.type in rule.subjects for name in named) and rule.subjects != PLACES:
        return
    match = rule.pattern.search(lowered)
    if match is None or NEGATED_BEFORE.search(sentence.text, max(0, match.start() - _BACK), match.start()):
        return
    subjects, beside = _subjects(rule, match, sentence, named)
    if subjects or rule.subjects == PLACES:
        yield NewsEvent(
            type=rule.type,
            subject_ids=subjects,
            date=date_near(sentence.text, match.start(), published),
            evidence=Evidence(start=sentence.start, end=sentence.end, text=sentence.text),
            origin=ORIGIN,
            confidence=round((_BESIDE if beside else _ELSEWHERE) + _LEAD_BONUS * is_lead, 2),
        )


def _subjects(
    rule: EventRule, match: re.Match[str], sentence: Sentence, named: Sequence[_Named]
) -> tuple[tuple[str, ...], bool]:
    """The ids of those whom an event happens to, the nearest first, and whether they stand where they should."""
    cue = sentence.start + match.start()
    fitting = [name for name in named if name.type in rule.subjects]
    before = [name.id for name in reversed(fitting) if name.start < cue]
    after = [name.id for name in fitting if name.start >= cue]
    if rule.side == "before":
        chosen, beside = (before[:1], True) if before else (after[:1], False)
    else:
        chosen, beside = [*before[:2], *after[:2]], bool(before)
    return tuple(dict.fromkeys(chosen))[:_MOST_SUBJECTS], beside
