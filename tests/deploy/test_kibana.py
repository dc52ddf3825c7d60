"""The Kibana objects hold together, and every question in them is answered by a real Elasticsearch over articles."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import AsyncElasticsearch

from deploy.kibana_objects import DATA_VIEW_ID, kibana_ndjson
from services.enrichment.enrich import open_pipeline
from services.enrichment.handle import EnrichArticles
from services.newsroom.articles import load_articles
from shared.article_store.document import StoredArticle, stored
from shared.article_store.elasticsearch.mapping import alias, definition
from shared.article_store.opening import open_writer
from shared.facets import ENTITY_FIELDS, FACETS
from shared.settings import StoreSettings
from tests.builders import a_relation, a_stored_article, a_topic, an_article, an_enrichment, an_entity
from tests.fakes import FakeClock
from tests.indices import removed_afterwards

pytestmark = pytest.mark.deploy
OBJECTS = [json.loads(line) for line in kibana_ndjson().splitlines()]
COUNTED = {"keyword", "date", "double", "boolean", "integer", "long"}
ARTICLES = 48


def of_kind(kind: str) -> dict[str, dict[str, Any]]:
    return {o["id"]: o["attributes"] for o in OBJECTS if o["type"] == kind}


def aggregations(attributes: dict[str, Any]) -> list[dict[str, Any]]:
    return json.loads(attributes["visState"])["aggs"]


ASKING = {name: attributes for name, attributes in of_kind("visualization").items() if aggregations(attributes)}


def query_of(attributes: dict[str, Any]) -> str:
    return json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])["query"]["query"]


def request(attributes: dict[str, Any]) -> dict[str, Any]:
    """The search that Kibana makes of a visualisation: buckets nested in their order, metrics in the innermost."""
    metrics = {
        a["id"]: _metric(a) for a in aggregations(attributes) if a["schema"] == "metric" and a["type"] != "count"
    }
    inner: dict[str, Any] = metrics
    for bucket in reversed([a for a in aggregations(attributes) if a["schema"] != "metric"]):
        inner = {bucket["id"]: {**_bucket(bucket), "aggs": inner}}
    question = {"query_string": {"query": query_of(attributes), "analyze_wildcard": True}}
    return {"size": 0, "track_total_hits": True, "query": {"bool": {"filter": [question]}}, "aggs": inner}


def _metric(aggregation: dict[str, Any]) -> dict[str, Any]:
    params = {key: value for key, value in aggregation["params"].items() if key != "customLabel"}
    return {aggregation["type"]: params}


def _bucket(aggregation: dict[str, Any]) -> dict[str, Any]:
    params = aggregation["params"]
    if aggregation["type"] == "date_histogram":
        asked = {"calendar_interval": f"1{params['interval']}", "time_zone": "UTC"}
        return {"date_histogram": {"field": params["field"], "min_doc_count": params["min_doc_count"], **asked}}
    by = "_key" if params["orderBy"] == "_key" else "_count"
    return {"terms": {"field": params["field"], "size": params["size"], "order": {by: params["order"]}}}


def an_article_of_deals(number: int) -> StoredArticle:
    """One with a value of every facet."""
    entities = tuple(
        an_entity(f"{kind}:{number % 5}", f"Name {number % 5}", industry="robotics")
        for kind in ("org", "person", "place", "product", "tech")
    )
    enrichment = an_enrichment(
        entities=entities,
        topics=(a_topic("topic:deals", "Deals"),),
        relations=(a_relation(type="acquires", dollars=1e6 * number),),
    )
    return a_stored_article(
        number, enrichment, source_id=f"source-{number % 3}", authors=("Ada Roe",), section="Business", country="DE",
        rights=("noarchive",),
    )  # fmt: skip


@pytest.fixture(scope="module")
def prefix() -> str:
    return f"test-{uuid4().hex[:8]}"


@pytest.fixture
async def store(elasticsearch_url: str, prefix: str) -> AsyncIterator[AsyncElasticsearch]:
    """A store in which the real writer put articles."""
    settings = StoreSettings(elasticsearch_url=elasticsearch_url, index_prefix=prefix)
    async with removed_afterwards(elasticsearch_url, prefix), AsyncElasticsearch(elasticsearch_url) as client:
        writer = await open_writer(settings, FakeClock())
        await writer.put([an_article_of_deals(number) for number in range(1, ARTICLES + 1)])
        await writer.close()
        await client.indices.refresh(index=alias(prefix))
        yield client


async def test_every_question_is_answered_over_articles(store: AsyncElasticsearch, prefix: str):
    answers = {name: await store.search(index=alias(prefix), **request(asked)) for name, asked in ASKING.items()}

    totals = {name: answer["hits"]["total"]["value"] for name, answer in answers.items()}
    everything = {name for name, asked in ASKING.items() if query_of(asked) in ("hidden:false", "*")}
    assert {totals[name] for name in everything} == {ARTICLES}
    assert (totals["newsweir-deals"], totals["newsweir-copies-source"]) == (ARTICLES, 0)
    assert (totals["newsweir-without-language"], totals["newsweir-without-story"]) == (0, ARTICLES)


async def test_what_is_counted_is_what_was_put(store: AsyncElasticsearch, prefix: str):
    sources = await store.search(index=alias(prefix), **request(ASKING["newsweir-source-table"]))
    amounts = await store.search(index=alias(prefix), **request(ASKING["newsweir-deal-amounts"]))

    each = ARTICLES // 3
    assert {b["key"]: b["doc_count"] for b in sources["aggregations"]["2"]["buckets"]} == {
        f"source-{number}": each for number in range(3)
    }
    sums = {a["params"]["field"]: a["id"] for a in aggregations(ASKING["newsweir-deal-amounts"]) if a["type"] == "sum"}
    assert amounts["aggregations"][sums["amount_acquires"]]["value"] == 1e6 * sum(range(1, ARTICLES + 1))


async def test_how_long_an_article_took_is_told_by_source_and_day(store: AsyncElasticsearch, prefix: str):
    by_source = await store.search(index=alias(prefix), **request(ASKING["newsweir-waits-by-source"]))
    by_day = await store.search(index=alias(prefix), **request(ASKING["newsweir-waits-by-day"]))

    one = an_article_of_deals(1)
    took_s = (one.ingested_at - one.article.first_seen_at).total_seconds()
    medians = [b["1"]["values"]["50.0"] for b in by_source["aggregations"]["2"]["buckets"]]
    assert took_s > 0
    assert medians == [pytest.approx(took_s)] * 3
    [day] = by_day["aggregations"]["2"]["buckets"]
    assert day["key_as_string"][:10] == one.article.first_seen_at.date().isoformat()
    assert day["doc_count"] == ARTICLES


async def test_every_table_of_an_entity_has_rows(store: AsyncElasticsearch, prefix: str):
    for field in ENTITY_FIELDS:
        answer = await store.search(index=alias(prefix), **request(ASKING[f"newsweir-facet-{field}"]))

        assert len(answer["aggregations"]["2"]["buckets"]) == 5


def test_every_reference_leads_to_an_object_of_the_file():
    known = {(o["type"], o["id"]) for o in OBJECTS}

    assert len(known) == len(OBJECTS)
    assert {(r["type"], r["id"]) for o in OBJECTS for r in o["references"]} <= known


@pytest.mark.parametrize("page", of_kind("dashboard"))
def test_each_panel_of_a_page_has_its_picture_and_its_place(page: str):
    found = next(o for o in OBJECTS if o["id"] == page)
    panels = json.loads(found["attributes"]["panelsJSON"])

    assert {f"{p['panelIndex']}:{p['panelRefName']}" for p in panels} == {r["name"] for r in found["references"]}
    assert len({(p["gridData"]["x"], p["gridData"]["y"]) for p in panels}) == len(panels)
    assert all(p["gridData"]["x"] + p["gridData"]["w"] <= 48 for p in panels)


@pytest.mark.parametrize("name", ASKING)
def test_a_picture_counts_fields_that_the_index_can_count(name: str):
    properties = definition()["mappings"]["properties"]
    asked = aggregations(ASKING[name])
    fields = [a["params"]["field"] for a in asked if a["type"] != "count"]

    assert {properties[field]["type"] for field in fields} <= COUNTED
    assert len({a["id"] for a in asked}) == len(asked)
    assert asked[0]["schema"] == "metric"


def test_the_data_view_formats_fields_that_exist_and_tells_time_by_one():
    view = of_kind("index-pattern")[DATA_VIEW_ID]
    properties = definition()["mappings"]["properties"]

    assert json.loads(view["fieldFormatMap"]).keys() | json.loads(view["fieldAttrs"]).keys() <= properties.keys()
    assert properties[view["timeFieldName"]]["type"] == "date"
    assert view["title"] == alias(StoreSettings().index_prefix)


def test_every_facet_of_the_sidebar_is_counted_somewhere():
    counted = {a["params"].get("field") for asked in ASKING.values() for a in aggregations(asked)}

    assert {facet.field for facet in FACETS if facet.kind != "date"} <= counted


@pytest.fixture
async def demo(elasticsearch_url: str, prefix: str) -> AsyncIterator[AsyncElasticsearch]:
    """A store that holds the stories of the bundled newsroom, understood by the real enrichers."""
    settings = StoreSettings(elasticsearch_url=elasticsearch_url, index_prefix=f"{prefix}-demo")
    handler = EnrichArticles(open_pipeline("fast"), FakeClock())
    crawled = [
        an_article(number, title=told.title, text=told.body, source_id=told.outlet, section=told.section)
        for number, told in enumerate(load_articles())
    ]
    async with (
        removed_afterwards(elasticsearch_url, settings.index_prefix),
        AsyncElasticsearch(elasticsearch_url) as es,
    ):
        writer = await open_writer(settings, FakeClock())
        await writer.put([stored(said.event, said.event.enriched_at) for said in await handler(crawled)])
        await writer.close()
        await es.indices.refresh(index=alias(settings.index_prefix))
        yield es


async def test_over_the_demo_every_question_is_answered_and_what_it_tells_of_has_rows(
    demo: AsyncElasticsearch, prefix: str
):
    answers = {
        name: await demo.search(index=alias(f"{prefix}-demo"), **request(asked)) for name, asked in ASKING.items()
    }

    everything = [name for name, asked in ASKING.items() if query_of(asked) in ("hidden:false", "*")]
    assert {answers[name]["hits"]["total"]["value"] for name in everything} == {len(load_articles())}
    assert answers["newsweir-deals"]["hits"]["total"]["value"] > 0
    told = ("topic", "organization", "person", "location", "relation", "deal_size", "industry", "language", "section")
    for facet in told:
        assert answers[f"newsweir-facet-{facet}"]["aggregations"]["2"]["buckets"], facet
    sources = answers["newsweir-source-table"]["aggregations"]["2"]["buckets"]
    assert {bucket["key"] for bucket in sources} == {told.outlet for told in load_articles()}
    amounts = answers["newsweir-deal-amounts"]["aggregations"].values()
    assert sum(amount.get("value") or 0 for amount in amounts) > 0
