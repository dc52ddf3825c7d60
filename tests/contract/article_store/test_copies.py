"""Copies of an article, hidden or shown."""

from shared.article_store.query import ArticleQuery, FacetRequest, Words
from tests.builders import a_stored_article, a_withdrawal, an_article, an_enrichment
from tests.contract.article_store.stores import Store


def a_copy(number: int, of: int):
    original = an_article(of).article_id
    story = an_enrichment(story_id="0" * 16, copy_of=original, story_version=1)
    return a_stored_article(number, story)


async def test_hidden_copies_count_nowhere_but_at_their_original(store: Store):
    await store.put(a_stored_article(1), a_copy(2, of=1), a_copy(3, of=1), a_stored_article(4))

    result = await store.search(where=Words("council"), copies="hide", facets=(FacetRequest("language"),))

    assert result.total.value == 2
    assert {hit.stored.article.title[-1]: hit.copies for hit in result.hits} == {"1": 2, "4": 0}
    assert result.facets[0].buckets[0].count == 2


async def test_copies_are_found_where_they_are_shown(store: Store):
    await store.put(a_stored_article(1), a_copy(2, of=1))

    result = await store.search(copies="show")

    assert result.total.value == 2


async def test_a_copy_of_what_an_operator_withdrew_does_not_take_its_place(store: Store):
    await store.put(a_stored_article(1), a_copy(2, of=1))

    await store.withdraw(a_withdrawal(1, reason="retired"))

    hidden, shown = await store.search(copies="hide"), await store.search(copies="show")
    assert (hidden.total.value, [hit.stored.article_id for hit in shown.hits]) == (0, [an_article(2).article_id])


async def test_an_export_yields_what_a_search_counts(store: Store):
    await store.put(a_stored_article(1), a_copy(2, of=1))

    total = (await store.search(copies="hide")).total.value
    scanned = [stored async for stored in store.reader.scan(ArticleQuery(copies="hide"))]

    assert len(scanned) == total == 1
