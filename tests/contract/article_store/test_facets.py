"""Facets at their bounds: many values selected, many facets asked, long labels."""

from shared.article_store.query import FacetFilter, FacetRequest
from shared.facets import FACETS
from tests.builders import a_stored_article, an_enrichment, an_entity
from tests.contract.article_store.stores import Store


async def test_as_many_values_as_are_allowed_are_returned_with_their_labels(store: Store):
    names = {f"org:{'long-name-' * 12}{number}": f"Long Name (No. {number})" for number in range(256)}
    entities = [an_entity(entity_id, name) for entity_id, name in names.items()]
    await store.put(
        *(a_stored_article(n, an_enrichment(entities=tuple(entities[n * 50 : n * 50 + 50]))) for n in range(6))
    )

    result = await store.search(
        filters=(FacetFilter("organization", tuple(names)),), facets=(FacetRequest("organization", 5),)
    )

    assert {bucket.value: bucket.label for bucket in result.facets[0].buckets} == names
    assert all(bucket.selected and bucket.count == 1 for bucket in result.facets[0].buckets)
    assert result.facets[0].other == 0


async def test_all_facets_are_counted_at_once_in_the_order_asked(store: Store):
    await store.put(a_stored_article(1, authors=("Ann", "Bob"), section="Sport", country="GB"))
    asked = tuple(FacetRequest(facet.name) for facet in reversed(FACETS))

    result = await store.search(facets=asked)

    assert [counts.facet for counts in result.facets] == [request.facet for request in asked]
    counted = {counts.facet: sum(bucket.count for bucket in counts.buckets) for counts in result.facets}
    assert {name: count for name, count in counted.items() if count} == {
        "edited": 1, "language": 1, "country": 1, "section": 1, "author": 2, "source": 1,
    }  # fmt: skip


async def test_a_facet_of_no_size_returns_what_is_selected(store: Store):
    await store.put(a_stored_article(1, section="Sport"), a_stored_article(2, section="Business"))

    result = await store.search(filters=(FacetFilter("section", ("Sport",)),), facets=(FacetRequest("section", 0),))

    assert [(b.value, b.count) for b in result.facets[0].buckets] == [("Sport", 1)]
    assert result.facets[0].other == 1
