"""An index that lacks what one facet is counted by still counts the others."""

import tantivy

from shared.article_store.facet_counts import REFUSED
from shared.article_store.query import ArticleQuery, FacetFilter, FacetRequest
from shared.article_store.tantivy.analysis import prepare
from shared.article_store.tantivy.exact import add_exact_fields
from shared.article_store.tantivy.faceting import facets
from shared.article_store.tantivy.schema import schema, to_document
from tests.builders import a_stored_article, an_enrichment, an_entity

ADA = an_enrichment(entities=(an_entity("person:ada", "Ada Brandt", type="person"),))


def an_index(its_schema: tantivy.Schema) -> tantivy.Index:
    index = prepare(tantivy.Index(its_schema))
    writer = index.writer(15_000_000, 1)
    for number in (1, 2, 3):
        writer.add_document(to_document(a_stored_article(number, ADA)))
    writer.commit()
    index.reload()
    return index


def without_columns() -> tantivy.Schema:
    """A schema of words alone: nothing can be counted in it but what a test adds."""
    builder = tantivy.SchemaBuilder()
    add_exact_fields(builder, ["language"], labels=True)
    builder.add_text_field("person", tokenizer_name="raw", index_option="basic")
    return builder.build()


def test_facets_are_counted_in_the_order_asked_for():
    index = an_index(schema())

    found = facets(
        index.searcher(), index.schema, ArticleQuery(facets=(FacetRequest("person"), FacetRequest("language")))
    )

    assert [(f.facet, f.buckets[0].label, f.buckets[0].count, f.failed) for f in found] == [
        ("person", "Ada Brandt", 3, None),
        ("language", "en", 3, None),
    ]


def test_a_facet_without_its_column_is_named_and_the_others_are_counted():
    index = an_index(without_columns())
    asked = ArticleQuery(
        filters=(FacetFilter("language", ("en",)),), facets=(FacetRequest("person"), FacetRequest("language"))
    )

    person, language = facets(index.searcher(), index.schema, asked)

    assert (person.failed, person.buckets, person.exact) == (REFUSED, (), False)
    assert (language.failed, {b.value: b.count for b in language.buckets}) == (None, {"en": 3})
