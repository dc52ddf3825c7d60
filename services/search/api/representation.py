"""Articles, facets and the question itself as the API's JSON."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.search.api.understood import Understood
from services.search.finding.unknown_values import UnknownValue
from services.search.highlighting import to_html
from services.search.parameters.articles import to_url
from services.search.parameters.query_string import Pairs
from services.search.parameters.selection import toggled
from shared.article_store.document import StoredArticle
from shared.article_store.query import (
    ArticleQuery,
    FacetCounts,
    Highlights,
    Hit,
    SearchResult,
)
from shared.article_store.snippets import shortened
from shared.events.articles import (
    Access,
    DateOrigin,
    Precision,
    Publication,
    Quality,
    Right,
    WithdrawalReason,
)
from shared.events.enrichment import Enrichment, EntityType
from shared.facets import FACETS_BY_NAME

ARTICLES_PATH = "/v1/articles"
_TOP_ENTITIES = 8
_TOP_AMOUNTS = 3


class Total(BaseModel):
    """How many articles match: exactly (eq), or at least so many (gte)."""

    value: int
    relation: Literal["eq", "gte"]


class Published(BaseModel):
    """When, how exactly that is known (a day's first instant where only the day is), and where it was read."""

    at: datetime
    precision: Precision
    origin: DateOrigin

    @classmethod
    def of(cls, publication: Publication) -> "Published":
        return cls(at=publication.at, precision=publication.precision, origin=publication.origin)


class HighlightsHtml(BaseModel):
    """HTML that is safe to show: escaped, each word that matched within <mark>."""

    title: str | None
    text: tuple[str, ...]

    @classmethod
    def of(cls, highlights: Highlights) -> "HighlightsHtml":
        title = None if highlights.title is None else to_html(highlights.title)
        return cls(title=title, text=tuple(to_html(fragment) for fragment in highlights.text))


class EntityName(BaseModel):
    """Someone or something that the article names."""

    id: str
    name: str
    type: EntityType


class TopicName(BaseModel):
    """A subject of the article; path runs from the root of its branch to the topic, by id."""

    id: str
    label: str
    path: tuple[str, ...]


class AmountName(BaseModel):
    """An amount of money that the article names."""

    value: float
    currency: str
    value_usd: float | None
    text: str


class Withdrawn(BaseModel):
    """The article is no longer at its URL, or was taken back."""

    reason: WithdrawalReason
    at: datetime

    @classmethod
    def of(cls, stored: StoredArticle) -> "Withdrawn | None":
        event = stored.standing.withdrawal
        return None if event is None else cls(reason=event.reason, at=event.withdrawn_at)


class ArticleItem(BaseModel):
    """An article as it stands in a list; of its fields only those that `fields` names, where a search says so."""

    model_config = ConfigDict(json_schema_extra={"required": ["id"]})

    id: str
    url: str
    title: str
    site_name: str | None
    source_id: str
    authors: tuple[str, ...]
    published: Published
    updated_at: datetime | None
    language: str = Field(description='ISO 639-1, or "und" where it cannot be told')
    description: str | None = Field(description="the page's own summary of itself")
    snippet: str = Field(description="the beginning of the text")
    highlights: HighlightsHtml | None
    topics: tuple[TopicName, ...]
    entities: tuple[EntityName, ...] = Field(description="the most prominent first")
    money: tuple[AmountName, ...] = Field(description="the first amounts of the text")
    image_url: str | None
    access: Access
    rights: tuple[Right, ...]
    story_id: str | None = Field(description="the story that it belongs to, where it has one")
    copy_of: str | None = Field(description="the article whose text it has, where it copies one")
    copies: int = Field(description="how many others have its text, where copies are hidden")
    revision: int
    edited: bool = Field(description="whether title or text changed since it was first seen; revisions tell how")
    changed_at: datetime | None = Field(description="when the latest change was fetched")
    withdrawn: Withdrawn | None

    @classmethod
    def of(cls, hit: Hit) -> "ArticleItem":
        article, enrichment = hit.stored.article, hit.stored.enrichment
        story = hit.stored.standing.story
        return cls(
            id=article.article_id,
            url=article.url,
            title=article.title,
            site_name=article.site_name,
            source_id=article.source_id,
            authors=article.authors,
            published=Published.of(article.published),
            updated_at=article.updated_at,
            language=enrichment.language.code,
            description=article.description,
            snippet=shortened(article.text),
            highlights=None if hit.highlights is None else HighlightsHtml.of(hit.highlights),
            topics=tuple(TopicName(id=topic.id, label=topic.label, path=topic.path) for topic in enrichment.topics),
            entities=_most_salient(enrichment),
            money=_first_amounts(enrichment),
            image_url=article.image_url,
            access=article.access,
            rights=article.rights,
            story_id=story.story_id if story else None,
            copy_of=story.copy_of if story else None,
            copies=hit.copies,
            revision=article.revision,
            edited=hit.stored.edited,
            changed_at=hit.stored.standing.changed_at,
            withdrawn=Withdrawn.of(hit.stored),
        )


class Bucket(BaseModel):
    """One value of a facet, and how many matching articles have it."""

    value: str
    label: str
    count: int
    selected: bool
    excluded: bool = Field(default=False, description="whether the question rules it out")
    link: str = Field(description="the same search with this value selected, or freed where it is selected or excluded")
    below: str | None = Field(default=None, description="of a tree: the search, counting what lies below this value")


class FacetAnswer(BaseModel):
    """The most frequent values of a facet and all selected ones."""

    label: str
    buckets: tuple[Bucket, ...]
    other: int = Field(description="how often other values occur in the matching articles")
    exact: bool = Field(description="whether every count is exact; if not, one may be too low")
    failed: str | None = Field(description="why the facet could not be counted; null where it was")

    @classmethod
    def of(cls, query: ArticleQuery, counts: FacetCounts, more: Pairs = ()) -> "FacetAnswer":
        excluded = {v for item in query.filters if item.facet == counts.facet for v in item.exclude}
        buckets = tuple(
            Bucket(
                value=bucket.value,
                label=bucket.label,
                count=bucket.count,
                selected=bucket.selected,
                excluded=bucket.value in excluded,
                link=to_url(ARTICLES_PATH, toggled(query, counts.facet, bucket.value), more=more),
                below=_below(query, counts.facet, bucket.value, more),
            )
            for bucket in counts.buckets
        )
        label = FACETS_BY_NAME[counts.facet].label
        return cls(label=label, buckets=buckets, other=counts.other, exact=counts.exact, failed=counts.failed)


class ArticleList(BaseModel):
    """A page of articles, with the counts of the facets asked for."""

    query: Understood
    total: Total
    articles: tuple[ArticleItem, ...]
    facets: dict[str, FacetAnswer] = Field(
        description="by name; counts ignore the facet's own selection and respect everything else"
    )
    next: str | None = Field(description="the next page, or null on the last one")

    @classmethod
    def of(
        cls, query: ArticleQuery, result: SearchResult, more: Pairs = (), unknown: Iterable[UnknownValue] = ()
    ) -> "ArticleList":
        """The page; `more` are names and values of the request that its links keep."""
        return cls(
            query=Understood.of(query, unknown),
            total=Total(value=result.total.value, relation=result.total.relation),
            articles=tuple(ArticleItem.of(hit) for hit in result.hits),
            facets={counts.facet: FacetAnswer.of(query, counts, more) for counts in result.facets},
            next=None if result.next is None else to_url(ARTICLES_PATH, query, cursor=result.next, more=more),
        )


class Article(BaseModel):
    """A whole article and everything that was understood of it."""

    id: str
    url: str
    canonical_url: str
    title: str
    text: str = Field(description="where rights hold noarchive, no more than a snippet")
    text_truncated: bool = Field(description="whether the article has more text than is shown")
    site_name: str | None
    source_id: str
    authors: tuple[str, ...]
    section: str | None
    country: str | None
    description: str | None
    image_url: str | None
    tags: tuple[str, ...]
    access: Access
    rights: tuple[Right, ...]
    published: Publication
    updated_at: datetime | None
    first_seen_at: datetime
    fetched_at: datetime
    enriched_at: datetime
    ingested_at: datetime
    revision: int
    story_id: str | None
    copy_of: str | None
    revisions: int = Field(description="how many states of title and text are kept")
    edited: bool
    changed_at: datetime | None = Field(description="when the latest change was fetched")
    withdrawn: Withdrawn | None
    quality: Quality
    enrichment: Enrichment

    @classmethod
    def of(cls, stored: StoredArticle) -> "Article":
        story = stored.standing.story
        own = {
            "id": stored.article_id,
            "story_id": story.story_id if story else None,
            "copy_of": story.copy_of if story else None,
            "enriched_at": stored.enriched_at,
            "ingested_at": stored.ingested_at,
            "enrichment": stored.enrichment,
            "revisions": stored.standing.revisions,
            "edited": stored.edited,
            "changed_at": stored.standing.changed_at,
            "withdrawn": Withdrawn.of(stored),
        }
        crawled = {name: getattr(stored.article, name) for name in cls.model_fields if name not in own}
        return cls(**own, **crawled)


def _below(query: ArticleQuery, facet: str, value: str, more: Pairs) -> str | None:
    if not FACETS_BY_NAME[facet].below:
        return None
    facets = tuple(replace(r, under=value) if r.facet == facet else r for r in query.facets)
    return to_url(ARTICLES_PATH, replace(query, facets=facets), more=more)


def _most_salient(enrichment: Enrichment) -> tuple[EntityName, ...]:
    ranked = sorted(enrichment.entities, key=lambda entity: -entity.salience)[:_TOP_ENTITIES]
    return tuple(EntityName(id=entity.id, name=entity.name, type=entity.type) for entity in ranked)


def _first_amounts(enrichment: Enrichment) -> tuple[AmountName, ...]:
    return tuple(
        AmountName(value=money.value, currency=money.currency, value_usd=money.value_usd, text=money.text)
        for money in enrichment.money[:_TOP_AMOUNTS]
    )
