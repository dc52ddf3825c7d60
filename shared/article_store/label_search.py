"""Finds values of facets by the beginnings of the words of their labels, the same for every store."""

import unicodedata
from collections.abc import Iterable

from shared.article_store.indexed import parse_label_term
from shared.article_store.query import ArticleQuery, FacetRequest
from shared.facets import FACETS_BY_NAME

# More values than these are not looked through; counts are then said not to be exact.
MAX_MATCHING_LABELS = 10_000


def begins(label: str, text: str) -> bool:
    """Whether words of the label start with the words of the text, one after the other; case and accents are of no
    account."""
    words, wanted = folded(label).split(), folded(text).split()
    starts = range(len(words) - len(wanted) + 1)
    return any(all(words[at + n].startswith(word) for n, word in enumerate(wanted)) for at in starts)


def folded(text: str) -> str:
    """The text without case and accents."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def searched(query: ArticleQuery) -> tuple[FacetRequest, ...]:
    """The facets whose values are to be found among the terms of the index."""
    return tuple(r for r in query.facets if r.is_narrowed and FACETS_BY_NAME[r.facet].has_terms)


def values_of(terms: Iterable[str], text: str) -> tuple[str, ...]:
    """The values of those label terms whose label begins so, each once."""
    pairs = (parse_label_term(term) for term in terms)
    return tuple(dict.fromkeys(pair.value for pair in pairs if begins(pair.label, text)))
