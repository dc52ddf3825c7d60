"""A stored article without its passages: what finds it and what a notice tells of it, read in a third of the time.

Most of an article's JSON says where in the text each value was read, which nobody needs who only asks what finds it.
"""

from collections.abc import Iterator

from pydantic import BaseModel, Field

from shared.article_store.document import StoredArticle
from shared.events.embedding import Embedding
from shared.events.enrichment import Enrichment, Entity, Keyphrase, Mention, Money, NewsEvent, Quote

# Nothing is called so: a field that is looked for under this name keeps its default, and what there is is passed over.
_UNREAD = "-"


class _Entity(Entity):
    """Without the places that name it."""

    mentions: tuple[Mention, ...] = Field(default=(), validation_alias=_UNREAD)


class _Enrichment(Enrichment):
    """Without what no query asks of an article."""

    entities: tuple[_Entity, ...] = ()
    money: tuple[Money, ...] = Field(default=(), validation_alias=_UNREAD)
    quotes: tuple[Quote, ...] = Field(default=(), validation_alias=_UNREAD)
    events: tuple[NewsEvent, ...] = Field(default=(), validation_alias=_UNREAD)
    keyphrases: tuple[Keyphrase, ...] = Field(default=(), validation_alias=_UNREAD)


class Outline(StoredArticle):
    """A stored article whose mentions, money, quotes, events, keyphrases and vector were not read; it is never put."""

    enrichment: _Enrichment
    embedding: Embedding | None = Field(default=None, validation_alias=_UNREAD)

    @property
    def needs_rates(self) -> bool:
        """Whether its money says what an amount of a relation is worth in dollars."""
        amounts = (relation.amount for relation in self.enrichment.relations)
        return any(amount is not None and amount.currency != "USD" for amount in amounts)


def outline_of_json(source: bytes) -> StoredArticle:
    """The outline of an article's JSON, or the whole article where its money must be known."""
    outline = Outline.model_validate_json(source)
    return StoredArticle.model_validate_json(source) if outline.needs_rates else outline


def _read(model: type[BaseModel]) -> Iterator[str]:
    return (name for name, field in model.model_fields.items() if field.validation_alias != _UNREAD)


# What is read, as paths in the JSON.
OUTLINE_FIELDS: tuple[str, ...] = (
    *(name for name in _read(Outline) if name != "enrichment"),
    *(f"enrichment.{name}" for name in _read(_Enrichment) if name != "entities"),
    *(f"enrichment.entities.{name}" for name in _read(_Entity)),
)
