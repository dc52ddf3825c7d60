"""What people read for ids that a question holds: the labels of values of facets, from the store."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from services.search.finding.catalogue import Catalogue
from services.search.parameters.query_string import split_list
from services.search.query_language.fields import facet_of
from shared.article_store.query import ArticleQuery, FacetCounts, FacetFilter, FacetRequest
from shared.facets import FACETS_BY_NAME

# A facet and one of its values.
Value = tuple[str, str]
# Of each facet; what goes beyond keeps its id.
_MAX_VALUES = 200


async def labels_of(catalogue: Catalogue, values: Iterable[Value]) -> dict[Value, str]:
    """The labels of those values that some article has; one question for each facet that labels its values."""
    wanted: dict[str, list[str]] = {}
    for facet, value in dict.fromkeys(values):
        if facet in FACETS_BY_NAME and FACETS_BY_NAME[facet].kind == "labelled":
            wanted.setdefault(facet, []).append(value)
    counted = await asyncio.gather(*(_counted(catalogue, facet, some) for facet, some in wanted.items()))
    found = ((counts.facet, bucket) for counts in counted for bucket in counts.buckets if bucket.count)
    return {(facet, bucket.value): bucket.label for facet, bucket in found}


def filtered_values(query: ArticleQuery) -> Iterable[Value]:
    """What the filters of a question select and exclude."""
    return ((item.facet, value) for item in query.filters for value in (*item.include, *item.exclude))


def entities_among(ids: Iterable[str]) -> Iterable[Value]:
    """The ids that are those of entities, with the facets that they are values of."""
    return ((facet, entity_id) for entity_id in ids if (facet := facet_of(entity_id)))


def filtered_by(parameters: Mapping[str, Sequence[str]]) -> Iterable[Value]:
    """The same of parameters by their names, as an alert keeps them: a value may be a list with commas."""
    return (
        (name.removeprefix("not_"), value)
        for name, values in parameters.items()
        for some in values
        for value in split_list(some)
    )


async def _counted(catalogue: Catalogue, facet: str, values: list[str]) -> FacetCounts:
    """Counts name every value that is selected, however rare."""
    selected = FacetFilter(facet, tuple(values[:_MAX_VALUES]))
    query = ArticleQuery(filters=(selected,), size=0, facets=(FacetRequest(facet, 1),))
    return (await catalogue.find(query)).facets[0]
