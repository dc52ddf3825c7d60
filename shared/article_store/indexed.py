"""What both stores index of an article beside its text: facet values and their labels, bounded and clean."""

from collections.abc import Iterable
from typing import get_args
from urllib.parse import urlsplit

from shared.article_store.bigrams import spread
from shared.article_store.document import StoredArticle, order_ms
from shared.article_store.periods import DAY_MS
from shared.article_store.query import TextField
from shared.events.enrichment import RelationType
from shared.facets import FACETS, LABEL_SEPARATOR, MAX_VALUES_PER_ARTICLE, Facet, FacetValue, dollar_amounts

# Raise it when the same article would be indexed differently, though no field or facet changed its definition.
LAYOUT_VERSION = 3
# A word in the title says more of an article than one in its text: BM25 counts by itself how short a title is, and a
# weight above that lowers relevance. Measured by make eval-search.
TEXT_BOOSTS = {"title": 1.0, "description": 1.0, "text": 1.0, "names": 1.0, "byline": 1.0}
# Where words are looked for that are asked of a field.
FIELDS_OF: dict[TextField, tuple[str, ...]] = {
    "any": ("title", "description", "text", "names"),
    "title": ("title",),
    "text": ("description", "text"),
    "author": ("byline",),
}
# The names of those that the article is about, not of all that it mentions in passing.
_INDEXED_NAMES = 10
# Elasticsearch refuses a document with a longer keyword than 32,766 bytes, and no facet value needs more than this.
MAX_VALUE_CHARACTERS = 256


def texts(stored: StoredArticle) -> dict[str, tuple[str, ...]]:
    """What each field of TEXT_BOOSTS is indexed with; no phrase runs from one text into the next."""
    article = stored.article
    return {
        "title": (spread(article.title),),
        "description": (spread(article.description or ""),),
        "text": (spread(article.text),),
        "names": tuple(spread(name) for name in _names(stored)),
        "byline": tuple(spread(name) for name in article.authors[:MAX_VALUES_PER_ARTICLE]),
    }


def numbers(stored: StoredArticle) -> dict[str, tuple[float, ...]]:
    """What each field of NUMBER_FIELDS is indexed with."""
    found: dict[str, tuple[float, ...]] = {f.number_field: f.numbers(stored) for f in FACETS if f.kind == "range"}
    for relation, dollars in dollar_amounts(stored):
        field = amount_field(relation)
        found[field] = (*found.get(field, ()), dollars)
    return found


def amount_field(relation: str) -> str:
    """Holds the amounts of the relations of a type, so that type and amount are asked of the same relation."""
    return f"amount_{relation}"


# Those with terms of their own; a date is counted by the day of publication.
TERM_FACETS = tuple(facet for facet in FACETS if facet.kind != "date")
# Those whose values lie below one another.
TREE_FACETS = tuple(facet for facet in FACETS if facet.below)
NUMBER_FIELDS: tuple[str, ...] = (
    *(facet.number_field for facet in FACETS if facet.kind == "range"),
    *(amount_field(relation) for relation in get_args(RelationType)),
)


def published_day(stored: StoredArticle) -> int:
    """Days from 1970 to the publication, within what an order key holds."""
    return order_ms(stored.published_order) // DAY_MS


def sites(stored: StoredArticle) -> tuple[str, ...]:
    """The host of the article and all above it, so that a search on a site finds what is on the hosts below."""
    labels = host_key(urlsplit(stored.article.url).hostname or "").split(".")
    above = (".".join(labels[start:]) for start in range(len(labels)))
    return tuple(host for host in above if host)


def host_key(host: str) -> str:
    """A host as it is indexed and asked for."""
    return host.strip().strip(".").lower()[:MAX_VALUE_CHARACTERS]


def facet_values(facet: Facet, stored: StoredArticle) -> tuple[FacetValue, ...]:
    """The values of a facet on an article, each value once."""
    values = facet.values(stored)
    # Most articles have values of few facets.
    return tuple({(item := bounded_value(value)).value: item for value in values}.values()) if values else ()


def below_terms(facet: Facet, stored: StoredArticle) -> tuple[str, ...]:
    """The terms of `below_field` of an article."""
    steps = facet.below(stored) if facet.below else ()
    return tuple(label_term(bounded_value(FacetValue(above, value))) for above, value in steps)


def values_below(terms: Iterable[str]) -> frozenset[str]:
    """The values of some terms of `below_field`, without what they lie below."""
    return frozenset(parse_label_term(term).label for term in terms)


def bounded_value(value: FacetValue) -> FacetValue:
    """A value and its label as they are indexed."""
    if _is_bounded(value.value) and _is_bounded(value.label):
        return value
    return FacetValue(_bounded(value.value), _bounded(value.label))


def label_term(value: FacetValue) -> str:
    """A value with its label as one term of `label_field`."""
    return f"{label_prefix(value.value)}{value.label}"


def label_prefix(value: str) -> str:
    """What all label terms of a value start with."""
    return f"{value}{LABEL_SEPARATOR}"


def parse_label_term(term: str) -> FacetValue:
    """The value and the label of a term of `label_field`."""
    value, _, label = term.partition(LABEL_SEPARATOR)
    return FacetValue(value, label)


def _names(stored: StoredArticle) -> list[str]:
    ranked = sorted(stored.enrichment.entities, key=lambda entity: -entity.salience)
    return list(dict.fromkeys(entity.name for entity in ranked))[:_INDEXED_NAMES]


def _is_bounded(text: str) -> bool:
    return len(text) <= MAX_VALUE_CHARACTERS and LABEL_SEPARATOR not in text


def _bounded(text: str) -> str:
    return text.replace(LABEL_SEPARATOR, " ")[:MAX_VALUE_CHARACTERS]
