"""Exact values, those of many fields in one field of Tantivy's: a term says which of them it is of, then the value.

Each field of Tantivy's that has terms gets a dictionary with each segment, whose making takes as long for one term as
for thousands; and with each commit there is a segment. A field whose values are counted keeps its column, which is
made without such a dictionary: of its terms there are none.
"""

from collections.abc import Collection
from functools import cache

import tantivy
from tantivy import Query

from shared.facets import LABEL_SEPARATOR

# Holds the values that are asked for, and the labels whose beginnings are.
VALUES, LABELS = "values", "labels"
# Raise it when the same value would be another term.
EXACT_VERSION = 1
_WITHOUT_TERMS = "without_terms"


def prepare(index: tantivy.Index) -> tantivy.Index:
    """Register what columns ask for by name."""
    index.register_tokenizer(_WITHOUT_TERMS, _nothing())
    index.register_fast_field_tokenizer(_WITHOUT_TERMS, _whole())
    return index


def add_exact_fields(builder: tantivy.SchemaBuilder, counted: Collection[str], *, labels: bool) -> None:
    """The field of all values, that of labels if there are any, and a column for each of the counted fields."""
    for name in (VALUES, LABELS) if labels else (VALUES,):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in counted:
        builder.add_text_field(name, fast=True, tokenizer_name=_WITHOUT_TERMS, index_option="basic")


def term_of(field: str, value: str) -> str:
    """A value, or the beginning of one, as a term of VALUES or of LABELS."""
    return f"{field}{LABEL_SEPARATOR}{value}"


def has(schema: tantivy.Schema, field: str, value: str) -> Query:
    """The documents with this value in the field."""
    return Query.term_query(schema, VALUES, term_of(field, value), "basic")


def has_any(schema: tantivy.Schema, field: str, values: Collection[str]) -> Query:
    """The documents with one of these values in the field."""
    return Query.term_set_query(schema, VALUES, [term_of(field, value) for value in values])


def labels_with(
    searcher: tantivy.Searcher, field: str, prefix: str, found: Query | None = None
) -> list[tuple[str, int]]:
    """The labels of a field that start so, and how many documents have each; with `found` those among what it finds."""
    own = len(term_of(field, ""))
    terms = searcher.terms_with_prefix(LABELS, term_of(field, prefix), found)
    return [(term[own:], number) for term, number in terms]


@cache
def _nothing() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).filter(tantivy.Filter.remove_long(0)).build()


@cache
def _whole() -> tantivy.TextAnalyzer:
    return tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw()).build()
