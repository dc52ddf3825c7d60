"""What is above each topic, as the store's articles tell it: asked once for each topic, then remembered."""

import asyncio
from collections.abc import Iterable, Mapping

from services.search.finding.catalogue import Catalogue
from services.search.ui.topic_tree import parents
from shared.article_store.document import StoredArticle
from shared.article_store.query import ArticleQuery, FacetCounts, FacetFilter

TOPIC = "topic"
# More than any tree of subjects has; where ids are made up without end, all is forgotten and learnt again.
_MAX_KNOWN = 20_000
# A page asks for so many at once; the rest of a long list is shown beside them until it is asked for again.
_MAX_ASKED = 40


class TopicPaths:
    """Remembers the topics above each topic, for as long as the process runs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[str, tuple[str, ...]] = {}

    async def above(
        self, counts: Iterable[FacetCounts], articles: Iterable[StoredArticle]
    ) -> Mapping[str, tuple[str, ...]]:
        """The topics above each, the nearest first, of all that are counted; what the articles at hand tell is free.

        Raises:
            DependencyUnavailable: the store gives no answer.
        """
        self._learn(articles)
        counted = [bucket.value for facet in counts if facet.facet == TOPIC for bucket in facet.buckets]
        unknown = [value for value in counted if value not in self._known][:_MAX_ASKED]
        found = await asyncio.gather(*(self._one_about(value) for value in unknown))
        # A topic that no article bears any more stands alone, and is not asked for again.
        self._known.update(dict.fromkeys(unknown, ()))
        self._learn(article for some in found for article in some)
        return self._known

    def _learn(self, articles: Iterable[StoredArticle]) -> None:
        if len(self._known) > _MAX_KNOWN:
            self._known = {}
        self._known.update(parents(articles))

    async def _one_about(self, topic: str) -> tuple[StoredArticle, ...]:
        query = ArticleQuery(filters=(FacetFilter(TOPIC, (topic,)),), size=1)
        return tuple(hit.stored for hit in (await self._catalogue.find(query)).hits)
