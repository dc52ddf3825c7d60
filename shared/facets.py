"""The facets, once: mapping, schema, aggregations, filters, parameters and sidebar are derived from this tuple."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC
from itertools import pairwise
from typing import Literal, NamedTuple, Protocol

from shared.events.articles import ArticleCrawled, Right
from shared.events.enrichment import Enrichment, EntityType, RelationType

# "plain": the value is its own label. "labelled": a stable id with a label that people read. "range": a number, counted
# in fixed spans. "date": the time of publication; a value is a year, month, week, day or hour (see `periods`).
FacetKind = Literal["plain", "labelled", "range", "date"]


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

    @property
    def story_size(self) -> int | None:
        """1, 2, 5 or 10: its story has at least so many articles; None where it is in none."""
        ...


@dataclass(frozen=True)
class Span:
    """A stretch of numbers that counts as one value: from `lowest` up to, not including, `end`; None: without end."""

    value: str
    label: str
    lowest: float
    end: float | None = None

    def holds(self, number: float) -> bool:
        """Whether the number lies within."""
        return number >= self.lowest and (self.end is None or number < self.end)


@dataclass(frozen=True)
class Facet:
    """One way to narrow a search.

    Attributes:
        name: in the API, the command line and the UI.
        field: the field of the store that holds the values; a labelled facet has a second, `label_field`.
        label: the heading of its box in the sidebar.
        description: one sentence for the API's documentation.
        values: the values of an article, distinct, in the order of importance.
        spans: of a range, in rising order.
        numbers: of a range, those of an article that fall into spans.
        steps: of a range whose numbers are kept in steps, these: bounds lie on them.
        choices: the only values that there can be, where these are few; empty: any.
        case: how a code is written, whatever way it is asked for.
        below: of a tree, whose values lie below one another: (value above, value) for each of an article's values; the
            value above the highest is HIGHEST.
    """

    name: str
    field: str
    kind: FacetKind
    label: str
    description: str
    values: Callable[[Faceted], tuple[FacetValue, ...]]
    spans: tuple[Span, ...] = ()
    numbers: Callable[[Faceted], tuple[float, ...]] = lambda _: ()
    steps: tuple[float, ...] = ()
    below: Callable[[Faceted], tuple[tuple[str, str], ...]] | None = None
    choices: tuple[str, ...] = ()
    case: Literal["lower", "upper"] | None = None

    def value_of(self, text: str) -> str:
        """The value that a text asks for.

        Raises:
            ValueError: there is no such value.
        """
        value = {"lower": text.lower(), "upper": text.upper(), None: text}[self.case]
        if self.choices and value not in self.choices:
            raise ValueError(f"{text[:40]!r} is none of {', '.join(self.choices)}")
        return value

    @property
    def below_field(self) -> str:
        """Of a tree, holds `value above + LABEL_SEPARATOR + value`: what lies directly below a value starts with it."""
        return f"{self.field}_below"

    @property
    def has_terms(self) -> bool:
        """Whether its values are those of the articles, rather than spans and periods."""
        return self.kind in ("plain", "labelled")

    @property
    def number_field(self) -> str:
        """Holds the numbers of a range."""
        return f"{self.field}_number"

    @property
    def label_field(self) -> str:
        """Holds `value + LABEL_SEPARATOR + label`: the labels of a value are the terms that start with it."""
        return f"{self.field}_label"


LABEL_SEPARATOR = "\x1f"
HIGHEST = ""
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


def _topics_below(stored: Faceted) -> tuple[tuple[str, str], ...]:
    steps = (step for topic in stored.enrichment.topics for step in pairwise((HIGHEST, *topic.path)))
    return tuple(dict.fromkeys(steps))[:MAX_VALUES_PER_ARTICLE]


def dollar_amounts(stored: Faceted) -> tuple[tuple[RelationType, float], ...]:
    """The amounts of the article's relations in US dollars, where the rate of their currency is known."""
    rates = {(m.value, m.currency): m.value_usd for m in stored.enrichment.money if m.value_usd is not None}
    found = []
    for relation in stored.enrichment.relations[:MAX_VALUES_PER_ARTICLE]:
        if relation.amount is not None:
            value, currency = relation.amount.value, relation.amount.currency
            dollars = value if currency == "USD" else rates.get((value, currency))
            if dollars is not None:
                found.append((relation.type, dollars))
    return tuple(dict.fromkeys(found))


def _deal_sizes(stored: Faceted) -> tuple[float, ...]:
    return tuple(dict.fromkeys(dollars for _, dollars in dollar_amounts(stored)))


def _in_spans(
    spans: tuple[Span, ...], numbers: Callable[[Faceted], tuple[float, ...]]
) -> Callable[[Faceted], tuple[FacetValue, ...]]:
    def values(stored: Faceted) -> tuple[FacetValue, ...]:
        return _distinct(FacetValue(s.value, s.label) for n in numbers(stored) for s in spans if s.holds(n))

    return values


def _values_of(spans: tuple[Span, ...]) -> tuple[str, ...]:
    return tuple(span.value for span in spans)


_DEAL_SPANS = (
    Span("0-1m", "Under $1 million", 0, 1e6),
    Span("1m-10m", "$1–10 million", 1e6, 1e7),
    Span("10m-100m", "$10–100 million", 1e7, 1e8),
    Span("100m-1b", "$100 million – 1 billion", 1e8, 1e9),
    Span("1b-10b", "$1–10 billion", 1e9, 1e10),
    Span("10b", "$10 billion and more", 1e10),
)


_STORY_SPANS = (
    Span("1", "1 article", 1, 2),
    Span("2-4", "2–4 articles", 2, 5),
    Span("5-9", "5–9 articles", 5, 10),
    Span("10", "10 articles and more", 10),
)


def _story_size(stored: Faceted) -> tuple[float, ...]:
    return () if stored.story_size is None else (stored.story_size,)


def _relations(stored: Faceted) -> tuple[FacetValue, ...]:
    return _distinct(FacetValue(r.type, RELATION_LABELS[r.type]) for r in stored.enrichment.relations)


RELATION_LABELS: dict[str, str] = {
    "invests_in": "Invests in",
    "acquires": "Acquires",
    "merges_with": "Merges with",
    "partners_with": "Partners with",
    "supplies": "Supplies",
    "competes_with": "Competes with",
    "subsidiary_of": "Subsidiary of",
    "sues": "Sues",
    "regulates": "Regulates",
    "appoints": "Appoints",
    "founded_by": "Founded by",
}


def _industries(stored: Faceted) -> tuple[FacetValue, ...]:
    found = (e.industry for e in stored.enrichment.entities if e.type == "organization" and e.industry)
    return _distinct(FacetValue(industry, industry) for industry in found)


def _sentiment(stored: Faceted) -> tuple[FacetValue, ...]:
    tone = stored.enrichment.sentiment
    return (FacetValue(tone.label, tone.label.capitalize()),) if tone else ()


def _day(stored: Faceted) -> tuple[FacetValue, ...]:
    day = stored.article.published.at.astimezone(UTC).date().isoformat()
    return (FacetValue(day, day),)


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
        "topic", "topic", "labelled", "Topic", "Subject of the article; a topic includes those below it.", _topics,
        below=_topics_below,
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
        "industry", "industry", "plain", "Industry", "Industries of the organizations named in the article.",
        _industries,
    ),
    Facet(
        "relation", "relation", "labelled", "Relation", "Who did what with whom: the types of relations it tells of.",
        _relations, choices=tuple(RELATION_LABELS), case="lower",
    ),
    Facet(
        "deal_size", "deal_size", "range", "Deal size",
        "Amounts of the relations in US dollars; with relation, amounts of such relations alone.",
        _in_spans(_DEAL_SPANS, _deal_sizes), _DEAL_SPANS, _deal_sizes, choices=_values_of(_DEAL_SPANS),
    ),
    Facet(
        "sentiment", "sentiment", "labelled", "Tone", "Tone of the article: negative, neutral or positive.", _sentiment,
        choices=("negative", "neutral", "positive"), case="lower",
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
        lambda stored: _plain(stored.article.country), case="upper",
    ),
    Facet(
        "language", "language", "plain", "Language", "Language of the article, as an ISO 639-1 code.",
        lambda stored: _plain(stored.enrichment.language.code), case="lower",
    ),
    Facet(
        "story_size", "story_size", "range", "Story", "How many articles tell of the same.",
        _in_spans(_STORY_SPANS, _story_size), _STORY_SPANS, _story_size, (1, 2, 5, 10),
        choices=_values_of(_STORY_SPANS),
    ),
    Facet(
        "published", "published", "date", "Published",
        "When it was published, in UTC: a year, month (2026-03), week (2026-W10), day or hour (2026-03-02T13).",
        _day, case="upper",
    ),
    Facet(
        "rights", "rights", "labelled", "Rights reserved",
        "What the publisher reserves: noarchive, no-ai-training (in robots.txt, headers or the page) or tdm-reserved.",
        _rights, choices=tuple(_RIGHTS), case="lower",
    ),
    Facet(
        "edited", "edited", "labelled", "Changes",
        "Whether title or text changed after the article was first seen: true or false.", _edited,
        choices=("true", "false"), case="lower",
    ),
)  # fmt: skip

FACETS_BY_NAME: dict[str, Facet] = {facet.name: facet for facet in FACETS}
# The fields that hold ids of entities.
ENTITY_FIELDS = ("organization", "person", "location", "product", "technology")
