"""How well what was extracted agrees with what is true."""

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

SHINGLE_WORDS = 4


@dataclass(frozen=True)
class Score:
    """The means over all pages, each between 0 and 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score_of(pairs: Sequence[tuple[str, str]]) -> Score:
    """The measure of the article extraction benchmark, of (extracted, true) texts.

    Counted shingles of four words; a page with an empty side is undefined for the measure that divides by it; the F1 is
    that of the two means.
    """
    counted = [(_shingles(extracted), _shingles(true)) for extracted, true in pairs]
    precisions = [(found & gold).total() / found.total() for found, gold in counted if found]
    recalls = [(found & gold).total() / gold.total() for found, gold in counted if gold]
    return Score(precision=_mean(precisions), recall=_mean(recalls))


def word_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """The measure of WCXB, of (extracted, true) texts: F1 of counted words, in lower case, averaged over the pages."""
    return _mean([_overlap(_words(extracted), _words(true)) for extracted, true in pairs])


def same_title(said: str | None, true: str) -> bool:
    return _plain(said) == _plain(true)


def same_authors(said: Sequence[str], true: str) -> bool:
    """Whether the same names are named, whatever joins them."""
    return {_plain(name) for text in said for name in _names(text)} == {_plain(name) for name in _names(true)}


def _names(text: str) -> list[str]:
    return [name for name in re.split(r"[;,&\n|/]|\band\b", text) if _plain(name)]


def _plain(text: str | None) -> str:
    return re.sub(r"\W+", " ", html.unescape(text or "").casefold()).strip()


def _overlap(found: Counter[str], gold: Counter[str]) -> float:
    common = (found & gold).total()
    return 2 * common / (found.total() + gold.total()) if common else 0.0


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + SHINGLE_WORDS]) for at in range(max(1, len(words) - SHINGLE_WORDS + 1)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
