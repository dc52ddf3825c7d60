"""The subjects of an article, by the terms that speak for them."""

import math
from typing import NamedTuple

from services.enrichment.article_text import ArticleText
from services.enrichment.knowledge_base.knowledge import Knowledge
from services.enrichment.knowledge_base.topic_rules import TermHit, TopicRule
from shared.events.enrichment import Enrichment, Topic

ORIGIN = "rule:2"
_STRONG, _USUAL = 2.0, 0.7
_TITLE_FACTOR = 2.0
# A term that comes up again says less each time; a longer text holds more terms by chance.
_USUAL_LENGTH = 1500
_THRESHOLD = 3.0
# Halfway to certainty at about twice the threshold.
_SCALE = 9.0
_MOST_TOPICS = 8
# What is far weaker than the main subject is not a subject.
_LEAST_SHARE = 0.25


class _Score(NamedTuple):
    rule: TopicRule
    value: float
    terms: tuple[str, ...]


def topics(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> tuple[Topic, ...]:
    """The topics that enough terms speak for, the strongest first, each with its terms in order of their weight."""
    in_title = knowledge.topic_rules.find(article.headline)
    in_text = knowledge.topic_rules.find(article.body)
    damping = max(1.0, math.sqrt(len(article.text) / _USUAL_LENGTH))
    scores = [
        _score(rule, title_hits, text_hits, damping)
        for rule, title_hits, text_hits in _by_rule(in_title, in_text)
        if _may_reach_threshold(title_hits, text_hits, damping)
    ]
    strongest = max((score.value for score in scores), default=0.0)
    bound = max(_THRESHOLD, strongest * _LEAST_SHARE)
    chosen = sorted((s for s in scores if s.value >= bound), key=lambda score: (-score.value, score.rule.id))
    return tuple(_topic(score) for score in chosen[:_MOST_TOPICS])


def _by_rule(in_title: list[TermHit], in_text: list[TermHit]) -> list[tuple[TopicRule, list[TermHit], list[TermHit]]]:
    rules: dict[str, tuple[TopicRule, list[TermHit], list[TermHit]]] = {}
    for hit in in_title:
        rules.setdefault(hit.topic.id, (hit.topic, [], []))[1].append(hit)
    for hit in in_text:
        rules.setdefault(hit.topic.id, (hit.topic, [], []))[2].append(hit)
    return list(rules.values())


def _may_reach_threshold(title_hits: list[TermHit], text_hits: list[TermHit], damping: float) -> bool:
    """Whether terms could make a subject, if each were a word of its own; most rules have a term or two in passing."""
    count = len(title_hits) + len(text_hits)
    if count == 1 and not title_hits:
        return False
    strongest = _STRONG if any(hit.is_strong for hit in (*title_hits, *text_hits)) else _USUAL
    return count * strongest * (_TITLE_FACTOR if title_hits else 1.0) >= _THRESHOLD * damping


def _score(rule: TopicRule, title_hits: list[TermHit], text_hits: list[TermHit], damping: float) -> _Score:
    weights: dict[str, float] = {}
    counts: dict[str, int] = {}
    for hit in (*_widest(title_hits), *_widest(text_hits)):
        weights[hit.words] = max(weights.get(hit.words, 0.0), _STRONG if hit.is_strong else _USUAL)
        counts[hit.words] = counts.get(hit.words, 0) + 1
    titled = {hit.words for hit in title_hits}
    values = {
        words: weight * (1 + math.log(counts[words])) / damping * (_TITLE_FACTOR if words in titled else 1.0)
        for words, weight in weights.items()
    }
    terms = tuple(sorted(values, key=lambda words: (-values[words], words)))
    # One word in passing is no subject, however telling it is.
    is_subject = bool(titled) or len(terms) > 1 or max(counts.values()) > 1
    return _Score(rule, sum(values.values()) if is_subject else 0.0, terms)


def _widest(hits: list[TermHit]) -> list[TermHit]:
    """Without the hits that lie within another: "battery" within "solid-state battery" says nothing more."""
    kept: list[TermHit] = []
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, not hit.is_strong)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept


def _topic(score: _Score) -> Topic:
    return Topic(
        id=score.rule.id,
        label=score.rule.label,
        path=tuple(topic_id for topic_id, _ in score.rule.path),
        path_labels=tuple(label for _, label in score.rule.path),
        terms=score.terms,
        origin=ORIGIN,
        confidence=round(1 - math.exp(-score.value / _SCALE), 3),
    )
