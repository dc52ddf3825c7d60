"""The index of facts, in a folder of its own inside the folder of the articles' index: derived from the articles.

It is committed before the articles are: a writer killed in between is made good by the redelivery, which finds the
article not yet written and replaces its facts again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import tantivy

from shared.article_store.bigrams import spread
from shared.article_store.document import StoredArticle
from shared.article_store.facts import FACTS_LAYOUT_VERSION, StoredFact, counted_values, facts_of, labels
from shared.article_store.indexed import bounded_value, label_term
from shared.article_store.tantivy.analysis import TERMS_BETWEEN_BLANKS, analysed, prepare
from shared.article_store.tantivy.exact import LABELS, VALUES, add_exact_fields, has_any, term_of
from shared.article_store.tantivy.tiers import TieredWriter
from shared.facets import FacetValue

FOLDER = "facts"
YES = "true"
TEXT = "text"
# The least that Tantivy takes: a passage is a sentence or two.
_HEAP_BYTES = 15_000_000
_Kind = Literal["words", "counted", "number", "kept_bytes"]


@dataclass(frozen=True)
class _Field:
    """A field of the index; what facts are found by besides is among VALUES and LABELS."""

    name: str
    kind: _Kind


_COUNTED = ("kind", "type", "status", "subject", "object", "party", "speaker", "source", "language")
_FIELDS = (
    *(_Field(name, "counted") for name in _COUNTED),
    *(_Field(name, "number") for name in ("amount", "published_ms", "published_order", "amount_order")),
    _Field(TEXT, "words"),
    _Field("json", "kept_bytes"),
)


def fact_schema() -> tantivy.Schema:
    """The schema that an index of facts of this code has."""
    builder = tantivy.SchemaBuilder()
    add_exact_fields(builder, _COUNTED, labels=True)
    for field in _FIELDS:
        match field.kind:
            case "words":
                builder.add_text_field(field.name, tokenizer_name=TERMS_BETWEEN_BLANKS)
            case "number":
                builder.add_unsigned_field(field.name, fast=True)
            case "kept_bytes":
                builder.add_bytes_field(field.name, stored=True)
    return builder.build()


def fact_definition() -> str:
    """Changes when an index of facts of the code before would answer differently; part of the folder's fingerprint."""
    return json.dumps([FACTS_LAYOUT_VERSION, [asdict(field) for field in _FIELDS]])


def empty() -> tantivy.Index:
    """An index that holds nothing, in memory."""
    return prepare(tantivy.Index(fact_schema()))


def create(folder: Path) -> tantivy.Index:
    """A new index inside the folder of an articles' index."""
    path = folder / FOLDER
    path.mkdir()
    return prepare(tantivy.Index(fact_schema(), str(path)))


def opened(folder: Path) -> tantivy.Index:
    """The index inside the folder of an articles' index.

    Raises:
        ValueError: it is not there or cannot be read.
    """
    return prepare(tantivy.Index.open(str(folder / FOLDER)))


def open_writer(folder: Path) -> TieredWriter:
    """The writer of the index inside the folder of an articles' index; there is one at a time."""
    return TieredWriter(folder / FOLDER, prepare, _HEAP_BYTES)


def add(writer: TieredWriter, stored: StoredArticle) -> None:
    """Add the facts of an article that has none there, without a commit."""
    for fact in facts_of(stored):
        writer.add_document(_document(fact))


def replace(writer: TieredWriter, searcher: tantivy.Searcher, articles: Mapping[str, StoredArticle | None]) -> bool:
    """Replace the facts of articles by those they have now, without a commit; whether there was anything to do.

    None stands for an article that is no more.
    """
    new = {article_id: facts_of(stored) if stored else () for article_id, stored in articles.items()}
    if not any(new.values()) and not _any_there(searcher, list(new)):
        return False
    for article_id, facts in new.items():
        writer.delete_documents_by_term(VALUES, term_of("article_id", article_id))
        for fact in facts:
            writer.add_document(_document(fact))
    return True


def fact_of(document: tantivy.Document) -> StoredFact:
    """The fact as it was put."""
    return StoredFact.model_validate_json(bytes(document.get_first("json") or b""))


def _any_there(searcher: tantivy.Searcher, article_ids: Sequence[str]) -> bool:
    if not article_ids:
        return False
    query = has_any(fact_schema(), "article_id", article_ids)
    return bool(searcher.search(query, limit=1, count=False).hits)


def _document(fact: StoredFact) -> tantivy.Document:
    document = tantivy.Document()
    counted = counted_values(fact)
    for name, values in counted.items():
        for value in values:
            document.add_text(name, value)
    for name, values in {**counted, **_others(fact)}.items():
        for value in values:
            document.add_text(VALUES, term_of(name, value))
    for name, of_values in labels(fact).items():
        for term in _label_terms(of_values):
            document.add_text(LABELS, term_of(f"{name}_label", term))
    for name in ("published_ms", "published_order", "amount_order"):
        document.add_unsigned(name, getattr(fact, name))
    if (amount := fact.amount_cents) is not None:
        document.add_unsigned("amount", amount)
    for terms in analysed([spread(fact.evidence.text)]):
        document.add_text(TEXT, terms)
    document.add_bytes("json", fact.model_dump_json().encode())
    return document


def _others(fact: StoredFact) -> dict[str, tuple[str, ...]]:
    """What a fact is found by and not counted."""
    return {
        "article_id": (fact.article_id,),
        "hidden": (YES,) if fact.hidden else (),
        "of_copy": (YES,) if fact.of_copy else (),
    }


def _label_terms(values: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(label_term(bounded_value(FacetValue(value, label))) for value, label in values.items())
