"""Articles of about 500 words, made by shuffling the sentences of the bundled newsroom; each is another."""

import random
import re
from datetime import timedelta

from services.newsroom.articles import load_articles
from shared.clock import from_ms
from shared.events.articles import ArticleCrawled
from tests.builders import an_article

WORDS = 500
_SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z“\"])")
_MINUTES_APART = 1


def shuffled(number: int, now_ms: int) -> list[ArticleCrawled]:
    """So many articles, published minute after minute until now.

    Sentences keep their words, so that enrichment finds what it finds in real texts; their order tells no story.
    """
    rng, known = random.Random(1), sentences()
    made = []
    for at in range(number):
        moment = from_ms(now_ms) - timedelta(minutes=_MINUTES_APART * (number - at))
        made.append(
            an_article(
                at,
                title=a_title(known, rng),
                text=a_text(known, rng),
                published_at=moment,
                fetched_at=moment,
                first_seen_at=moment,
            )
        )
    return made


def sentences() -> list[str]:
    """The English sentences of the bundled newsroom's stories."""
    return [
        sentence
        for article in load_articles()
        if article.language == "en"
        for paragraph in article.body.split("\n\n")
        if not paragraph.startswith(("#", ">", "-", "|", "!", "<"))
        for sentence in sentences_of(paragraph.replace("\n", " "))
    ]


def sentences_of(paragraph: str) -> list[str]:
    """A paragraph, cut where a sentence ends and another begins."""
    return _SENTENCE_END.split(paragraph)


def a_title(known: list[str], rng: random.Random) -> str:
    """One of the sentences, cut to the length of a headline."""
    return rng.choice(known)[:90].rstrip(".,")


def a_text(known: list[str], rng: random.Random) -> str:
    """About WORDS words of these sentences, in paragraphs."""
    paragraphs, words = [], 0
    while words < WORDS:
        chosen = rng.sample(known, 4)
        words += sum(len(sentence.split()) for sentence in chosen)
        paragraphs.append(" ".join(chosen))
    return "\n\n".join(paragraphs)
