"""What is kept of an article: the one schema that both stores derive their fields from."""

from datetime import datetime

from pydantic import AwareDatetime

from shared.clock import to_ms
from shared.events.articles import ArticleCrawled, ArticleEnriched, ArticleWithdrawn, Publication, Right
from shared.events.embedding import Embedding
from shared.events.enrichment import Enrichment, Value

_ORDER_ID_BITS = 22
# Elasticsearch's `long` ends at 2**63: what claims to be published after September 2039 counts as of then.
_LAST_MS = 2**41 - 1


class RevisionMark(Value):
    """What tells a revision from its neighbours; the part of a StoredRevision that is read without its text."""

    revision: int
    content_hash: str
    fetched_at: AwareDatetime


class StoredRevision(RevisionMark):
    """What an article said when it was fetched; written once, before the article and whatever becomes of that.

    Attributes:
        content_hash: of title and normalised text.
        rights: what the publisher reserved then.
    """

    article_id: str
    title: str
    text: str
    published: Publication
    updated_at: AwareDatetime | None = None
    rights: tuple[Right, ...] = ()


class Membership(Value):
    """The story that an article belongs to.

    Attributes:
        copy_of: article_id of the original, where the article is a copy of another.
        size: 1, 2, 5 or 10: the story has at least so many articles, and fewer than the next of these numbers.
    """

    story_id: str
    copy_of: str | None = None
    size: int = 1


class Standing(Value):
    """What an article's past and its story make of it; the stores keep it true, who puts an article need not know it.

    Attributes:
        revisions: how many are kept that differ from the one before.
        changed_at: when the latest change was fetched; None where nothing changed yet.
        withdrawal: the latest, unless a newer revision has come since.
        story: as the newest membership says; None where stories were not asked.
    """

    revisions: int = 1
    changed_at: AwareDatetime | None = None
    withdrawal: ArticleWithdrawn | None = None
    story: Membership | None = None


class StoredArticle(Value):
    """A whole article as it is kept: its JSON is the stored source, everything else is derived from it.

    Attributes:
        version: of the write; an older one never replaces a newer one.
        ingested_at: when this article was first put into the store. Never changes, never runs backwards by
            more than the clock does: pollers may depend on it.
        embedding: finds the article by what it is about; None where no model was asked.
    """

    article: ArticleCrawled
    enrichment: Enrichment
    embedding: Embedding | None = None
    version: int
    enriched_at: AwareDatetime
    ingested_at: AwareDatetime
    standing: Standing = Standing()

    @property
    def article_id(self) -> str:
        return self.article.article_id

    @property
    def edited(self) -> bool:
        """Whether its title or text changed since it was first seen."""
        return self.standing.revisions > 1

    @property
    def hidden(self) -> bool:
        """Whether searches leave it out; what is only gone from its site stays to be found."""
        return self.standing.withdrawal is not None and self.standing.withdrawal.reason != "gone"

    @property
    def story_id(self) -> str | None:
        return self.standing.story.story_id if self.standing.story else None

    @property
    def story_size(self) -> int | None:
        """1, 2, 5 or 10: its story has at least so many articles; None where it is in none."""
        return self.standing.story.size if self.standing.story else None

    @property
    def copy_of(self) -> str | None:
        """The original's article_id, where this is a copy."""
        return self.standing.story.copy_of if self.standing.story else None

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


def order_ms(order: int) -> int:
    """The time of an order key."""
    return order >> _ORDER_ID_BITS


def bounded_ms(moment: datetime) -> int:
    """A time in ms since 1970, within what an order key holds."""
    return order_ms(order_start(to_ms(moment)))


def stored(event: ArticleEnriched, ingested_at: AwareDatetime) -> StoredArticle:
    """The document to put for an enriched article."""
    return StoredArticle(
        article=event.article,
        enrichment=event.enrichment,
        embedding=event.embedding,
        version=event.version,
        enriched_at=event.enriched_at,
        ingested_at=ingested_at,
    )


def revision_of(stored: StoredArticle) -> StoredRevision:
    """What is kept of this state of an article when the article moves on."""
    article = stored.article
    return StoredRevision(
        revision=article.revision,
        content_hash=article.content_hash,
        fetched_at=article.fetched_at,
        article_id=article.article_id,
        title=article.title,
        text=article.text,
        published=article.published,
        updated_at=article.updated_at,
        rights=article.rights,
    )
