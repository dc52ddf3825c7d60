"""Makes the documents of articles, and remembers those that were written last but for what a story makes of them.

A story that grows has its articles written again, most of which came a short while ago: they need not be read for it.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, replace

import tantivy

from shared.article_store.document import StoredArticle
from shared.article_store.tantivy.schema import finished, unfinished
from shared.article_store.tantivy.source import body_of, source_of_body, whole_source
from shared.events.enrichment import Enrichment

# Some 30 KB each.
MAX_REMEMBERED = 2_000


@dataclass(frozen=True)
class _Remembered:
    """An article as it was written last.

    Attributes:
        document: without its source and its story.
        body: of its source.
    """

    document: tantivy.Document
    body: bytes
    outline: StoredArticle


class Documents:
    """Documents as far as an index is what came of them: who loses a commit needs another."""

    def __init__(self) -> None:
        # What was put last stands last.
        self._remembered: OrderedDict[str, _Remembered] = OrderedDict()

    def outlines(self, article_ids: Iterable[str]) -> dict[str, StoredArticle]:
        """Those of these articles that are remembered, with the standing they were written with; without their text
        and what was read in it."""
        return {i: self._remembered[i].outline for i in article_ids if i in self._remembered}

    def of_whole(self, stored: StoredArticle) -> tantivy.Document:
        """The document of a whole article, which is remembered from now on."""
        document, source = unfinished(stored), whole_source(stored)
        self._remembered.pop(stored.article_id, None)
        self._remembered[stored.article_id] = _Remembered(document, body_of(source), _outline(stored))
        while len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)
        return finished(document, stored, source)

    def of_outline(self, outline: StoredArticle) -> tantivy.Document:
        """The document of a remembered article in another standing, which hides and edits it as before."""
        known = self._remembered[outline.article_id]
        self._remembered[outline.article_id] = replace(known, outline=outline)
        return finished(known.document, outline, source_of_body(known.body, outline.standing))

    def forget(self, article_id: str) -> None:
        """Keep nothing of an article that is no more."""
        self._remembered.pop(article_id, None)


def _outline(stored: StoredArticle) -> StoredArticle:
    """What decides the standing of an article, and that standing."""
    read = stored.enrichment
    claim = Enrichment(
        language=read.language,
        enrichment_version=read.enrichment_version,
        story_id=read.story_id,
        copy_of=read.copy_of,
        story_version=read.story_version,
    )
    article = stored.article.model_copy(update={"text": ""})
    return stored.model_copy(update={"article": article, "enrichment": claim, "embedding": None})
