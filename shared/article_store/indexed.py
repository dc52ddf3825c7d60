"""What both stores index of an article beside its text: facet values and their labels, bounded and clean."""

from shared.article_store.bigrams import spread
from shared.article_store.document import StoredArticle
from shared.facets import LABEL_SEPARATOR, Facet, FacetValue

# Raise it when the same article would be indexed differently, though no field or facet changed its definition.
LAYOUT_VERSION = 1
# A word in the title says more of an article than one in its text.
TEXT_BOOSTS = {"title": 3.0, "description": 1.5, "text": 1.0}
# Elasticsearch refuses a document with a longer keyword than 32,766 bytes, and no facet value needs more than this.
MAX_VALUE_CHARACTERS = 256


def texts(stored: StoredArticle) -> dict[str, str]:
    """What each field of TEXT_BOOSTS is indexed with."""
    article = stored.article
    return {
        "title": spread(article.title),
        "description": spread(article.description or ""),
        "text": spread(article.text),
    }


def facet_values(facet: Facet, stored: StoredArticle) -> tuple[FacetValue, ...]:
    """The values of a facet on an article, each value once."""
    values = (bounded_value(value) for value in facet.values(stored))
    return tuple({item.value: item for item in values}.values())


def bounded_value(value: FacetValue) -> FacetValue:
    """A value and its label as they are indexed."""
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


def _bounded(text: str) -> str:
    return text.replace(LABEL_SEPARATOR, " ")[:MAX_VALUE_CHARACTERS]
