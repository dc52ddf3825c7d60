"""Pages in an order of numbers and ids, over an index in memory."""

import pytest
import tantivy

from shared.article_store.tantivy.walking import Walk


def index_of(items: list[tuple[int, str]]) -> tantivy.Index:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    builder.add_unsigned_field("order", stored=True, fast=True, indexed=True)
    index = tantivy.Index(builder.build())
    writer = index.writer(15_000_000, 1)
    for order, name in items:
        document = tantivy.Document()
        document.add_text("id", name)
        document.add_unsigned("order", order)
        writer.add_document(document)
    writer.commit()
    index.reload()
    return index


@pytest.mark.parametrize("upwards", [True, False])
@pytest.mark.parametrize("size", [1, 3, 50])
def test_every_item_comes_once_and_in_order_though_most_share_a_number(upwards, size):
    items = [(number // 40, f"{number:03}") for number in range(130)]
    index = index_of(items)
    walk = Walk("order", upwards, lambda d: (d["order"][0], d["id"][0]), lambda item: item)

    seen, after, more = [], None, True
    while more:
        page, more = walk.page(index.searcher(), index.schema, tantivy.Query.all_query(), size, after)
        seen += page
        after = page[-1]

    assert seen == sorted(items, reverse=not upwards)


def test_a_page_of_nothing_is_empty():
    walk = Walk("order", True, lambda d: (0, ""), lambda item: item)
    index = index_of([(1, "a")])

    assert walk.page(index.searcher(), index.schema, tantivy.Query.all_query(), 0, None) == ([], False)
