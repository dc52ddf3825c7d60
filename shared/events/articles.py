"""The events in the life of an article, in the order they happen."""

from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from shared.events.embedding import Embedding
from shared.events.enrichment import Enrichment, Value

SCHEMA_VERSION = 1


def _http_url(url: str) -> str:
    if not url.lower().startswith(("http://", "https://")):
        raise ValueError("only http and https URLs are accepted")
    return url


HttpUrl = Annotated[str, AfterValidator(_http_url), Field(max_length=2048)]
FetchKind = Literal["crawl", "import", "replay"]
FoundBy = Literal["feed", "sitemap", "listing", "import"]
Precision = Literal["second", "minute", "day", "month"]
DateOrigin = Literal["json-ld", "meta", "html", "feed", "sitemap", "url", "import", "first-seen"]
Access = Literal["free", "paywall"]
Right = Literal["noarchive", "no-ai-training", "tdm-reserved"]
PutResult = Literal["created", "updated", "unchanged", "stale"]
WithdrawalReason = Literal["gone", "forgotten", "retired"]


class Publication(Value):
    """When the article says it was published, and how we know.

    Attributes:
        at: the moment in UTC; where only a day is known, its first instant.
        precision: how much of `at` was said.
        origin: where it was read, the most trusted source first; "first-seen" when nothing said it.
        raw: the value as it was written.
    """

    at: AwareDatetime
    precision: Precision
    origin: DateOrigin
    raw: str | None = None


class Quality(Value):
    """How much the extraction is to be trusted: 0 (doubtful) to 1, with the doubts named."""

    score: float = Field(ge=0, le=1)
    flags: tuple[str, ...] = ()


class FormerStory(Value):
    """The story that a stored article belongs to by its own account; as in `Enrichment`."""

    story_id: str
    copy_of: str | None = None
    story_version: int = Field(default=0, ge=0)


class ArticleCrawled(Value):
    """A page was fetched and its article extracted; no HTML travels with it.

    Attributes:
        fetch_id: names this fetch; carried by all events that follow from it.
        article_id: sha256 of the canonical URL, 64 hexadecimal digits.
        requested_url: that a feed, sitemap or listing named, where `url` answered in its place.
        revision: milliseconds; rises with every accepted fetch of the article.
        content_hash: of title and normalised text; equal hashes mean unchanged content.
        former_story: of an article that is enriched again: where it stays if the broker knows it no more.
        first_seen_at: never changes for an article.
    """

    schema_version: int = SCHEMA_VERSION
    fetch_id: str
    fetch_kind: FetchKind = "crawl"
    article_id: str = Field(pattern=r"^[0-9a-f]{64}$")
    url: HttpUrl
    requested_url: HttpUrl | None = None
    canonical_url: HttpUrl
    declared_canonical: HttpUrl | None = None
    source_id: str
    found_by: FoundBy
    site_name: str | None = None
    title: str
    text: str
    text_truncated: bool = False
    authors: tuple[str, ...] = ()
    section: str | None = None
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2 code of the source")
    language_hint: str | None = None
    description: str | None = None
    image_url: HttpUrl | None = None
    tags: tuple[str, ...] = ()
    access: Access = "free"
    rights: tuple[Right, ...] = ()
    published: Publication
    updated_at: AwareDatetime | None = None
    fetched_at: AwareDatetime
    first_seen_at: AwareDatetime
    revision: int = Field(gt=0)
    content_hash: str
    quality: Quality = Quality(score=1.0)
    former_story: FormerStory | None = None


def first_version(revision: int) -> int:
    """The lowest version that a write of this revision can have; the highest is below that of the next revision."""
    return revision * 1000


class ArticleEnriched(Value):
    """The article as crawled, and what was understood of it.

    Attributes:
        embedding: of title and text, where a model was asked and can read the language.
    """

    schema_version: int = SCHEMA_VERSION
    article: ArticleCrawled
    enrichment: Enrichment
    embedding: Embedding | None = None
    enriched_at: AwareDatetime

    @property
    def version(self) -> int:
        """The version of the write that this event asks for: higher wins, whatever the order of arrival."""
        return first_version(self.article.revision) + self.enrichment.enrichment_version


class StageTimes(Value):
    """When the article passed each stage, for the time from publication to searchable."""

    published_at: AwareDatetime
    fetched_at: AwareDatetime
    enriched_at: AwareDatetime
    indexed_at: AwareDatetime


class ArticleIndexed(Value):
    """The store has committed the article, or holds a newer one (`stale`)."""

    schema_version: int = SCHEMA_VERSION
    fetch_id: str
    article_id: str
    source_id: str
    revision: int
    outcome: PutResult
    times: StageTimes


class ArticleWithdrawn(Value):
    """An article is taken back: by its site, which has it no more, or by whoever runs this.

    Attributes:
        revision: milliseconds, of the same row as the article's own: what was fetched later counts again.
        reason: gone: its site answers that it is no more. forgotten: someone asked for that. retired: its time is over.
        hard: whether the article and its revisions are deleted, rather than marked.
    """

    schema_version: int = SCHEMA_VERSION
    article_id: str = Field(pattern=r"^[0-9a-f]{64}$")
    revision: int = Field(gt=0)
    reason: WithdrawalReason
    hard: bool = False
    withdrawn_at: AwareDatetime
