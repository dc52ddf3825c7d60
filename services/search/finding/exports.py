"""An export of all that a question finds: page after page in the order of time, so that it can be taken up again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from services.search.finding.catalogue import Catalogue
from services.search.finding.values import resolved
from shared.article_store.cursors import TimePosition, encode
from shared.article_store.document import StoredArticle
from shared.article_store.query import MAX_PAGE_SIZE, ArticleQuery, SearchResult, Total


@dataclass(frozen=True)
class Export:
    """The articles, each once, as far as they may be shown; total: of the question, wherever the export begins."""

    total: Total
    articles: AsyncIterator[StoredArticle]


async def begin(catalogue: Catalogue, query: ArticleQuery, after: str | None = None) -> Export:
    """The articles of the question, newest first unless it asks for the oldest; the first page is there already.

    Args:
        after: the id of the last article that came through, where an export is taken up again.

    Raises:
        UnknownArticle: no article has that id any more; and as `Catalogue.find`, which may happen on the way, too.
    """
    walk = replace(
        await resolved(catalogue, query),
        sort="oldest" if query.sort == "oldest" else "newest",
        size=MAX_PAGE_SIZE,
        facets=(),
        highlight=False,
    )
    if after is not None:
        last = await catalogue.one(after)
        walk = replace(walk, cursor=encode(walk, TimePosition(last.published_order, last.article_id)))
    first = await catalogue.find(walk)
    return Export(first.total, _articles(catalogue, walk, first))


async def _articles(catalogue: Catalogue, walk: ArticleQuery, page: SearchResult) -> AsyncIterator[StoredArticle]:
    while True:
        for hit in page.hits:
            yield hit.stored
        if page.next is None:
            return
        page = await catalogue.find(replace(walk, cursor=page.next))
