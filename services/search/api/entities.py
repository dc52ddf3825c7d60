"""GET /v1/entities/{id}, what is known of someone or something, and the graph around it."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from services.search.api.asking import given
from services.search.api.facts import QUOTES_PATH, RELATIONS_PATH, FactCounts, QuoteItem, RelationItem
from services.search.api.openapi import described
from services.search.api.representation import ARTICLES_PATH, ArticleItem, Total
from services.search.api.timeline import Slice
from services.search.finding.catalogue import Catalogue
from services.search.finding.entities import MAX_GRAPH_NODES, Edge, EntityGraph, EntityProfile, Window, graph, profile
from services.search.parameters.articles import EVERYTHING, to_url
from services.search.parameters.facts import fact_url, parameter_of
from services.search.parameters.form import Form
from services.search.parameters.parameter import whole
from services.search.parameters.times import times
from services.search.problems import OPENAPI_RESPONSES
from shared.article_store.fact_query import FactQuery, FactResult, Interval
from shared.article_store.query import FacetCounts, FacetFilter
from shared.clock import Clock
from shared.events.enrichment import EntityType

ENTITIES_PATH = "/v1/entities"
_DEFAULT_GRAPH_SIZE = 20
_TIMES = times("Of articles published since; as of a search.", "Of articles published until; as of a search.")
_SIZE = whole("size", "How many others to show.", MAX_GRAPH_NODES, _DEFAULT_GRAPH_SIZE)
PROFILE_FORM = Form(_TIMES.parameters)
GRAPH_FORM = Form((*_TIMES.parameters, _SIZE))
_EntityId = Annotated[str, Path(description="as articles and facets have it, e.g. org:acme")]


class Mentioned(BaseModel):
    """Someone, something or a value that the same articles have."""

    value: str
    label: str
    count: int
    link: str | None = Field(description="its profile, where it is an entity")


class Mentions(BaseModel):
    """How many articles named the entity when; one after the other without a gap."""

    interval: Interval
    slices: tuple[Slice, ...]


class FactSummary(BaseModel):
    """How many facts there are, and where all of them are."""

    total: Total
    link: str
    facets: dict[str, FactCounts]

    @classmethod
    def of(cls, path: str, query: FactQuery, result: FactResult) -> "FactSummary":
        facets = {parameter_of(counts.facet): FactCounts.of(path, query, counts) for counts in result.counts}
        total = Total(value=result.total.value, relation=result.total.relation)
        return cls(total=total, link=fact_url(path, query), facets=facets)


class Profile(BaseModel):
    """What articles say of one entity."""

    id: str
    name: str
    type: EntityType
    total: int = Field(description="of articles that name it")
    link: str = Field(description="to all of them")
    graph: str = Field(description="what it belongs together with")
    latest: tuple[ArticleItem, ...]
    mentions: Mentions
    mentioned_with: dict[str, tuple[Mentioned, ...]] = Field(description="by type, the most frequent first")
    about: dict[str, tuple[Mentioned, ...]] = Field(description="topics, sources and languages of the articles")
    relations: tuple[RelationItem, ...] = Field(description="the newest that it takes part in")
    all_relations: FactSummary
    quotes: tuple[QuoteItem, ...] = Field(description="the newest that it is the speaker of")
    all_quotes: FactSummary

    @classmethod
    def of(cls, found: EntityProfile, window: Window) -> "Profile":
        facts = FactQuery(published_from=window.start, published_to=window.end, copies="hide")
        articles = replace(
            EVERYTHING,
            filters=(FacetFilter(found.type, (found.id,)),),
            published_from=window.start,
            published_to=window.end,
        )
        relations = replace(facts, kinds=("relation",), parties=(found.id,))
        quotes = replace(facts, kinds=("quote",), speakers=(found.id,))
        slices = tuple(Slice.of(piece, articles) for piece in found.mentions.slices)
        return cls(
            id=found.id,
            name=found.name,
            type=found.type,
            total=found.total,
            link=to_url(ARTICLES_PATH, articles),
            graph=f"{ENTITIES_PATH}/{found.id}/graph",
            latest=tuple(ArticleItem.of(hit) for hit in found.latest),
            mentions=Mentions(interval=found.mentions.interval, slices=slices),
            mentioned_with={counts.facet: _mentioned(counts, entities=True) for counts in found.mentioned_with},
            about={counts.facet: _mentioned(counts, entities=False) for counts in found.about},
            relations=tuple(map(RelationItem.of, found.relations.facts)),
            all_relations=FactSummary.of(RELATIONS_PATH, relations, found.relations),
            quotes=tuple(map(QuoteItem.of, found.quotes.facts)),
            all_quotes=FactSummary.of(QUOTES_PATH, quotes, found.quotes),
        )


class GraphNode(BaseModel):
    """Someone or something; the first is the one asked for."""

    id: str
    name: str
    type: EntityType | None
    articles: int = Field(description="that name it together with the one asked for; of that one, all")
    link: str


class GraphEdge(BaseModel):
    """Two that belong together."""

    source: str
    target: str
    type: str = Field(description="of the relation, from source to target; mentioned_with where only named together")
    weight: int = Field(description="how many articles say so")
    evidence: tuple[RelationItem, ...] = Field(description="the newest that say so, at most three")

    @classmethod
    def of(cls, edge: Edge) -> "GraphEdge":
        evidence = tuple(map(RelationItem.of, edge.evidence))
        return cls(source=edge.source, target=edge.target, type=edge.type, weight=edge.weight, evidence=evidence)


class Graph(BaseModel):
    """What belongs together around an entity."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    complete: bool = Field(description="false where there are more relations than were read: weights are too low then")

    @classmethod
    def of(cls, found: EntityGraph) -> "Graph":
        nodes = tuple(
            GraphNode(id=n.id, name=n.name, type=n.type, articles=n.articles, link=f"{ENTITIES_PATH}/{n.id}")
            for n in found.nodes
        )
        return cls(nodes=nodes, edges=tuple(map(GraphEdge.of, found.edges)), complete=found.complete)


def entity_routes(catalogue: Catalogue, clock: Clock) -> APIRouter:
    """The routes of the resource."""
    resource = _Entities(catalogue, clock)
    router = APIRouter(tags=["entities"], responses=OPENAPI_RESPONSES)
    one = f"{ENTITIES_PATH}/{{entity_id}}"
    router.add_api_route(
        one,
        resource.one,
        summary="Someone or something that articles name",
        openapi_extra={"parameters": described(PROFILE_FORM.parameters)},
    )
    router.add_api_route(
        f"{one}/graph",
        resource.graph,
        summary="What belongs together around it",
        openapi_extra={"parameters": described(GRAPH_FORM.parameters)},
    )
    return router


class _Entities:
    def __init__(self, catalogue: Catalogue, clock: Clock) -> None:
        self._catalogue = catalogue
        self._clock = clock

    async def one(self, entity_id: _EntityId, request: Request) -> Profile:
        """Mentions over time, who and what is named together with it, its relations and quotes."""
        window = Window(*_TIMES.of(await given(PROFILE_FORM, request, self._clock)))
        return Profile.of(await profile(self._catalogue, entity_id, window), window)

    async def graph(self, entity_id: _EntityId, request: Request) -> Graph:
        """Those it has relations with and those that most articles name with it, with weights and evidence."""
        asked = await given(GRAPH_FORM, request, self._clock)
        return Graph.of(await graph(self._catalogue, entity_id, Window(*_TIMES.of(asked)), asked[_SIZE]))


def _mentioned(counts: FacetCounts, *, entities: bool) -> tuple[Mentioned, ...]:
    return tuple(
        Mentioned(
            value=bucket.value,
            label=bucket.label,
            count=bucket.count,
            link=f"{ENTITIES_PATH}/{bucket.value}" if entities else None,
        )
        for bucket in counts.buckets
    )
