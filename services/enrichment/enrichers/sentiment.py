"""The tone of an article: how much of its words is good news, and how much bad."""

from collections.abc import Iterator, Mapping, Sequence, Set

from services.enrichment.article_text import ArticleText
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment, Sentiment

ORIGIN = "lexicon:1"
# The lexicon is English.
_LANGUAGE = "en"
# So much tone on both sides is no evidence yet: an article of a few mild words stays neutral.
_NO_EVIDENCE = 4.0
# The tone of 100 words that a neutral article has anyway.
_USUAL_PER_WORD = 0.02
_TITLE_WEIGHT = 2.0
_NEUTRAL_BELOW = 0.2
# What is said of a word that is denied: "not good" is less bad than "bad".
_DENIED = -0.6
_NEGATIONS = frozenset("not no never without cannot neither nor hardly barely t".split())
_REACH = 3
# Words on which a tone turns: what stands behind them reverses what is reduced or avoided.
_REDUCING = frozenset(
    "avoid avoids avoided prevent prevents prevented reduce reduces reduced cut cuts end ends".split()
)
_MOST_WORDS = 3_000


def sentiment(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> Sentiment | None:
    """The tone of title and text; None for another language than English, and for an article without words."""
    if found.language.code != _LANGUAGE:
        return None
    tones = knowledge.sentiment_words
    good = bad = 0.0
    count = 0
    for weight, passage in ((_TITLE_WEIGHT, article.headline), (1.0, article.body)):
        toned = passage.vocabulary & tones.keys()
        for words, vocabulary in zip(passage.words, passage.vocabularies, strict=True):
            looked_at = words[: _MOST_WORDS - count]
            count += len(looked_at)
            if toned.isdisjoint(vocabulary):
                continue
            for tone in _tones(looked_at, toned, tones):
                if tone > 0:
                    good += weight * tone
                else:
                    bad -= weight * tone
    if not count:
        return None
    score = round((good - bad) / (good + bad + _NO_EVIDENCE + _USUAL_PER_WORD * count), 3)
    evidence = good + bad
    return Sentiment(label=_label(score), score=score, origin=ORIGIN, confidence=_confidence(score, evidence))


def _tones(words: Sequence[str], toned: Set[str], tones: Mapping[str, float]) -> Iterator[float]:
    """The tones of those of a sentence's words that are toned, reversed where they are denied or reduced."""
    for index in [index for index, word in enumerate(words) if word in toned]:
        tone, before = tones[words[index]], words[max(0, index - _REACH) : index]
        denied = not _NEGATIONS.isdisjoint(before) or (tone < 0 and not _REDUCING.isdisjoint(before))
        yield tone * _DENIED if denied else tone


def _label(score: float) -> str:
    if abs(score) < _NEUTRAL_BELOW:
        return "neutral"
    return "positive" if score > 0 else "negative"


def _confidence(score: float, evidence: float) -> float:
    """How far the score lies from the border between two labels, and how many words speak for it."""
    distance = min(1.0, abs(abs(score) - _NEUTRAL_BELOW) / 0.4)
    return round(0.4 + 0.3 * distance + 0.2 * evidence / (evidence + 10), 2)
