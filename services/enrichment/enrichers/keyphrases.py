"""The phrases that an article keeps coming back to."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import chain

from services.enrichment.article_text import ArticleText, Passage
from services.enrichment.enrichers.function_words import FUNCTION_WORDS
from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment, Keyphrase

ORIGIN = "rule:1"
_MOST_PHRASES = 8
_LONGEST_PHRASE = 3
# Later in a long article phrases tell little of it. So many sentences hardly ever have so many words.
_MOST_SENTENCES, _MOST_WORDS = 150, 6_000
_SHORTEST_WORD = 2
_CONFIDENCE = 0.7
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
    "doesn didn isn wasn aren weren hasn haven hadn won wouldn couldn shouldn ain re ve ll".split()
)
_COMMON = 0.35
_IN_TITLE, _EARLY = 1.6, 1.2
_EARLY_SHARE = 0.2
# So often a phrase must come up; a single word more often.
_FEWEST, _FEWEST_ALONE = 2, 3
# A phrase far weaker than the strongest tells little.
_LEAST_SHARE = 0.2
_LONGER_SAYS_MORE = 0.7
_BY_LENGTH = tuple(math.pow(words, _LONGER_SAYS_MORE) for words in range(_LONGEST_PHRASE + 1))


_STOP = {language: words | _FILLERS for language, words in FUNCTION_WORDS.items()}


def keyphrases(article: ArticleText, found: Enrichment, knowledge: Knowledge) -> tuple[Keyphrase, ...]:
    """Up to eight phrases of up to three words, the strongest first, scored from 0 to 1; none in other languages.

    A phrase counts by how often it comes up, more if its words are no ordinary ones, stand early or in the title.
    """
    stop = _STOP.get(found.language.code)
    if stop is None:
        return ()
    text, title = article.body.folded, article.headline.folded
    early = math.ceil(_EARLY_SHARE * len(text))
    scores: dict[str, float] = {}
    for key, count in _counted(_looked_at(article.body), text, stop).items():
        is_titled = f" {key} " in title
        if is_titled or count >= (_FEWEST if " " in key else _FEWEST_ALONE):
            # With its blanks it goes on for so many characters from where it begins.
            position = _EARLY if text.find(f" {key} ", 0, early + len(key) + 1) >= 0 else 1.0
            scores[key] = _score(key, count, knowledge.common_words) * position * (_IN_TITLE if is_titled else 1.0)
    chosen = list(_apart(sorted(scores, key=lambda key: (-scores[key], key))))
    phrases = (_phrase(key, scores[key] / scores[chosen[0]], article.body) for key in chosen)
    return tuple(phrase for phrase in phrases if phrase.score >= _LEAST_SHARE and "\n" not in phrase.text)


def _looked_at(body: Passage) -> list[tuple[str, ...]]:
    """The words of the first sentences: each different one costs a look through the whole text."""
    looked_at: list[tuple[str, ...]] = []
    room = _MOST_WORDS
    for words in body.words[:_MOST_SENTENCES]:
        looked_at.append(words[:room])
        room -= len(looked_at[-1])
    return looked_at


def _counted(sentences: Sequence[tuple[str, ...]], text: str, stop: Set[str]) -> dict[str, int]:
    """Each word that comes up often enough, and each run of two or three such words, with how often."""
    frequent = {
        word: count
        for word, count in Counter(chain.from_iterable(sentences)).items()
        if count >= _FEWEST and word not in stop and len(word) >= _SHORTEST_WORD and word[0].isalpha()
    }
    runs: list[tuple[str, ...]] = []
    for words in sentences:
        start, last = 0, -2
        for place in [place for place, word in enumerate(words) if word in frequent]:
            if place > last + 1:
                start = place
            first = max(start, place - _LONGEST_PHRASE + 1)
            runs += [words[begin : place + 1] for begin in range(first, place)]
            last = place
    # Most runs come up once: the others alone are joined.
    often = [" ".join(run) for run, count in Counter(runs).items() if count >= _FEWEST]
    # Words with a mark between them are no phrase: folded, they stand more than one blank apart.
    counted = ((key, text.count(f" {key} ")) for key in often)
    return frequent | {key: count for key, count in counted if count >= _FEWEST}


def _phrase(key: str, share: float, body: Passage) -> Keyphrase:
    """A phrase as the text writes it where it comes first."""
    # Offset i of the folded form is i - 1 in the text.
    start = body.folded.find(f" {key} ")
    end = start + len(key)
    return Keyphrase(
        text=body.text[start:end],
        score=round(share, 3),
        start=start,
        end=end,
        origin=ORIGIN,
        confidence=_CONFIDENCE,
    )


def _score(key: str, count: int, common_words: Set[str]) -> float:
    words = key.split(" ")
    rarity = sum([_COMMON if word in common_words else 1.0 for word in words]) / len(words)
    return rarity * (1 + math.log(count)) * _BY_LENGTH[len(words)]


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
