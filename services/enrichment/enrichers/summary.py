"""The three sentences of an article that tell the most of it."""

from collections import Counter
from collections.abc import Set
from itertools import chain

from services.enrichment.article_text import CJK, ArticleText, Passage, Sentence
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment

ORIGIN = "rule:1"
_CONFIDENCE = 0.7
_SENTENCES = 3
# What comes later in the news matters less; past this many sentences nothing is looked at.
_MOST_SENTENCES = 60
_SHORTEST, _LONGEST = 40, 400
_SHORTEST_CJK = 12
_SHORTEST_WORD = 3
_TITLE_WEIGHT, _LEAD_WEIGHT = 2.0, 1.5


def summary(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> str | None:
    """Three whole sentences in their order, joined by blanks; None for a text that has no more than these."""
    body = article.body
    first = zip(body.sentences[:_MOST_SENTENCES], body.vocabularies, strict=False)
    read = [pair for pair in first if _is_prose(pair[0])]
    if len(read) <= _SENTENCES:
        return None
    sentences = [sentence for sentence, _ in read]
    content = _content(body, knowledge)
    words = [_content_words(sentence.text, words & content, pairs=body.has_cjk) for sentence, words in read]
    frequency = Counter(chain.from_iterable(words))
    title = _content_words(article.title, _content(article.headline, knowledge), pairs=article.headline.has_cjk)
    scores = [
        _weight(of_sentence, frequency) + _TITLE_WEIGHT * _share(of_sentence, title) + _LEAD_WEIGHT / (1 + position)
        for position, of_sentence in enumerate(words)
    ]
    best = sorted(range(len(sentences)), key=lambda position: (-scores[position], position))[:_SENTENCES]
    return " ".join(" ".join(sentences[position].text.split()) for position in sorted(best))


def summary_origin(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> str:
    """What chooses the sentences of the summary."""
    return ORIGIN


def summary_confidence(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> float | None:
    """How sure it is that they tell the most; None where there is no summary."""
    return None if found.summary is None else _CONFIDENCE


def _is_prose(sentence: Sentence) -> bool:
    length = len(sentence.text)
    if _SHORTEST <= length <= _LONGEST:
        return True
    return _SHORTEST_CJK <= length < _SHORTEST and CJK.search(sentence.text) is not None


def _content(passage: Passage, knowledge: Knowledge) -> Set[str]:
    """The words of a passage that say what it is about."""
    return {word for word in passage.vocabulary - knowledge.common_words if len(word) >= _SHORTEST_WORD}


def _content_words(text: str, words: Set[str], *, pairs: bool) -> Set[str]:
    """These words of a text; in Chinese and Japanese every pair of characters, too."""
    if not pairs:
        return words
    return words | {text[i : i + 2] for i in range(len(text) - 1) if CJK.match(text, i) and CJK.match(text, i + 1)}


def _weight(words: Set[str], frequency: Counter[str]) -> float:
    """How much a sentence says of what the article keeps coming back to, whatever its length."""
    return (sum(map(frequency.__getitem__, words)) - len(words)) / (5 + len(words))


def _share(words: Set[str], title: Set[str]) -> float:
    return len(words & title) / len(title) if title else 0.0
