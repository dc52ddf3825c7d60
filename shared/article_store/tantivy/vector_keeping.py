"""Lets the vectors beside the index follow the articles in it, a commit at a time; without numpy there are none."""

from pathlib import Path

from shared.article_store.document import StoredArticle
from shared.events.embedding import Embedding

VECTORS_FOLDER = "vectors"


class KeptVectors:
    """What changes of the vectors until the next commit."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._changed: dict[str, Embedding | None] = {}

    def add(self, article: StoredArticle) -> None:
        """Keep the vector of an article that was not there before."""
        if article.embedding is not None:
            self._changed[article.article_id] = article.embedding

    def change(self, article_id: str, before: StoredArticle | None, after: StoredArticle | None) -> None:
        """Let an article have the vector it has now, if any, in place of the one it had."""
        vector = after.embedding if after is not None else None
        if vector is not None or (before is not None and before.embedding is not None):
            # What is as it was may be missing in the file all the same, if a killed writer came so far and no further.
            self._changed[article_id] = vector

    def commit(self) -> None:
        """Write what changed; durable when it returns, before the articles are.

        Raises:
            OSError: the disk refuses.
        """
        if self._folder is None or not self._changed:
            return
        try:
            from shared.article_store.tantivy.vectors import VectorWriter
        except ImportError:
            # Who looks for neighbours is told what is missing.
            self._changed.clear()
            return
        VectorWriter(self._folder).replace(self._changed)
        self._changed.clear()
