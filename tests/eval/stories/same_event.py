"""Two articles on one event, made of one newspaper article: its odd sentences and its even ones.

They have no sentence in common, nor one head; who wrote them is the same, which two newspapers' accounts would not be.
All are published within a day and placed by the real thing, over a broker of its own.
"""

import hashlib
import itertools
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from services.enrichment.article_text import ArticleText, Passage
from services.enrichment.enrich import Pipeline
from services.enrichment.stories.fingerprint import Fingerprint, fingerprint, likeness
from services.enrichment.stories.placing import Newcomer, PlaceArticles
from services.enrichment.stories.state import StoryState
from services.enrichment.stories.subject import draft
from shared.embeddings.built_in import SentenceModel
from shared.embeddings.protocol import article_text
from shared.events.articles import ArticleCrawled
from shared.redis_client import RedisConnection
from tests.builders import NOON, an_article
from tests.eval.enrichment.newswire import Document, read_documents
from tests.fakes import FakeClock

_SHORTEST_SENTENCE_WORDS = 5
_LEAST_SENTENCES = 8
_TITLE_CHARACTERS = 120
_BATCH = 20


@dataclass(frozen=True)
class Half:
    """Every second sentence of a document, as an article."""

    document: str
    article: ArticleCrawled


@dataclass(frozen=True)
class Score:
    """Of all documents, the share whose halves are in one story; of all pairs in one story, the share of halves."""

    documents: int
    recall: float
    precision: float


def halves(archive: Path, *, looked_at: bool) -> list[Half]:
    """The halves of the documents that were looked at, or of the others, in an order that is the same each time."""
    found: list[Half] = []
    for document in _without_copies(read_documents(archive)):
        sentences = _sentences(document)
        if document.was_looked_at == looked_at and len(sentences) >= _LEAST_SENTENCES:
            for part in (sentences[::2], sentences[1::2]):
                number = len(found) + 1
                at = NOON + timedelta(minutes=number % 1_440)
                article = an_article(number, title=part[0][:_TITLE_CHARACTERS], text=" ".join(part), published_at=at)
                found.append(Half(document.id, article))
    random.Random(hashlib.sha256(str(looked_at).encode()).digest()).shuffle(found)
    return found


def _without_copies(documents: Sequence[Document]) -> list[Document]:
    """The documents but those that the set has twice."""
    kept: list[tuple[Document, Fingerprint]] = []
    for document in documents:
        prints = fingerprint(document.text)
        if not any(likeness(known, prints).copy for _, known in kept):
            kept.append((document, prints))
    return [document for document, _ in kept]


def _sentences(document: Document) -> list[str]:
    lines = [line for line in document.text.split("\n") if line.strip() and not line.startswith("http")]
    sentences = (sentence.text for sentence in Passage("\n".join(lines)).sentences)
    return [sentence for sentence in sentences if len(sentence.split()) >= _SHORTEST_SENTENCE_WORDS]


async def placed(
    found: Sequence[Half], pipeline: Pipeline, model: SentenceModel | None, connection: RedisConnection
) -> Score:
    """The score of the stories that the halves are placed in."""
    clock = FakeClock()
    place = PlaceArticles(StoryState(connection), clock, random.Random(0))
    stories: dict[str, list[str]] = defaultdict(list)
    for start in range(0, len(found), _BATCH):
        batch = found[start : start + _BATCH]
        for half, membership in zip(batch, await place([_newcomer(h, pipeline, model) for h in batch]), strict=True):
            stories[membership.story_id].append(half.document)
    pairs = [pair for members in stories.values() for pair in itertools.combinations(members, 2)]
    right = sum(one == other for one, other in pairs)
    documents = len(found) // 2
    return Score(documents, right / documents, right / max(1, len(pairs)))


def _newcomer(half: Half, pipeline: Pipeline, model: SentenceModel | None) -> Newcomer:
    title, text = half.article.title, half.article.text
    enrichment = pipeline.enrich(ArticleText(title, text))
    vector = model.vector(article_text(title, None, text)) if model is not None else None
    return Newcomer(
        half.article, draft(title, text, enrichment, pipeline.knowledge.common_words, vector), fingerprint(text)
    )
