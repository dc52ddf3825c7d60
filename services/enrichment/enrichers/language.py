"""The language of an article: by its script where that decides, else by the statistics of its letters."""

import re
from functools import cache
from typing import Protocol

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.function_words import FUNCTION_WORDS
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment, Language

# So many characters decide; more only cost time (1,000 three times as much).
_SAMPLE = 320
_FEWEST_LETTERS = 20
_FEWEST_IDEOGRAPHS = 4
# Below this the model wavers, and what the page declares decides where the model finds it possible.
_DOUBT = 0.8
# Little words that decide: so many, such a share of all words, and so many times those of any other language.
_FEWEST_LITTLE_WORDS, _LITTLE_SHARE, _AHEAD = 8, 0.25, 3
_BY_WORDS = 0.98
ORIGIN, MODEL_ORIGIN = "rule:1", "model:py3langid"
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
_LETTER = re.compile(r"[^\W\d_]")
_UNDECIDED = Language(code="und", confidence=0.0)


def language(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> Language:
    """The language of title and text; "und" where there is too little of either."""
    sample = f"{article.title}\n{article.text[:_SAMPLE]}"
    letters = sum(map(str.isalpha, sample)) if sample.isascii() else len(_LETTER.findall(sample))
    by_script = _by_script(sample, letters)
    if by_script is not None:
        return by_script
    if letters < _FEWEST_LETTERS:
        return _UNDECIDED
    by_words = _by_little_words(sample)
    if by_words is not None:
        return by_words
    return _by_letters(sample, (article.language_hint or "")[:2].lower())


def _by_script(sample: str, letters: int) -> Language | None:
    """Chinese, Japanese or Korean where their characters are a third of all letters and more."""
    if sample.isascii():
        return None
    kana, han, hangul = (len(pattern.findall(sample)) for pattern in (_KANA, _HAN, _HANGUL))
    ideographs = kana + han + hangul
    if ideographs < _FEWEST_IDEOGRAPHS or ideographs * 3 < letters:
        return None
    if hangul > kana + han:
        return Language(code="ko", confidence=1.0, origin=ORIGIN)
    # Japanese prose is at least a third kana; a Chinese text may quote a few.
    return Language(code="ja" if kana * 10 > han else "zh", confidence=0.95, origin=ORIGIN)


def _by_little_words(sample: str) -> Language | None:
    """The language whose little words make up so much of the sample that no other can be meant.

    Takes 0.02 ms, where the statistics of letters take 0.4 ms.
    """
    words = sample.lower().split()
    counts = sorted((sum(map(little.__contains__, words)), code) for code, little in FUNCTION_WORDS.items())
    (second, _), (most, code) = counts[-2:]
    if most >= _FEWEST_LITTLE_WORDS and most >= _LITTLE_SHARE * len(words) and most >= _AHEAD * second:
        return Language(code=code, confidence=_BY_WORDS, origin=ORIGIN)
    return None


class _Identifier(Protocol):
    def classify(self, text: str) -> tuple[str, float]: ...

    def rank(self, text: str) -> list[tuple[str, float]]: ...


@cache
def _identifier() -> _Identifier:
    identifier: _Identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    return identifier


def _by_letters(sample: str, hint: str) -> Language:
    code, confidence = _identifier().classify(sample)
    if hint and confidence < _DOUBT:
        likeliest = dict(_identifier().rank(sample)[:3])
        code, confidence = (hint, likeliest[hint]) if hint in likeliest else (code, confidence)
    return Language(code=code, confidence=min(1.0, round(float(confidence), 3)), origin=MODEL_ORIGIN)
