"""The phrases that an article keeps coming back to."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Set

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.function_words import FUNCTION_WORDS
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment, Keyphrase

ORIGIN = "rule:1"
_MOST_PHRASES = 8
_LONGEST_PHRASE = 3
# Later in a long article phrases tell little of it.
_MOST_CHARACTERS = 12_000
_MARKS = ".,;:!?…\"'“”‘’„«»‹›()[]{}<>–—-/|*·•#"
_POSSESSIVES = ("'s", "’s")
# Words that fill the news whatever it is about: they part phrases as function words do.
_FILLERS = frozenset(
    "said says say told tell tells added adds according announced reported reports expected expects plans planned "
    "made make makes making take takes took taken taking get gets got give gives gave given go goes going went come "
    "comes came see seen saw use used uses using put set part parts way ways thing things lot year years month "
    "months week weeks day days time times hour hours minute minutes today yesterday tomorrow monday tuesday "
    "wednesday thursday friday saturday sunday january february march april june july august september october "
    "november december percent per cent million billion trillion thousand hundred first second third last next new "
    "three four five six seven eight nine ten people mr mrs ms dr well even still already every around nearly "
    "almost far long like back never ever always often another become became becomes began begin begins called call "
    "keep kept need needs want wants work works worked working found find help helped including include includes "
    "included later earlier good great big small large high low old less least half whole however among per via don "
    "doesn didn isn wasn".split()
)
_COMMON = 0.35
_IN_TITLE, _EARLY = 1.6, 1.2
_EARLY_SHARE = 0.2
# So often a phrase must come up; a single word more often.
_FEWEST, _FEWEST_ALONE = 2, 3
# A phrase far weaker than the strongest tells little.
_LEAST_SHARE = 0.2
_LONGER_SAYS_MORE = 0.7


_STOP = {language: words | _FILLERS for language, words in FUNCTION_WORDS.items()}


def keyphrases(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> tuple[Keyphrase, ...]:
    """Up to eight phrases of up to three words, the strongest first, scored from 0 to 1; none in other languages.

    A phrase counts by how often it comes up, more if its words are no ordinary ones, stand early or in the title.
    """
    stop = _STOP.get(found.language.code)
    if stop is None:
        return ()
    in_title = set(_Phrases(article.title, stop).places(1))
    phrases = _Phrases(article.text[:_MOST_CHARACTERS], stop)
    places = phrases.places(_FEWEST)
    scores = {
        key: _score(key, count, knowledge.common_words)
        * (_IN_TITLE if key in in_title else 1.0)
        * (_EARLY if first < len(phrases) * _EARLY_SHARE else 1.0)
        for key, (first, count) in places.items()
        if key in in_title or count >= (_FEWEST if " " in key else _FEWEST_ALONE)
    }
    chosen = list(_apart(sorted(scores, key=lambda key: (-scores[key], key))))
    shares = [(key, scores[key] / scores[chosen[0]]) for key in chosen]
    return tuple(
        Keyphrase(text=phrases.written(key, places[key][0]), score=round(share, 3), origin=ORIGIN, confidence=0.7)
        for key, share in shares
        if share >= _LEAST_SHARE
    )


class _Phrases:
    """The words of a text, with the marks beside them, as phrases are made of them."""

    def __init__(self, text: str, stop: Set[str]) -> None:
        self._tokens = text.split()
        self._words = [token.strip(_MARKS) for token in self._tokens]
        self._lowered = [_bare(word.lower()) for word in self._words]
        self._stop = stop

    def __len__(self) -> int:
        return len(self._tokens)

    def places(self, fewest: int) -> dict[str, tuple[int, int]]:
        """Each word, and each run of two or three, that comes up often enough: its first place, and how often."""
        stop, lowered = self._stop, self._lowered
        frequent = {
            word: count
            for word, count in Counter(lowered).items()
            if count >= fewest and word not in stop and word[:1].isalpha()
        }
        runs: dict[str, list[int]] = {}
        start = 0
        for place, word in enumerate(lowered):
            if word not in frequent:
                start = place + 1
                continue
            token = self._tokens[place]
            if token[0] in _MARKS:
                start = place
            for begin in range(max(start, place - _LONGEST_PHRASE + 1), place):
                runs.setdefault(" ".join(lowered[begin : place + 1]), []).append(begin)
            if token[-1] in _MARKS or self._words[place].endswith(_POSSESSIVES):
                start = place + 1
        # Read backwards, so that the first place of each word is the one that stays.
        firsts = dict(zip(reversed(lowered), range(len(lowered) - 1, -1, -1), strict=True))
        alone = {word: (firsts[word], count) for word, count in frequent.items()}
        return alone | {key: (at[0], len(at)) for key, at in runs.items() if len(at) >= fewest}

    def written(self, key: str, begin: int) -> str:
        """The phrase with a key as it stands at a place."""
        return " ".join(self._words[begin : begin + key.count(" ") + 1])[: len(key)]


def _bare(word: str) -> str:
    return word[:-2] if word.endswith(_POSSESSIVES) else word


def _score(key: str, count: int, common_words: Set[str]) -> float:
    words = key.split(" ")
    rarity = sum(_COMMON if word in common_words else 1.0 for word in words) / len(words)
    return rarity * (1 + math.log(count)) * math.pow(len(words), _LONGER_SAYS_MORE)


def _apart(keys: Iterable[str]) -> Iterator[str]:
    """The first keys of which none is part of another."""
    chosen: list[str] = []
    for key in keys:
        padded = f" {key} "
        if not any(padded in f" {other} " or f" {other} " in padded for other in chosen):
            chosen.append(key)
            yield key
            if len(chosen) == _MOST_PHRASES:
                return
