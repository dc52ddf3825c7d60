"""The fields of the index, derived from the document and FACETS, and the fingerprint that tells when they changed."""

import hashlib
import json
from collections.abc import Iterable
from copy import copy
from dataclasses import asdict, dataclass
from typing import Literal

import tantivy

from shared.article_store.document import StoredArticle
from shared.article_store.indexed import (
    LAYOUT_VERSION,
    NUMBER_FIELDS,
    TERM_FACETS,
    TEXT_BOOSTS,
    TREE_FACETS,
    below_terms,
    facet_values,
    label_term,
    numbers,
    published_day,
    sites,
    texts,
)
from shared.article_store.tantivy.analysis import ANALYSIS_VERSION, TERMS_BETWEEN_BLANKS, analysed
from shared.article_store.tantivy.exact import EXACT_VERSION, LABELS, VALUES, add_exact_fields, term_of
from shared.article_store.tantivy.facts import fact_definition
from shared.article_store.tantivy.source import SOURCE, whole_source
from shared.article_store.tantivy.stories import story_definition
from shared.article_store.words import WORD_PATTERN
from shared.facets import FACETS_BY_NAME, Facet

HIDDEN = "true"
COPY = "true"
_STORY_SIZE = FACETS_BY_NAME["story_size"]

# words: searched for what it says. term: exactly itself. counted: its values can be counted; found they are by VALUES.
# number, numbers: one, or several, to sort, cut and count by. kept: only given back.
_Kind = Literal["words", "term", "counted", "number", "numbers", "kept_bytes"]


@dataclass(frozen=True)
class _Field:
    """A field of the index."""

    name: str
    kind: _Kind


_FIELDS: tuple[_Field, ...] = (
    _Field("article_id", "term"),
    _Field("published_order", "number"),
    _Field("story_id", "counted"),
    *(_Field(name, "words") for name in TEXT_BOOSTS),
    _Field("published_day", "number"),
    *(_Field(name, "numbers") for name in NUMBER_FIELDS),
    *(_Field(facet.field, "counted") for facet in TERM_FACETS),
    _Field(SOURCE, "kept_bytes"),
)


def schema() -> tantivy.Schema:
    """The schema that an index of this code has."""
    builder = tantivy.SchemaBuilder()
    add_exact_fields(builder, [field.name for field in _FIELDS if field.kind == "counted"], labels=True)
    for field in _FIELDS:
        match field.kind:
            case "words":
                builder.add_text_field(field.name, tokenizer_name=TERMS_BETWEEN_BLANKS)
            case "term":
                builder.add_text_field(field.name, stored=True, tokenizer_name="raw", index_option="basic")
            case "number":
                builder.add_unsigned_field(field.name, fast=True)
            case "numbers":
                builder.add_float_field(field.name, fast=True)
            case "kept_bytes":
                builder.add_bytes_field(field.name, stored=True)
    return builder.build()


def fingerprint() -> str:
    """Changes when an index of the code before would answer differently: fields, facets, analysis, layout."""
    fields = [asdict(field) for field in _FIELDS]
    definition = [
        LAYOUT_VERSION,
        ANALYSIS_VERSION,
        EXACT_VERSION,
        WORD_PATTERN,
        fields,
        fact_definition(),
        story_definition(),
    ]
    return hashlib.sha256(json.dumps(definition).encode()).hexdigest()[:12]


def to_document(stored: StoredArticle) -> tantivy.Document:
    """The document of an article."""
    return finished(unfinished(stored), stored, whole_source(stored))


def unfinished(stored: StoredArticle) -> tantivy.Document:
    """The document of an article but for its source and what its story makes of it."""
    document = tantivy.Document()
    document.add_text("article_id", stored.article_id)
    if stored.hidden:
        document.add_text(VALUES, term_of("hidden", HIDDEN))
    document.add_unsigned("published_order", stored.published_order)
    said = [(name, text) for name, parts in texts(stored).items() for text in parts]
    for (name, _), terms in zip(said, analysed([text for _, text in said]), strict=True):
        document.add_text(name, terms)
    for host in sites(stored):
        document.add_text(VALUES, term_of("site", host))
    document.add_unsigned("published_day", published_day(stored))
    for name, found in numbers(stored).items():
        if name != _STORY_SIZE.number_field:
            _add_numbers(document, name, found)
    for facet in TERM_FACETS:
        if facet is not _STORY_SIZE:
            _add_values(document, facet, stored)
    for facet in TREE_FACETS:
        for term in below_terms(facet, stored):
            document.add_text(LABELS, term_of(facet.below_field, term))
    return document


def finished(document: tantivy.Document, stored: StoredArticle, source: bytes) -> tantivy.Document:
    """A copy of an unfinished document with all that it lacks; of the article only its standing is looked at."""
    document = copy(document)
    document.add_bytes(SOURCE, source)
    _add_story(document, stored)
    return document


def _add_story(document: tantivy.Document, stored: StoredArticle) -> None:
    _add_numbers(document, _STORY_SIZE.number_field, _STORY_SIZE.numbers(stored))
    _add_values(document, _STORY_SIZE, stored)
    if stored.story_id is not None:
        document.add_text("story_id", stored.story_id)
        document.add_text(VALUES, term_of("story_id", stored.story_id))
    if stored.copy_of is not None:
        document.add_text(VALUES, term_of("copy_of", stored.copy_of))
        document.add_text(VALUES, term_of("copy", COPY))


def _add_numbers(document: tantivy.Document, field: str, found: Iterable[float]) -> None:
    for number in found:
        document.add_float(field, number)


def _add_values(document: tantivy.Document, facet: Facet, stored: StoredArticle) -> None:
    for value in facet_values(facet, stored):
        document.add_text(facet.field, value.value)
        document.add_text(VALUES, term_of(facet.field, value.value))
        if facet.has_terms:
            document.add_text(LABELS, term_of(facet.label_field, label_term(value)))


def article_id_of(document: tantivy.Document) -> str:
    """The article that a document is about."""
    return str(document.get_first("article_id"))
