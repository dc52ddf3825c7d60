"""What enrichment says about an article, as frozen values in their JSON form.

Offsets count Unicode characters in the named field (title or text); where none is named, in text.
`end` is exclusive: ``text[start:end]`` is the span.

`origin` says what a value was read by: "rule" or "rule:N" (rules of ours, N rises when they change), "gazetteer" (a
name of the knowledge base), "lexicon:N" (words with a tone), "model:NAME" or "model:NAME-VERSION" (a statistical model)
and "llm:MODEL" (a language model's words, kept only where the article bears them out). `confidence` runs from 0 to 1.
"""

import datetime as dt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

EntityType = Literal["person", "organization", "location", "product", "technology", "event", "norp"]
ENTITY_ID_PATTERN = r"^[a-z]+:[a-z0-9-]+$"
EntityId = str
Confidence = float
# fast: rules alone; full: a statistical model, too.
Tier = Literal["fast", "full"]


class Value(BaseModel):
    """A frozen part of an event; unknown fields are ignored, so that old readers accept new events."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Language(Value):
    """The language of title and text: an ISO 639-1 code, or "und" when it cannot be told."""

    code: str
    confidence: Confidence = Field(ge=0, le=1)
    origin: str = "rule"


class Mention(Value):
    """One place where an entity is named, with what read it there."""

    field: Literal["title", "text"]
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str
    origin: str = "gazetteer"
    confidence: Confidence = Field(default=1.0, ge=0, le=1)


class Entity(Value):
    """Someone or something named in the article; salience is its share of the article's attention, 0 to 1.

    Attributes:
        origin: of its first mention, the title's before those of the text.
        confidence: of its surest mention.
    """

    id: EntityId = Field(pattern=ENTITY_ID_PATTERN)
    name: str
    type: EntityType
    salience: float = Field(ge=0, le=1)
    mentions: tuple[Mention, ...]
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2 code, where the knowledge base has one")
    industry: str | None = None
    origin: str = "gazetteer"
    confidence: Confidence = Field(default=1.0, ge=0, le=1)


class Amount(Value):
    """An amount of money within a relation: one of the article's own, at ``text[start:end]``."""

    value: float
    currency: str
    text: str | None = Field(default=None, description="as written; null, as its place, in what was enriched long ago")
    start: int | None = Field(default=None, ge=0)
    end: int | None = Field(default=None, ge=0)


class Money(Value):
    """An amount: value (and value_max for a range) in units of the ISO 4217 currency, and in US dollars."""

    value: float
    value_max: float | None = None
    currency: str
    value_usd: float | None = Field(default=None, description="null where no rate is known for the currency")
    usd_rate: float | None = Field(default=None, description="US dollars for one unit of the currency, as used")
    rate_date: str | None = Field(default=None, description="year or day of the exchange rate used")
    purpose: str | None = None
    text: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    origin: str = "rule"
    confidence: Confidence = Field(default=1.0, ge=0, le=1)

    def as_part(self) -> Amount:
        """The same amount as a part of a relation."""
        return Amount(value=self.value, currency=self.currency, text=self.text, start=self.start, end=self.end)


class Evidence(Value):
    """The passage of the text that a value was read from."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str


RelationType = Literal[
    "invests_in", "acquires", "merges_with", "partners_with", "supplies", "competes_with",
    "subsidiary_of", "sues", "regulates", "appoints", "founded_by",
]  # fmt: skip
# Said of either side, they say the same.
MUTUAL_RELATIONS: frozenset[RelationType] = frozenset({"merges_with", "partners_with", "competes_with"})
RelationStatus = Literal["announced", "rumoured", "completed", "denied", "terminated"]


class Relation(Value):
    """Who did what with whom: a typed, directed fact with the passage that says it."""

    type: RelationType
    subject: EntityId
    object: EntityId
    amount: Amount | None = None
    stake_percent: float | None = None
    date: dt.date | None = None
    status: RelationStatus | None = None
    evidence: Evidence
    origin: str = "rule"
    confidence: Confidence = Field(default=1.0, ge=0, le=1)


class Quote(Value):
    """Words attributed to a speaker; start and end are those of the words in text."""

    text: str
    speaker: str
    speaker_id: EntityId | None = None
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    origin: str = "rule"
    confidence: Confidence = Field(default=1.0, ge=0, le=1)


class Topic(Value):
    """A subject of the article; path runs from the root of its branch to the topic, by id."""

    id: str = Field(pattern=ENTITY_ID_PATTERN)
    label: str
    path: tuple[str, ...]
    path_labels: tuple[str, ...] = ()
    terms: tuple[str, ...] = Field(default=(), description="the terms of the article that spoke for it")
    origin: str = "rule"
    confidence: Confidence = Field(default=1.0, ge=0, le=1)


class NewsEvent(Value):
    """Something that happened, with the entities it happened to."""

    type: str
    subject_ids: tuple[EntityId, ...]
    date: dt.date | None = None
    evidence: Evidence
    origin: str = "rule"
    confidence: Confidence = Field(default=1.0, ge=0, le=1)


class Keyphrase(Value):
    """A phrase that tells the article from others, the strongest first; at ``text[start:end]`` it comes up first."""

    text: str
    score: float
    start: int | None = Field(
        default=None, ge=0, description="null in what was enriched before places were kept, and where they are withheld"
    )
    end: int | None = Field(default=None, ge=0)
    origin: str = "rule"
    confidence: Confidence = Field(default=1.0, ge=0, le=1)


class Sentiment(Value):
    """The tone of the article; score runs from -1 (negative) to 1 (positive)."""

    label: Literal["negative", "neutral", "positive"]
    score: float = Field(ge=-1, le=1)
    origin: str = "rule"
    confidence: Confidence = Field(default=1.0, ge=0, le=1)


class Enrichment(Value):
    """Everything that was understood of one article.

    Sections that an enricher could not fill are empty; `failed` names the enrichers that raised.

    Attributes:
        story_id: the story that the article belongs to; None where stories were not asked.
        copy_of: article_id of the original, where the article is a copy of another.
        story_version: of the membership that `story_id` and `copy_of` say; as in `StoryChanged`, 0 for none.
    """

    language: Language
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = ()
    money: tuple[Money, ...] = ()
    quotes: tuple[Quote, ...] = ()
    topics: tuple[Topic, ...] = ()
    events: tuple[NewsEvent, ...] = ()
    keyphrases: tuple[Keyphrase, ...] = ()
    sentiment: Sentiment | None = None
    summary: str | None = None
    summary_origin: str = "rule"
    summary_confidence: Confidence | None = Field(
        default=None, ge=0, le=1, description="null where there is no summary, and in what was enriched long ago"
    )
    reading_time_s: int = Field(default=0, ge=0)
    tier: Tier = "fast"
    enrichment_version: int = Field(ge=0, lt=1000)
    failed: tuple[str, ...] = ()
    story_id: str | None = None
    copy_of: str | None = None
    story_version: int = Field(default=0, ge=0)
