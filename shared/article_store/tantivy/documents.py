"""Makes the documents of articles, and remembers those that were put last but for what a story makes of them.

A story that grows has its articles written again, most of which came a short while ago.
"""

from collections import OrderedDict

import tantivy

from shared.article_store.document import StoredArticle
from shared.article_store.tantivy.schema import finished, unfinished

# Some 10 KB each.
MAX_REMEMBERED = 2_000


class Documents:
    """Documents as far as an index is what came of them: who loses a commit needs another."""

    def __init__(self) -> None:
        # What was put last stands last; beside it whether the article was edited and hidden.
        self._remembered: OrderedDict[str, tuple[tantivy.Document, bool, bool]] = OrderedDict()

    def of_put(self, stored: StoredArticle) -> tantivy.Document:
        """The document of an article that is put."""
        self._remembered.pop(stored.article_id, None)
        return self.of_same(stored)

    def of_same(self, stored: StoredArticle) -> tantivy.Document:
        """The document of an article as it was put, in another standing."""
        standing = (stored.edited, stored.hidden)
        document, *then = self._remembered.get(stored.article_id, (None,))
        if document is None or tuple(then) != standing:
            document = unfinished(stored)
            self._remembered[stored.article_id] = (document, *standing)
            while len(self._remembered) > MAX_REMEMBERED:
                self._remembered.popitem(last=False)
        return finished(document, stored)

    def forget(self, article_id: str) -> None:
        """Keep nothing of an article that is no more."""
        self._remembered.pop(article_id, None)
