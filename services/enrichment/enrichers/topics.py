"""The subjects of an article, by the terms that speak for them."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from services.enrichment.article_text import ArticleText, Passage
from services.enrichment.knowledge_base.knowledge import Knowledge
from services.enrichment.knowledge_base.topic_rules import Place, TopicRule, whole_words
from shared.events.enrichment import Enrichment, Topic

ORIGIN = "rule:3"
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


class _Term(NamedTuple):
    """The whole words of a term where it stands: their span in folded text."""

    words: str
    is_strong: bool
    start: int
    end: int


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
        _score(knowledge.topic_rules[topic_id], _terms(article.headline, titled), _terms(article.body, told), damping)
        for topic_id in in_title | in_text
        if _may_reach_threshold(titled := in_title.get(topic_id, ()), told := in_text.get(topic_id, ()), damping)
    ]
    strongest = max((score.value for score in scores), default=0.0)
    bound = max(_THRESHOLD, strongest * _LEAST_SHARE)
    chosen = sorted((s for s in scores if s.value >= bound), key=lambda score: (-score.value, score.rule.id))
    return tuple(_topic(score) for score in chosen[:_MOST_TOPICS])


def _may_reach_threshold(titled: Sequence[Place], told: Sequence[Place], damping: float) -> bool:
    """Whether terms could make a subject, if each were a word of its own; most rules have a term or two in passing."""
    count = len(titled) + len(told)
    if count == 1 and not titled:
        return False
    least = _THRESHOLD * damping / (count * (_TITLE_FACTOR if titled else 1.0))
    return least <= _USUAL or (least <= _STRONG and any(is_strong for _, _, is_strong, _ in (*titled, *told)))


def _terms(passage: Passage, places: Sequence[Place]) -> list[_Term]:
    """The words at these places of a passage."""
    folded = passage.folded
    spans = [(*whole_words(passage, place), place[2]) for place in places]
    return [_Term(folded[start:end], is_strong, start, end) for start, end, is_strong in spans]


def _score(rule: TopicRule, in_title: list[_Term], in_text: list[_Term], damping: float) -> _Score:
    weights: dict[str, float] = {}
    counts: dict[str, int] = {}
    for term in (*_widest(in_title), *_widest(in_text)):
        weights[term.words] = max(weights.get(term.words, 0.0), _STRONG if term.is_strong else _USUAL)
        counts[term.words] = counts.get(term.words, 0) + 1
    titled = {term.words for term in in_title}
    values = {
        words: weight * (1 + math.log(counts[words])) / damping * (_TITLE_FACTOR if words in titled else 1.0)
        for words, weight in weights.items()
    }
    terms = tuple(sorted(values, key=lambda words: (-values[words], words)))
    # One word in passing is no subject, however telling it is.
    is_subject = bool(titled) or len(terms) > 1 or max(counts.values()) > 1
    return _Score(rule, sum(values.values()) if is_subject else 0.0, terms)


def _widest(terms: list[_Term]) -> list[_Term]:
    """Without the terms that lie within another: "battery" within "solid-state battery" says nothing more."""
    kept: list[_Term] = []
    for term in sorted(terms, key=lambda term: (term.start, -term.end, not term.is_strong)):
        if not kept or term.end > kept[-1].end:
            kept.append(term)
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
