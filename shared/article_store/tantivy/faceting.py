"""Counts the facets of a question; one that cannot be counted says so, and the others are answered."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import pairwise

import structlog
import tantivy
from tantivy import Query

from shared.article_store.facet_counts import REFUSED, Counted, assemble, named_values, not_counted
from shared.article_store.label_search import searched
from shared.article_store.narrowing import bucket_conditions, narrowing_facets
from shared.article_store.query import ArticleQuery, FacetCounts, FacetRequest
from shared.article_store.tantivy.counting import (
    FacetQuestion,
    count,
    count_each,
    count_over_time,
    count_searched,
    label_of,
)
from shared.article_store.tantivy.queries import matching
from shared.article_store.time_buckets import between_days
from shared.facets import FACETS_BY_NAME

_log = structlog.get_logger()


def facets(searcher: tantivy.Searcher, schema: tantivy.Schema, query: ArticleQuery) -> tuple[FacetCounts, ...]:
    """The counts of the facets asked for, in their order."""
    try:
        return _counted(searcher, schema, query, query.facets)
    except ValueError:
        # Together they are one request, and one that fails takes the others with it: each is asked for alone.
        return tuple(_alone_or_failed(searcher, schema, query, request) for request in query.facets)


def over_time(
    searcher: tantivy.Searcher, schema: tantivy.Schema, query: ArticleQuery, request: FacetRequest, edges: Sequence[int]
) -> tuple[FacetCounts, ...]:
    """The counts of a facet in each stretch between two days since 1970."""
    asked = replace(query, facets=(request,))
    if FACETS_BY_NAME[request.facet].kind == "date" or searched(asked) or bucket_conditions(query, request.facet):
        stretches = (between_days(asked, *stretch) for stretch in pairwise(edges))
        return tuple(facets(searcher, schema, one)[0] for one in stretches)
    among = matching(schema, query, without_facet=request.facet)

    def within(start: int, end: int) -> Query:
        return matching(schema, between_days(query, start, end), without_facet=request.facet)

    question = FacetQuestion(request, named_values(query, request.facet))
    label = lru_cache(maxsize=None)(partial(label_of, searcher, request.facet))
    found = count_over_time(searcher, among, question, edges, within)
    return tuple(assemble(query, request, counted, label) for counted in found)


def _alone_or_failed(
    searcher: tantivy.Searcher, schema: tantivy.Schema, query: ArticleQuery, request: FacetRequest
) -> FacetCounts:
    try:
        return _counted(searcher, schema, query, (request,))[0]
    except ValueError as error:
        _log.warning("a facet could not be counted", facet=request.facet, error=str(error))
        return not_counted(request, REFUSED)


def _counted(
    searcher: tantivy.Searcher, schema: tantivy.Schema, query: ArticleQuery, requests: Sequence[FacetRequest]
) -> tuple[FacetCounts, ...]:
    found = matching(schema, query)
    filtered = narrowing_facets(query)
    alone = {r.facet for r in requests if r in searched(query) or _stands_alone(query, r, filtered)}
    counted = count(searcher, found, [FacetQuestion(r) for r in requests if r.facet not in alone])
    for request in requests:
        if request.facet in alone:
            context = matching(schema, query, without_facet=request.facet)
            counted |= _count_alone(searcher, schema, query, context, request)
    return tuple(assemble(query, r, counted[r.facet], partial(label_of, searcher, r.facet)) for r in requests)


def _count_alone(
    searcher: tantivy.Searcher, schema: tantivy.Schema, query: ArticleQuery, context: Query, request: FacetRequest
) -> dict[str, Counted]:
    depends = bucket_conditions(query, request.facet)
    if depends is None and request in searched(query):
        return {request.facet: count_searched(searcher, context, request)}
    if depends is None:
        return count(searcher, context, [FacetQuestion(request, named_values(query, request.facet))])
    return {request.facet: count_each(searcher, schema, context, request, depends)}


def _stands_alone(query: ArticleQuery, request: FacetRequest, filtered: frozenset[str]) -> bool:
    """Whether a facet is counted among other articles than those found, or by conditions of its own."""
    return request.facet in filtered or bucket_conditions(query, request.facet) is not None
