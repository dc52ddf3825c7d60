"""The messages of the benchmarks: crawled articles of about 4 KB as JSON, each another."""

import random

from shared.events.articles import ArticleCrawled
from tests.builders import an_article

_WORDS = 430


def articles(number: int, seed: int = 1) -> list[ArticleCrawled]:
    """So many articles; their payloads have some 3,800 bytes, a news report of 430 words."""
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices("etaoinshrdlu", k=rng.randint(2, 10))) for _ in range(3000)]
    return [an_article(n, text=" ".join(rng.choices(vocabulary, k=_WORDS))) for n in range(1, number + 1)]
