"""What is kept of an article: the one schema that both stores derive their fields from."""

from pydantic import AwareDatetime

from shared.clock import to_ms
from shared.events.articles import ArticleCrawled, ArticleEnriched
from shared.events.enrichment import Enrichment, Value

_ORDER_ID_BITS = 22
# Elasticsearch's `long` ends at 2**63: what claims to be published after September 2039 counts as of then.
_LAST_MS = 2**41 - 1


class StoredArticle(Value):
    """A whole article as it is kept: its JSON is the stored source, everything else is derived from it.

    Attributes:
        version: of the write; an older one never replaces a newer one.
        ingested_at: when this article was first put into the store. Never changes, never runs backwards by
            more than the clock does: pollers may depend on it.
    """

    article: ArticleCrawled
    enrichment: Enrichment
    version: int
    enriched_at: AwareDatetime
    ingested_at: AwareDatetime

    @property
    def article_id(self) -> str:
        return self.article.article_id

    @property
    def published_order(self) -> int:
        """Orders by publication and tells articles of one instant apart: ms << 22 | 22 bits of the id, below 2**63."""
        return order_key(to_ms(self.article.published.at), self.article_id)


def order_key(milliseconds: int, article_id: str) -> int:
    """A sortable number for a time and an article, as good as unique; times before 1970 count as 1970."""
    return order_start(milliseconds) | int(article_id[:16], 16) >> (64 - _ORDER_ID_BITS)


def order_start(milliseconds: int) -> int:
    """The lowest order key of a time: a range of times is a range of these."""
    return min(max(milliseconds, 0), _LAST_MS) << _ORDER_ID_BITS


def stored(event: ArticleEnriched, ingested_at: AwareDatetime) -> StoredArticle:
    """The document to put for an enriched article."""
    return StoredArticle(
        article=event.article,
        enrichment=event.enrichment,
        version=event.version,
        enriched_at=event.enriched_at,
        ingested_at=ingested_at,
    )
