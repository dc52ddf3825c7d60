"""What the page of an entity shows: who it is named with, what it did with whom and what it said; no markup yet."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from services.search.finding.entities import EntityGraph, EntityProfile
from services.search.finding.timelines import Timeline
from services.search.parameters.articles import EVERYTHING
from services.search.parameters.selection import toggled
from services.search.ui import wording
from services.search.ui.charts import BarChart, BarValue, bar_chart, period
from services.search.ui.fact_rows import DealRow, FactRow, deal_rows, fact_row
from services.search.ui.graph_layout import positions
from services.search.ui.links import DEALS_PATH, QUOTES_PATH, entity_path, search_for, search_page
from services.search.ui.search_view import Link, ResultRow, result_row
from shared.article_store.query import FacetCounts
from shared.facets import FACETS_BY_NAME

GRAPH_WIDTH, GRAPH_HEIGHT = 720.0, 440.0
# Names stand below their circles, and are wide.
_MARGIN = (80.0, 34.0)
_LEAST_RADIUS, _MOST_RADIUS = 5.0, 15.0
_LABEL_CHARACTERS = 24
# Being named together pulls less than a deal.
_PULLS = {"mentioned_with": 0.25}


@dataclass(frozen=True)
class NodeShape:
    """A circle with a name, in units of the drawing."""

    x: float
    y: float
    radius: float
    kind: str
    label: str
    said: str
    href: str | None


@dataclass(frozen=True)
class EdgeShape:
    """A line between two circles; weight is 1 to 4."""

    x1: float
    y1: float
    x2: float
    y2: float
    weight: int
    relation: bool
    said: str


@dataclass(frozen=True)
class GraphDrawing:
    """The neighbourhood as shapes, and the same in words for who cannot see it."""

    nodes: tuple[NodeShape, ...]
    edges: tuple[EdgeShape, ...]
    sentences: tuple[str, ...]
    complete: bool
    width: float = GRAPH_WIDTH
    height: float = GRAPH_HEIGHT


@dataclass(frozen=True)
class CountRow:
    """A name, how many articles have it, and where it leads."""

    link: Link
    count: str


@dataclass(frozen=True)
class CountGroup:
    """The most frequent of one kind."""

    label: str
    rows: tuple[CountRow, ...]


@dataclass(frozen=True)
class EntityPage:
    """Everything on the page of an entity."""

    id: str
    name: str
    kind: str
    kind_label: str
    total: str
    search_href: str
    follow_query: str
    chart: BarChart | None
    deals: tuple[DealRow, ...]
    deals_total: str
    deals_href: str
    quotes: tuple[FactRow, ...]
    quotes_total: str
    quotes_href: str
    groups: tuple[CountGroup, ...]
    about: tuple[CountGroup, ...]
    latest: tuple[ResultRow, ...]
    graph: GraphDrawing | None


def entity_view(profile: EntityProfile, graph: EntityGraph) -> EntityPage:
    """The page of an entity."""
    return EntityPage(
        id=profile.id,
        name=profile.name,
        kind=profile.type,
        kind_label=FACETS_BY_NAME[profile.type].label,
        total=wording.counted(profile.total, "article", "articles"),
        search_href=search_for(profile.type, profile.id) or "/",
        follow_query=f"{profile.type}={profile.id}",
        chart=_mentions(profile.type, profile.id, profile.mentions),
        deals=deal_rows(profile.relations.facts),
        deals_total=wording.counted(profile.relations.total.value, *wording.REPORTS),
        deals_href=f"{DEALS_PATH}?entity={profile.id}",
        quotes=tuple(map(fact_row, profile.quotes.facts)),
        quotes_total=wording.counted(profile.quotes.total.value, "quote", "quotes"),
        quotes_href=f"{QUOTES_PATH}?speaker={profile.id}",
        groups=tuple(_groups(profile.mentioned_with, entities=True)),
        about=tuple(_groups(profile.about, entities=False)),
        latest=tuple(map(result_row, profile.latest)),
        graph=drawing(graph) if len(graph.nodes) > 1 else None,
    )


def drawing(graph: EntityGraph) -> GraphDrawing:
    """The graph as shapes: the more articles, the larger the circle; the heavier, the thicker the line."""
    pulls = {
        (edge.source, edge.target): _PULLS.get(edge.type, 1.0) for edge in graph.edges if edge.source != edge.target
    }
    places = positions([node.id for node in graph.nodes], pulls, (GRAPH_WIDTH, GRAPH_HEIGHT), _MARGIN)
    names = {node.id: node.name for node in graph.nodes}
    most = max((node.articles for node in graph.nodes[1:]), default=1) or 1
    nodes = tuple(
        NodeShape(
            *places[node.id],
            radius=_MOST_RADIUS if number == 0 else _radius(node.articles / most),
            kind=node.type or "",
            label=_short(node.name),
            said=f"{node.name}: {wording.counted(node.articles, 'article', 'articles')}",
            href=entity_path(node.id) if number and node.type else None,
        )
        for number, node in enumerate(graph.nodes)
    )
    heaviest = max((edge.weight for edge in graph.edges), default=1) or 1
    edges = tuple(
        EdgeShape(
            *places[edge.source],
            *places[edge.target],
            weight=1 + round(3 * edge.weight / heaviest),
            relation=edge.type != "mentioned_with",
            said=_sentence(names, edge.source, edge.type, edge.target, edge.weight),
        )
        for edge in reversed(graph.edges)
    )
    return GraphDrawing(nodes, edges, tuple(edge.said for edge in reversed(edges)), graph.complete)


def _sentence(names: dict[str, str], source: str, kind: str, target: str, weight: int) -> str:
    verb = wording.relation(kind) or "is named together with"
    return f"{names[source]} {verb} {names[target]} ({wording.counted(weight, 'article', 'articles')})"


def _radius(share: float) -> float:
    # The area stands for the number.
    return round(_LEAST_RADIUS + (_MOST_RADIUS - _LEAST_RADIUS) * math.sqrt(share) * 0.8, 1)


def _short(name: str) -> str:
    return name if len(name) <= _LABEL_CHARACTERS else name[: _LABEL_CHARACTERS - 1] + "…"


def _mentions(facet: str, entity_id: str, mentions: Timeline) -> BarChart | None:
    query = toggled(EVERYTHING, facet, entity_id)
    values = [
        BarValue(
            start=part.start,
            value=part.count,
            said=f"{period(part.start, mentions.interval)}: {wording.counted(part.count, 'article', 'articles')}",
            href=search_page(replace(query, published_from=part.start, published_to=part.end)),
        )
        for part in mentions.slices
    ]
    largest = max((part.count for part in mentions.slices), default=0)
    return bar_chart(values, mentions.interval, f"{largest:,}")


def _groups(counts: Iterable[FacetCounts], *, entities: bool) -> Iterator[CountGroup]:
    for each in counts:
        if each.buckets:
            rows = tuple(
                CountRow(
                    Link(
                        bucket.label,
                        entity_path(bucket.value) if entities else search_for(each.facet, bucket.value),
                        each.facet,
                    ),
                    f"{bucket.count:,}",
                )
                for bucket in each.buckets
            )
            yield CountGroup(wording.PLURALS[each.facet], rows)
