import tantivy
from tantivy import Query

from shared.article_store.tantivy.exact import (
    LABELS,
    VALUES,
    add_exact_fields,
    has,
    has_any,
    labels_with,
    prepare,
    term_of,
)


def an_index(*documents: dict[str, list[str]]) -> tantivy.Index:
    """Documents with these values of fields; `colour` and `size` are counted."""
    builder = tantivy.SchemaBuilder()
    add_exact_fields(builder, ("colour", "size"), labels=True)
    index = prepare(tantivy.Index(builder.build()))
    writer = index.writer(15_000_000, 1)
    for values in documents:
        document = tantivy.Document()
        for field, of_field in values.items():
            for value in of_field:
                document.add_text(field, value)
                document.add_text(VALUES, term_of(field, value))
                document.add_text(LABELS, term_of(f"{field}_label", f"{value} ({field})"))
        writer.add_document(document)
    writer.commit()
    index.reload()
    return index


def number_found(index: tantivy.Index, query: Query) -> int:
    return len(index.searcher().search(query, limit=10, count=False).hits)


def test_a_value_is_found_in_its_own_field_alone():
    index = an_index({"colour": ["red"]}, {"size": ["red", "Large Blue"]}, {"colour": ["blue"]})

    in_one = [number_found(index, has(index.schema, field, "red")) for field in ("colour", "size", "sizes")]
    any_colour = number_found(index, has_any(index.schema, "colour", ["red", "blue", "green"]))
    whole = [number_found(index, has(index.schema, "size", value)) for value in ("Large Blue", "large", "Large")]

    assert (in_one, any_colour, whole) == ([1, 1, 0], 2, [1, 0, 0])
    assert number_found(index, has_any(index.schema, "colour", [])) == 0


def test_values_are_counted_as_they_are_written():
    index = an_index({"colour": ["Deep Red", "blau é"]}, {"colour": ["Deep Red"]}, {"size": ["Deep Red"]})

    terms = {"field": "colour", "size": 10}
    buckets = index.searcher().aggregate(Query.all_query(), {"found": {"terms": terms}})["found"]["buckets"]

    assert {bucket["key"]: bucket["doc_count"] for bucket in buckets} == {"Deep Red": 2, "blau é": 1}


def test_labels_are_found_by_how_they_begin_with_the_number_of_documents_that_have_them():
    index = an_index({"colour": ["red"]}, {"colour": ["red", "rose"]}, {"size": ["red"]})
    searcher = index.searcher()

    assert labels_with(searcher, "colour_label", "r") == [("red (colour)", 2), ("rose (colour)", 1)]
    assert labels_with(searcher, "colour_label", "red", has(index.schema, "colour", "rose")) == [("red (colour)", 1)]
    assert labels_with(searcher, "size_label", "") == [("red (size)", 1)]
