"""The facets, once: mapping, schema, aggregations, filters, parameters and sidebar are derived from this tuple."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from shared.events.articles import ArticleCrawled, Right
from shared.events.enrichment import Enrichment, EntityType

# "plain": the value is its own label. "labelled": a stable id with a label that people read.
FacetKind = Literal["plain", "labelled"]


class FacetValue(NamedTuple):
    """One value of a facet on one article, and what to show for it."""

    value: str
    label: str


class Faceted(Protocol):
    """What values are taken from: an article as the store keeps it."""

    @property
    def article(self) -> ArticleCrawled:
        """The article as it was crawled."""
        ...

    @property
    def enrichment(self) -> Enrichment:
        """What was understood of it."""
        ...

    @property
    def edited(self) -> bool:
        """Whether its title or text changed since it was first seen."""
        ...


@dataclass(frozen=True)
class Facet:
    """One way to narrow a search.

    Attributes:
        name: in the API, the command line and the UI.
        field: the field of the store that holds the values; a labelled facet has a second, `label_field`.
        label: the heading of its box in the sidebar.
        description: one sentence for the API's documentation.
        values: the values of an article, distinct, in the order of importance.
    """

    name: str
    field: str
    kind: FacetKind
    label: str
    description: str
    values: Callable[[Faceted], tuple[FacetValue, ...]]

    @property
    def label_field(self) -> str:
        """Holds `value + LABEL_SEPARATOR + label`: the labels of a value are the terms that start with it."""
        return f"{self.field}_label"


LABEL_SEPARATOR = "\x1f"
MAX_VALUES_PER_ARTICLE = 50


def _distinct(values: Iterable[FacetValue]) -> tuple[FacetValue, ...]:
    return tuple({item.value: item for item in values if item.value}.values())[:MAX_VALUES_PER_ARTICLE]


def _plain(value: str | None) -> tuple[FacetValue, ...]:
    return (FacetValue(value, value),) if value else ()


def _entities(entity_type: EntityType) -> Callable[[Faceted], tuple[FacetValue, ...]]:
    def values(stored: Faceted) -> tuple[FacetValue, ...]:
        return _distinct(FacetValue(e.id, e.name) for e in stored.enrichment.entities if e.type == entity_type)

    return values


def _topics(stored: Faceted) -> tuple[FacetValue, ...]:
    """A topic and all above it: whoever selects "economy" finds what is about mergers."""
    return _distinct(
        FacetValue(value, label)
        for topic in stored.enrichment.topics
        for value, label in zip(topic.path, topic.path_labels or topic.path, strict=False)
    )


def _source(stored: Faceted) -> tuple[FacetValue, ...]:
    return (FacetValue(stored.article.source_id, stored.article.site_name or stored.article.source_id),)


def _edited(stored: Faceted) -> tuple[FacetValue, ...]:
    return (FacetValue("true", "Edited") if stored.edited else FacetValue("false", "As first published"),)


_RIGHTS: dict[Right, str] = {
    "noarchive": "No copies kept on show",
    "no-ai-training": "No training of AI models",
    "tdm-reserved": "Text and data mining reserved",
}


def _rights(stored: Faceted) -> tuple[FacetValue, ...]:
    return _distinct(FacetValue(right, _RIGHTS[right]) for right in stored.article.rights)


FACETS: tuple[Facet, ...] = (
    Facet(
        "topic", "topic", "labelled", "Topic", "Subject of the article; a topic includes those below it.", _topics
    ),
    Facet(
        "organization", "organization", "labelled", "Organization",
        "Companies, agencies and other bodies named in the article.", _entities("organization"),
    ),
    Facet(
        "person", "person", "labelled", "Person", "People named in the article.", _entities("person")
    ),
    Facet(
        "location", "location", "labelled", "Location", "Countries and places named in the article.",
        _entities("location"),
    ),
    Facet(
        "product", "product", "labelled", "Product", "Products and models named in the article.", _entities("product")
    ),
    Facet(
        "technology", "technology", "labelled", "Technology", "Technologies and techniques named in the article.",
        _entities("technology"),
    ),
    Facet(
        "source", "source", "labelled", "Source", "The source that the article was found through.", _source
    ),
    Facet(
        "author", "author", "plain", "Author", "Who wrote the article, as the page says.",
        lambda stored: _distinct(FacetValue(name, name) for name in stored.article.authors),
    ),
    Facet(
        "section", "section", "plain", "Section", "The section of the site that the article appeared in.",
        lambda stored: _plain(stored.article.section),
    ),
    Facet(
        "country", "country", "plain", "Country of source", "Country of the source, as an ISO 3166-1 code.",
        lambda stored: _plain(stored.article.country),
    ),
    Facet(
        "language", "language", "plain", "Language", "Language of the article, as an ISO 639-1 code.",
        lambda stored: _plain(stored.enrichment.language.code),
    ),
    Facet(
        "rights", "rights", "labelled", "Rights reserved",
        "What the publisher reserves: noarchive, no-ai-training (in robots.txt, headers or the page) or tdm-reserved.",
        _rights,
    ),
    Facet(
        "edited", "edited", "labelled", "Changes",
        "Whether title or text changed after the article was first seen: true or false.", _edited
    ),
)  # fmt: skip

FACETS_BY_NAME: dict[str, Facet] = {facet.name: facet for facet in FACETS}
# The fields that hold ids of entities.
ENTITY_FIELDS = ("organization", "person", "location", "product", "technology")
