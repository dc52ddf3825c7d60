"""Texts for tests of stories: any number of them, each with words, names and figures of its own."""

import random
from functools import lru_cache

from services.enrichment.stories.fingerprint import fingerprint
from services.enrichment.stories.placing import Newcomer
from services.enrichment.stories.subject import Draft
from tests.builders import an_article

_SYLLABLES = (
    "ba",
    "co",
    "den",
    "fir",
    "gul",
    "hom",
    "jes",
    "kit",
    "lor",
    "mun",
    "nep",
    "ost",
    "pra",
    "rin",
    "sul",
    "tev",
)


@lru_cache(maxsize=64)
def prose(seed: int, words: int = 240) -> str:
    """A text with capitalised names and figures among its words; no two seeds share a run of four words."""
    rng = random.Random(seed)
    stock = ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(120)]
    names = [word.capitalize() for word in rng.sample(stock, 12)]
    sentences: list[str] = []
    written = 0
    while written < words:
        said = rng.choices(stock, k=rng.randint(8, 16))
        said.insert(rng.randrange(1, len(said)), rng.choice(names))
        said.insert(rng.randrange(1, len(said)), str(rng.randint(11, 99_999)))
        sentences.append(" ".join(said).capitalize() + ".")
        written += len(said)
    return " ".join(sentences)


def cut(text: str, share: float) -> str:
    """The first words of a text."""
    words = text.split()
    return " ".join(words[: round(len(words) * share)])


def a_newcomer(number: int, text: str | None = None, event: int | None = None, **fields) -> Newcomer:
    """Of a text and on an event of its own, where none is given."""
    told = prose(number) if text is None else text
    first = 100 * (number if event is None else event)
    features = dict.fromkeys(range(first, first + 20), 1.0)
    return Newcomer(an_article(number, text=told, **fields), Draft("en", features), fingerprint(told))
