"""A facet that the store cannot count is named, and the page with all other facets is served."""

from copy import deepcopy
from dataclasses import replace

import pytest

from shared.article_store.elasticsearch.connection import connect
from shared.article_store.elasticsearch.mapping import alias, definition, to_document
from shared.article_store.facet_counts import REFUSED
from shared.article_store.opening import open_reader
from shared.article_store.query import FacetFilter, FacetRequest, SearchResult, Words
from shared.settings import StoreSettings
from tests.builders import a_relation, a_stored_article, an_enrichment, an_entity
from tests.contract.article_store.stores import Store, opened, titles, visible

ADA = an_enrichment(entities=(an_entity("person:ada", "Ada Brandt", type="person"),))
COUNCIL = Words("council")


def counts(result: SearchResult) -> dict[str, dict[str, int]]:
    return {facet.facet: {b.value: b.count for b in facet.buckets} for facet in result.facets}


async def add_an_index_without(store: Store, field: str) -> None:
    """A further index behind the alias, holding one article, in which nothing can be counted by this field; once
    readers may be expected to see it."""
    settings = store.settings
    made = deepcopy(definition())
    made["mappings"]["properties"][field] = {"type": "text"}
    name, document = f"{alias(settings.index_prefix)}-other", to_document(a_stored_article(9))
    async with connect(settings) as client:
        await client.indices.create(index=name, aliases={alias(settings.index_prefix): {}}, **made)
        await client.index(index=name, id=document["article_id"], document=document)
    await visible(settings, store.clock)


@pytest.mark.parametrize("sort", ["newest", "relevance"])
@pytest.mark.elasticsearch
async def test_elasticsearch_names_a_facet_that_it_refuses_to_count(elasticsearch_settings: StoreSettings, sort):
    async with opened(elasticsearch_settings) as store:
        await store.put(a_stored_article(1, ADA), a_stored_article(2, section="Sport"))
        asked = {
            "where": COUNCIL,
            "sort": sort,
            "filters": (FacetFilter("person", ("person:ada", "person:nobody")),),
            "facets": (FacetRequest("section"), FacetRequest("person"), FacetRequest("language")),
        }
        before = await store.search(**asked)

        await add_an_index_without(store, "person")
        after = await store.search(**asked)

    assert [facet.failed for facet in before.facets] == [None, None, None]
    assert [facet.failed for facet in after.facets] == [None, REFUSED, None]
    assert (after.total, titles(after)) == (before.total, titles(before))
    assert counts(after) == {**counts(before), "person": {}}


@pytest.mark.elasticsearch
async def test_elasticsearch_names_a_facet_whose_labels_cannot_be_searched(elasticsearch_settings: StoreSettings):
    async with opened(elasticsearch_settings) as store:
        await store.put(a_stored_article(1, ADA), a_stored_article(2))
        await add_an_index_without(store, "person_label")

        result = await store.search(facets=(FacetRequest("person", query="bra"), FacetRequest("language")))

    assert [facet.failed for facet in result.facets] == [REFUSED, None]
    assert (result.total.value, counts(result)["language"]) == (3, {"en": 3})


@pytest.mark.elasticsearch
async def test_elasticsearch_goes_on_by_relevance_where_a_facet_is_refused(elasticsearch_settings: StoreSettings):
    async with opened(elasticsearch_settings) as store:
        await store.put(*(a_stored_article(n, ADA) for n in range(1, 6)))
        await add_an_index_without(store, "person")
        asked = {
            "where": COUNCIL,
            "size": 3,
            "filters": (FacetFilter("person", ("person:ada",)),),
            "facets": (FacetRequest("person"),),
        }

        first = await store.search(**asked)
        second = await store.search(**asked, cursor=first.next)

    assert first.facets[0].failed == second.facets[0].failed == REFUSED
    assert (len(first.hits), len(second.hits), second.next) == (3, 2, None)


@pytest.mark.elasticsearch
async def test_facets_that_narrow_each_other_are_counted_beside_one_that_is_refused(
    elasticsearch_settings: StoreSettings,
):
    deals = [
        an_enrichment(relations=(a_relation(type=kind, dollars=dollars),))
        for kind, dollars in (("acquires", 5e6), ("acquires", 5e8), ("invests_in", 5e6))
    ]
    async with opened(elasticsearch_settings) as store:
        await store.put(*(a_stored_article(n, deal) for n, deal in enumerate(deals)))
        asked = {
            "filters": (FacetFilter("relation", ("acquires",)), FacetFilter("deal_size", ("1m-10m",))),
            "facets": (FacetRequest("relation"), FacetRequest("person"), FacetRequest("deal_size")),
        }
        before = await store.search(**asked)

        await add_an_index_without(store, "person")
        after = await store.search(**asked)

    assert [facet.failed for facet in after.facets] == [None, REFUSED, None]
    assert counts(after) == counts(before)
    assert counts(after)["relation"]["acquires"] == 1


async def test_tantivy_serves_the_page_when_counting_takes_too_long(tantivy_settings: StoreSettings):
    async with opened(tantivy_settings) as store:
        await store.put(a_stored_article(1, ADA), a_stored_article(2))
        hasty = tantivy_settings.model_copy(update={"store_timeout_s": 1e-9})

        result = await replace(store, reader=await open_reader(hasty, store.clock)).search(
            where=COUNCIL, facets=(FacetRequest("person"), FacetRequest("language"))
        )

    assert (result.total.value, len(result.hits)) == (2, 2)
    assert all("took longer" in (facet.failed or "") and not facet.buckets for facet in result.facets)


async def test_a_store_that_is_well_names_no_facet(store: Store):
    await store.put(a_stored_article(1, ADA))

    result = await store.search(facets=(FacetRequest("person"), FacetRequest("published")))

    assert [(facet.failed, facet.exact) for facet in result.facets] == [(None, True), (None, True)]
