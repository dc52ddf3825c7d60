"""A batch of articles → their vectors; a model that fails leaves them without, and nothing else fails with it."""

from collections.abc import Sequence

import structlog

from shared.embeddings.protocol import Embedder, article_text
from shared.errors import NewsweirError
from shared.events.articles import ArticleCrawled
from shared.events.embedding import Embedding
from shared.metrics import EMBEDDING_FAILURES

_log = structlog.get_logger()


class EmbedArticles:
    """Asks a model about the articles of a batch whose language it reads."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    async def __call__(self, events: Sequence[ArticleCrawled], languages: Sequence[str]) -> list[Embedding | None]:
        """The vectors, in the order of the articles.

        Args:
            languages: of each article, as enrichment tells it.
        """
        vectors: list[Embedding | None] = [None] * len(events)
        read = self._embedder.languages
        wanted = [at for at, code in enumerate(languages) if read is None or code in read]
        texts = [article_text(e.title, e.description, e.text) for e in (events[at] for at in wanted)]
        if not texts:
            return vectors
        try:
            made = await self._embedder.articles(texts)
        except NewsweirError as error:
            # Searches find the articles by their words, and `newsweir reprocess` asks again.
            EMBEDDING_FAILURES.inc(len(texts))
            for at in wanted:
                _log.warning("an article goes without a vector", article_id=events[at].article_id, error=str(error))
            return vectors
        for at, vector in zip(wanted, made, strict=True):
            vectors[at] = vector
        return vectors
