"""The three sentences of an article that tell the most of it."""

from collections import Counter
from collections.abc import Iterable

from services.enrichment.article_text import CJK, ArticleText, Sentence
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment

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
    read = [pair for pair in zip(body.sentences[:_MOST_SENTENCES], body.words, strict=False) if _is_prose(pair[0])]
    if len(read) <= _SENTENCES:
        return None
    sentences = [sentence for sentence, _ in read]
    words = [_content_words(sentence.text, words, knowledge) for sentence, words in read]
    frequency = Counter(word for of_sentence in words for word in of_sentence)
    title = _content_words(article.title, article.headline.folded.split(), knowledge)
    scores = [
        _weight(of_sentence, frequency) + _TITLE_WEIGHT * _share(of_sentence, title) + _LEAD_WEIGHT / (1 + position)
        for position, of_sentence in enumerate(words)
    ]
    best = sorted(range(len(sentences)), key=lambda position: (-scores[position], position))[:_SENTENCES]
    return " ".join(" ".join(sentences[position].text.split()) for position in sorted(best))


def _is_prose(sentence: Sentence) -> bool:
    shortest = _SHORTEST if sentence.text.isascii() or not CJK.search(sentence.text) else _SHORTEST_CJK
    return shortest <= len(sentence.text) <= _LONGEST


def _content_words(text: str, words: Iterable[str], knowledge: Knowledge) -> set[str]:
    """The words that say what a sentence is about; in Chinese and Japanese every pair of characters."""
    content = {word for word in set(words) - knowledge.common_words if len(word) >= _SHORTEST_WORD}
    if text.isascii() or not CJK.search(text):
        return content
    return content | {text[i : i + 2] for i in range(len(text) - 1) if CJK.match(text, i) and CJK.match(text, i + 1)}


def _weight(words: set[str], frequency: Counter[str]) -> float:
    """How much a sentence says of what the article keeps coming back to, whatever its length."""
    return sum(frequency[word] - 1 for word in words) / (5 + len(words))


def _share(words: set[str], title: set[str]) -> float:
    return len(words & title) / len(title) if title else 0.0
