"""The Kibana objects, from the facets and the index: a data view with its formats, visualisations and dashboards."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from shared.article_store.elasticsearch.mapping import alias
from shared.article_store.indexed import NUMBER_FIELDS, amount_field
from shared.events.enrichment import RelationType
from shared.facets import ENTITY_FIELDS, FACETS, FACETS_BY_NAME, RELATION_LABELS, Facet
from shared.settings import StoreSettings

Json = dict[str, Any]
DATA_VIEW_ID = "newsweir-articles"
# What a reader of Newsweir does not see is not counted here either.
SHOWN = "hidden:false"
_TYPE_VERSIONS = {"index-pattern": "8.0.0", "visualization": "8.5.0", "dashboard": "8.9.0"}
_CORE_VERSION = "8.8.0"
_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"
_COLUMNS, _PANEL_WIDTH, _PANEL_HEIGHT = 48, 24, 15
_DEALS = "invests_in", "acquires", "merges_with", "supplies", "partners_with"
_OUTCOMES = (
    "This page shows what the articles' index can tell. It does not know what was fetched and left out, what "
    "waits, failed or was given up: that lies in the broker. Operators find it in "
    "Grafana (Newsweir: pipeline, Newsweir: crawler), `newsweir status` and `newsweir sources list`."
)


@dataclass(frozen=True)
class Picture:
    """One visualisation: aggregations as Kibana's editor keeps them, over the articles that a Lucene query finds."""

    name: str
    title: str
    kind: str
    aggregations: tuple[Json, ...] = ()
    query: str = SHOWN
    text: str = ""


def kibana_ndjson() -> str:
    """All objects, one a line, in the form that Kibana's import reads."""
    objects = [_data_view(), *(o for page in _PAGES.items() for o in _page(*page))]
    return "".join(json.dumps(o, sort_keys=True, ensure_ascii=False) + "\n" for o in objects)


def _count() -> Json:
    return {"id": "1", "enabled": True, "type": "count", "schema": "metric", "params": {}}


def _metric(number: int, kind: str, field: str, label: str, percents: Sequence[int] = (50,)) -> Json:
    params: Json = {"field": field, "customLabel": label}
    if kind == "percentiles":
        params["percents"] = list(percents)
    return {"id": str(number), "enabled": True, "type": kind, "schema": "metric", "params": params}


def _terms(number: int, schema: str, field: str, size: int) -> Json:
    params = {
        "field": field, "orderBy": "1", "order": "desc", "size": size, "otherBucket": False, "missingBucket": False,
    }  # fmt: skip
    return {"id": str(number), "enabled": True, "type": "terms", "schema": schema, "params": params}


def _days(field: str = "published_at") -> Json:
    params = {
        "field": field, "interval": "d", "useNormalizedEsInterval": True, "drop_partials": False,
        "min_doc_count": 1, "extended_bounds": {},
    }  # fmt: skip
    return {"id": "2", "enabled": True, "type": "date_histogram", "schema": "segment", "params": params}


def _top(facet: Facet, size: int = 20, query: str = SHOWN, prefix: str = "facet", title: str = "") -> Picture:
    bucket = _terms(2, "bucket", facet.field, size)
    return Picture(f"{prefix}-{facet.name}", title or facet.label, "table", (_count(), bucket), query)


def _seen_days() -> Json:
    return _days("first_seen_at")


def _by_name(field: str) -> Json:
    """The largest buckets, by name: other metrics than a count cannot order them."""
    bucket = _terms(2, "bucket", field, 50)
    bucket["params"]["orderBy"] = "_key"
    return bucket


def _over_time(name: str, title: str, field: str = "", query: str = SHOWN) -> Picture:
    split = (_terms(3, "group", field, 10),) if field else ()
    return Picture(name, title, "histogram", (_count(), _days(), *split), query)


def _waits(name: str, title: str, bucket: Json, kind: str = "table") -> Picture:
    """How long articles took from their first fetch to being searchable."""
    return Picture(name, title, kind, (_metric(1, "percentiles", "searchable_after_s", "s", (50, 95, 99)), bucket))


def _total(name: str, title: str, query: str = SHOWN) -> Picture:
    return Picture(name, title, "metric", (_count(),), query)


def _amounts() -> Picture:
    """The sum and the middle of the amounts of each type of relation, in US dollars."""
    metrics: list[Json] = []
    for relation in get_args(RelationType):
        label = RELATION_LABELS[relation]
        metrics.append(_metric(len(metrics) + 1, "sum", amount_field(relation), f"{label}: sum"))
        metrics.append(_metric(len(metrics) + 1, "percentiles", amount_field(relation), f"{label}: median"))
    return Picture("deal-amounts", "Amounts by relation, US dollars", "metric", tuple(metrics))


def _sources() -> Picture:
    latest = _metric(3, "max", "published_at", "Newest article")
    seen = _metric(5, "max", "first_seen_at", "Last brought an article")
    authors = _metric(4, "cardinality", "author", "Authors")
    by_source = _terms(2, "bucket", "source", 100)
    return Picture("source-table", "Sources", "table", (_count(), latest, seen, authors, by_source))


def _general() -> tuple[Picture, ...]:
    """Of every facet that has no page of its own."""
    elsewhere = {*ENTITY_FIELDS, "relation", "deal_size", "source", "rights", "edited", "story_size"}
    return tuple(_top(facet) for facet in FACETS if facet.kind != "date" and facet.name not in elsewhere)


_DEAL_QUERY = f"{SHOWN} AND relation:({' OR '.join(_DEALS)})"
_PAGES: Mapping[str, tuple[str, tuple[Picture, ...]]] = {
    "overview": (
        "Newsweir: overview",
        (
            _total("articles", "Articles"),
            _over_time("articles-by-day", "Articles by day of publication"),
            _over_time("topics-by-day", "Topics by day", "topic"),
            *_general(),
        ),
    ),
    "deals": (
        "Newsweir: deals",
        (
            _total("deals", "Articles that tell of a deal", _DEAL_QUERY),
            _over_time("relations-by-day", "Relations by day", "relation"),
            _top(FACETS_BY_NAME["relation"]),
            _top(FACETS_BY_NAME["deal_size"]),
            _top(FACETS_BY_NAME["organization"], 20, _DEAL_QUERY, "deal", "Organizations in articles of deals"),
            _top(FACETS_BY_NAME["industry"], 20, _DEAL_QUERY, "deal", "Industries in articles of deals"),
            _amounts(),
        ),
    ),
    "entities": (
        "Newsweir: entities",
        (
            *(_top(FACETS_BY_NAME[name], 50) for name in ENTITY_FIELDS),
            _over_time("organizations-by-day", "Organizations by day", "organization"),
        ),
    ),
    "sources": (
        "Newsweir: sources",
        (
            Picture("sources-note", "What is not shown here", "markdown", text=_OUTCOMES),
            _sources(),
            _over_time("sources-by-day", "Articles by source and day", "source"),
            _top(FACETS_BY_NAME["source"], 50, f"{SHOWN} AND copy_of:*", "copies", "Copies, by source"),
            _waits("waits-by-source", "From first fetch to searchable, seconds, by source", _by_name("source")),
            _top(FACETS_BY_NAME["rights"]),
        ),
    ),
    "pipeline": (
        "Newsweir: pipeline",
        (
            Picture("pipeline-note", "What is not shown here", "markdown", text=_OUTCOMES),
            Picture("first-seen", "New articles by day of their first fetch", "histogram", (_count(), _seen_days())),
            _waits("waits-by-day", "From first fetch to searchable, seconds", _seen_days(), "line"),
            _over_time("hidden-by-day", "Articles by day, shown and hidden", "hidden", "*"),
            _top(FACETS_BY_NAME["edited"]),
            _top(FACETS_BY_NAME["story_size"]),
            _total("without-language", "Articles without a language", f"{SHOWN} AND NOT language:*"),
            _total("without-topic", "Articles without a topic", f"{SHOWN} AND NOT topic:*"),
            _total("without-story", "Articles in no story", f"{SHOWN} AND NOT story_id:*"),
        ),
    ),
}  # fmt: skip


def _object(kind: str, object_id: str, attributes: Json, references: Sequence[Json] = ()) -> Json:
    return {
        "type": kind,
        "id": object_id,
        "attributes": attributes,
        "references": list(references),
        "coreMigrationVersion": _CORE_VERSION,
        "typeMigrationVersion": _TYPE_VERSIONS[kind],
    }


def _data_view() -> Json:
    labels = {facet.field: {"customLabel": facet.label} for facet in FACETS if facet.kind != "date"}
    attributes = {
        "title": alias(StoreSettings().index_prefix),
        "name": "Newsweir: articles",
        "timeFieldName": "published_at",
        "fields": "[]",
        "fieldFormatMap": json.dumps(_formats(), ensure_ascii=False),
        "fieldAttrs": json.dumps(labels, ensure_ascii=False),
        "runtimeFieldMap": "{}",
        "sourceFilters": "[]",
    }
    return _object("index-pattern", DATA_VIEW_ID, attributes)


def _formats() -> Json:
    dollars = {"id": "number", "params": {"pattern": "$0.[00]a"}}
    spans = {f.field: _lookup((s.value, s.label) for s in f.spans) for f in FACETS if f.kind == "range"}
    sizes = FACETS_BY_NAME["story_size"].number_field
    return {
        **spans,
        **{field: dollars for field in NUMBER_FIELDS if field != sizes},
        "relation": _lookup(RELATION_LABELS.items()),
        "edited": _lookup([("true", "Edited"), ("false", "As first published")]),
    }


def _lookup(labels: Iterable[tuple[str, str]]) -> Json:
    entries = [{"key": value, "value": label} for value, label in labels]
    return {"id": "static_lookup", "params": {"lookupEntries": entries, "unknownKeyValue": None}}


def _page(name: str, page: tuple[str, tuple[Picture, ...]]) -> Iterable[Json]:
    title, pictures = page
    for picture in pictures:
        yield _visualization(picture)
    yield _dashboard(name, title, pictures)


def _visualization(picture: Picture) -> Json:
    references = [] if picture.text else [{"name": _INDEX, "type": "index-pattern", "id": DATA_VIEW_ID}]
    source: Json = {"query": {"query": picture.query, "language": "lucene"}, "filter": []}
    state = {
        "title": picture.title,
        "type": picture.kind,
        "aggs": list(picture.aggregations),
        "params": {"markdown": picture.text} if picture.text else {},
    }
    attributes = {
        "title": picture.title,
        "description": "",
        "version": 1,
        "uiStateJSON": "{}",
        "visState": json.dumps(state, ensure_ascii=False),
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": json.dumps({} if picture.text else {**source, "indexRefName": _INDEX})
        },
    }
    return _object("visualization", _id(picture.name), attributes, references)


def _dashboard(name: str, title: str, pictures: Sequence[Picture]) -> Json:
    panels = [
        {
            "type": "visualization",
            "panelIndex": str(number),
            "panelRefName": f"panel_{number}",
            "embeddableConfig": {},
            "gridData": _place(number),
        }
        for number in range(len(pictures))
    ]
    references = [
        {"name": f"{number}:panel_{number}", "type": "visualization", "id": _id(picture.name)}
        for number, picture in enumerate(pictures)
    ]
    attributes = {
        "title": title,
        "description": "",
        "version": 1,
        "timeRestore": True,
        "timeFrom": "now-30d",
        "timeTo": "now",
        "optionsJSON": json.dumps({"useMargins": True, "syncColors": True}),
        "panelsJSON": json.dumps(panels),
        "kibanaSavedObjectMeta": {
            "searchSourceJSON": json.dumps({"query": {"query": "", "language": "kuery"}, "filter": []})
        },
    }
    return _object("dashboard", f"newsweir-page-{name}", attributes, references)


def _place(number: int) -> Json:
    row, column = divmod(number, _COLUMNS // _PANEL_WIDTH)
    return {
        "x": column * _PANEL_WIDTH, "y": row * _PANEL_HEIGHT, "w": _PANEL_WIDTH, "h": _PANEL_HEIGHT, "i": str(number),
    }  # fmt: skip


def _id(name: str) -> str:
    return f"newsweir-{name}"
