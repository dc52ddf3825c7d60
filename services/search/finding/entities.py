"""What is known of someone or something that articles name: a profile, and the graph around it."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from services.search.finding.catalogue import Catalogue
from services.search.finding.timelines import Timeline, timeline
from services.search.query_language.fields import ENTITY_FACETS, facet_of
from shared.article_store.fact_query import FactCount, FactQuery, FactResult
from shared.article_store.facts import StoredFact
from shared.article_store.query import ArticleQuery, FacetCounts, FacetRequest, HasValue, Hit, SearchResult
from shared.errors import InvalidInput
from shared.events.enrichment import EntityType, RelationType

MAX_GRAPH_NODES = 50
# Of a page of facts that is read for a graph; beyond them weights are too low, and the graph says so.
_FACTS_READ = 200
_LATEST = 10
_TOP = 10
_EVIDENCE = 3


class UnknownEntity(InvalidInput):
    """No article names anyone or anything by this id."""


@dataclass(frozen=True)
class Window:
    """The time of publication that counts; None leaves a side open."""

    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class EntityProfile:
    """What articles say of one entity.

    Attributes:
        mentioned_with: whom and what the same articles name, by type; the entity itself is left out.
        about: topics, sources and languages of the articles.
        relations, quotes: the newest; relations in which it takes part in whatever role, quotes of which it is the
            speaker.
    """

    id: str
    name: str
    type: EntityType
    total: int
    latest: tuple[Hit, ...]
    mentions: Timeline
    mentioned_with: tuple[FacetCounts, ...]
    about: tuple[FacetCounts, ...]
    relations: FactResult
    quotes: FactResult


@dataclass(frozen=True)
class Node:
    """Someone or something in a graph; articles: how many name it together with the centre, all of them for that."""

    id: str
    name: str
    type: EntityType | None
    articles: int


@dataclass(frozen=True)
class Edge:
    """Two nodes that belong together.

    Attributes:
        type: of the relation, from source to target; "mentioned_with" where they are named together, either way.
        weight: how many articles say so.
        evidence: the newest facts that say so; empty where they are only named together.
    """

    source: str
    target: str
    type: RelationType | str
    weight: int
    evidence: tuple[StoredFact, ...] = ()


@dataclass(frozen=True)
class EntityGraph:
    """The centre is the first node; complete: whether all relations between the nodes were read."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    complete: bool


def type_of(entity_id: str) -> EntityType:
    """The type of an entity by its id; raises UnknownEntity where there is none that articles are found by."""
    found = facet_of(entity_id)
    if found is None:
        raise UnknownEntity(f"no entity has the id {entity_id[:80]!r}: ids look like org:acme or person:ada-brandt")
    return found


async def profile(catalogue: Catalogue, entity_id: str, window: Window) -> EntityProfile:
    """What is known of an entity; raises UnknownEntity, and as the store."""
    entity_type = type_of(entity_id)
    facets = (*ENTITY_FACETS, "topic", "source", "language")
    query = replace(_articles(entity_type, entity_id, window), facets=tuple(FacetRequest(f, _TOP + 1) for f in facets))
    facts = FactQuery(published_from=window.start, published_to=window.end, size=_LATEST, copies="hide")
    found, relations, quotes, mentions = await asyncio.gather(
        catalogue.find(query),
        catalogue.facts(
            replace(facts, kinds=("relation",), parties=(entity_id,), counts=(FactCount("type"), FactCount("party")))
        ),
        catalogue.facts(replace(facts, kinds=("quote",), speakers=(entity_id,))),
        timeline(catalogue, replace(query, facets=())),
    )
    _refuse_unknown(entity_id, found, relations, quotes)
    return EntityProfile(
        id=entity_id,
        name=_name(entity_id, entity_type, found, (*relations.facts, *quotes.facts)),
        type=entity_type,
        total=found.total.value,
        latest=found.hits,
        mentions=mentions,
        mentioned_with=tuple(_without(counts, entity_id) for counts in found.facets[: len(ENTITY_FACETS)]),
        about=found.facets[len(ENTITY_FACETS) :],
        relations=relations,
        quotes=quotes,
    )


async def graph(catalogue: Catalogue, entity_id: str, window: Window, size: int = 20) -> EntityGraph:
    """The entity, the `size` others that most articles name with it or that it has relations with, and what joins them.

    Raises:
        UnknownEntity: no article names it; and as the store.
    """
    entity_type = type_of(entity_id)
    asked = tuple(FacetRequest(facet, size + 1) for facet in ENTITY_FACETS)
    facts = FactQuery(
        kinds=("relation",),
        published_from=window.start,
        published_to=window.end,
        size=_FACTS_READ,
        sort="newest",
        copies="hide",
    )
    found, own = await asyncio.gather(
        catalogue.find(replace(_articles(entity_type, entity_id, window), size=0, facets=asked)),
        catalogue.facts(replace(facts, parties=(entity_id,))),
    )
    _refuse_unknown(entity_id, found, own)
    centre = Node(entity_id, _name(entity_id, entity_type, found, own.facts), entity_type, found.total.value)
    nodes = (centre, *_neighbours(entity_id, found.facets, own.facts, size))
    ids = tuple(node.id for node in nodes)
    between = await catalogue.facts(replace(facts, subjects=ids, objects=ids)) if len(ids) > 1 else own
    named = (Edge(entity_id, node.id, "mentioned_with", node.articles) for node in nodes[1:] if node.articles)
    related = _related({fact.fact_id: fact for fact in (*own.facts, *between.facts)}.values(), frozenset(ids))
    complete = all(result.total.value <= len(result.facts) for result in (own, between))
    return EntityGraph(nodes, (*related, *named), complete)


def _articles(entity_type: EntityType, entity_id: str, window: Window) -> ArticleQuery:
    return ArticleQuery(
        # Not a filter: the counts of its own facet would ignore that, and these are about the entity's articles.
        where=HasValue(entity_type, (entity_id,)),
        published_from=window.start,
        published_to=window.end,
        sort="newest",
        size=_LATEST,
        # As the search for it, to which the profile leads, counts them.
        copies="hide",
    )


def _refuse_unknown(entity_id: str, found: SearchResult, *facts: FactResult) -> None:
    if not found.total.value and not any(result.total.value for result in facts):
        raise UnknownEntity(f"no article names {entity_id!r} in this time")


def _name(entity_id: str, entity_type: EntityType, found: SearchResult, facts: Iterable[StoredFact]) -> str:
    """As most articles have it: the label of its bucket; a fact's where articles name it in no facet."""
    labels = (
        bucket.label
        for counts in found.facets
        if counts.facet == entity_type
        for bucket in counts.buckets
        if bucket.value == entity_id
    )
    parties = (party.name for fact in facts for party in fact.parties if party.id == entity_id)
    return next((name for name in (*labels, *parties) if name != entity_id), entity_id)


def _without(counts: FacetCounts, entity_id: str) -> FacetCounts:
    return replace(counts, buckets=tuple(b for b in counts.buckets if b.value != entity_id)[:_TOP])


def _neighbours(entity_id: str, facets: Iterable[FacetCounts], facts: Iterable[StoredFact], size: int) -> list[Node]:
    """First those it has relations with, then those that most articles name with it; no more than `size`."""
    named = {
        bucket.value: Node(bucket.value, bucket.label, facet_of(bucket.value), bucket.count)
        for counts in facets
        for bucket in counts.buckets
    }
    related = {party.id: Node(party.id, party.name, facet_of(party.id), 0) for fact in facts for party in fact.parties}
    ranked = sorted(named.values(), key=lambda node: (-node.articles, node.name))
    chosen = {node.id: named.get(node.id, node) for node in (*related.values(), *ranked) if node.id != entity_id}
    return list(chosen.values())[: min(size, MAX_GRAPH_NODES)]


def _related(facts: Iterable[StoredFact], nodes: frozenset[str]) -> list[Edge]:
    """One edge for each pair and type, weighed by articles, the heaviest first."""
    grouped: dict[tuple[str, str, RelationType], list[StoredFact]] = {}
    for fact in facts:
        if fact.type and fact.subject and fact.object and {fact.subject.id, fact.object.id} <= nodes:
            grouped.setdefault((fact.subject.id, fact.object.id, fact.type), []).append(fact)
    edges = [
        Edge(subject, other, kind, len({fact.article_id for fact in said}), tuple(said[:_EVIDENCE]))
        for (subject, other, kind), said in grouped.items()
    ]
    return sorted(edges, key=lambda edge: (-edge.weight, edge.source, edge.target))
