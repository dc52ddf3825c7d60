"""Turns an ArticleQuery into the body of a search request for articles; asks nothing."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shared.article_store.bigrams import spread
from shared.article_store.cursors import Position, RankPosition, TimePosition
from shared.article_store.elasticsearch.mapping import SOURCE, VECTOR_MODEL, vector_field
from shared.article_store.indexed import TEXT_BOOSTS, host_key
from shared.article_store.narrowing import (
    Between,
    Condition,
    In,
    Narrowed,
    OneOf,
    deal,
    has_value,
    narrowed,
    narrowing_facets,
    published,
    recent,
    with_partners,
)
from shared.article_store.query import (
    ArticleQuery,
    DealBetween,
    HasValue,
    NearestQuery,
    OnSite,
    PublishedBetween,
)
from shared.article_store.wording import Asked, Bag, Either, Every, Said, Without, asked, bag

Body = dict[str, Any]

# So many more are looked at in each segment: of the nearest 100 hardly one is missed then.
_CANDIDATES_PER_NEIGHBOUR = 4


def page(query: ArticleQuery, position: Position | None, size: int) -> Body:
    """The request for the articles that follow a position, without counting."""
    direction = "asc" if query.effective_sort == "oldest" else "desc"
    by_time = [{"published_order": direction}, {"article_id": direction}]
    body: Body = {
        "size": size,
        "_source": [SOURCE],
        "track_total_hits": False,
        "query": matching(query),
        # By relevance, Elasticsearch itself tells apart what is left, by its place in the point in time.
        "sort": [{"_score": "desc"}, by_time[0]] if query.effective_sort == "relevance" else by_time,
    }
    match position:
        case TimePosition(order, article_id):
            body["search_after"] = [order, article_id]
        case RankPosition(last=last) if last:
            body["search_after"] = list(last)
    return body


def nearest(query: NearestQuery) -> Body:
    """The request for the articles nearest to a vector."""
    numbers = list(query.vector.numbers)
    of_model = {"term": {VECTOR_MODEL: query.vector.model}}
    return {
        "size": query.size,
        "_source": [SOURCE],
        "track_total_hits": False,
        "knn": {
            "field": vector_field(len(numbers)),
            "query_vector": numbers,
            "k": query.size,
            "num_candidates": _CANDIDATES_PER_NEIGHBOUR * query.size,
            "similarity": query.least_cosine,
            "filter": [of_model, matching(replace(query.among, facets=()))],
        },
    }


def copies(article_ids: Sequence[str]) -> Body:
    """The request for the number of copies that each of these articles has."""
    of = {"terms": {"field": "copy_of", "size": len(article_ids), "include": list(article_ids)}}
    shown: Body = {"filter": [{"terms": {"copy_of": list(article_ids)}}], "must_not": [{"term": {"hidden": True}}]}
    return {"size": 0, "query": {"bool": shown}, "aggs": {"copies": of}}


def matching(query: ArticleQuery) -> Body:
    """What is counted: everything but the filters that must not narrow their own facet's counts."""
    parts = [meets_all(narrowed(query, narrowing_facets(query) - after_counting(query)))]
    if query.published_from or query.published_to:
        parts.append(meets(published(PublishedBetween(query.published_from, query.published_to))))
    out_of_sight: list[Body] = [] if query.hidden else [{"term": {"hidden": True}}]
    if query.copies == "hide":
        out_of_sight.append({"exists": {"field": "copy_of"}})
    where = asked(query.where)
    return {
        "bool": {
            "must": [] if where is None else [_holds(where)],
            "should": [
                *(_holds(preferred) for words in query.prefer if (preferred := bag(words))),
                *({"constant_score": {"filter": meets(lately), "boost": weight}} for lately, weight in recent(query)),
            ],
            "must_not": out_of_sight,
            # With nothing else asked, one of what is preferred would have to be there.
            "filter": [{"match_all": {}}, *parts],
        }
    }


def after_counting(query: ArticleQuery) -> frozenset[str]:
    """The facets whose filters must not narrow what is counted: those counted, and what narrows together with them."""
    return with_partners(request.facet for request in query.facets) & narrowing_facets(query)


def _holds(part: Asked) -> Body:
    match part:
        case Bag(parts, needed):
            return {"bool": {"should": [_said(one) for one in parts], "minimum_should_match": needed}}
        case Without(inner):
            return {"bool": {"must_not": [_holds(inner)]}}
        case Every(parts):
            return {"bool": {"must": [_holds(one) for one in parts]}}
        case Either(parts):
            return {"bool": {"should": [_holds(one) for one in parts], "minimum_should_match": 1}}
        case HasValue(facet, values):
            return _all([meets(has_value(facet, values))])
        case OnSite(host):
            return _all([{"term": {"site": host_key(host)}}])
        case PublishedBetween():
            return _all([meets(published(part))])
        case DealBetween():
            return _all([meets(deal(part))])


def _said(said: Said) -> Body:
    # A word that is indexed as several terms (R&D, or Chinese) means those terms in a row, as a phrase does.
    text = spread(said.text)
    in_fields = [{"match_phrase": {field: {"query": text, "boost": TEXT_BOOSTS[field]}}} for field in said.fields]
    return {"bool": {"should": in_fields, "minimum_should_match": 1}}


def meets_all(of: Narrowed) -> Body:
    """Conditions without a say in relevance."""
    return {"bool": {"filter": [meets(c) for c in of.must], "must_not": [meets(c) for c in of.must_not]}}


def meets(condition: Condition) -> Body:
    """One condition, without a say in relevance."""
    match condition:
        case In(field, values):
            return {"terms": {field: list(values)}}
        case Between(field, lowest, end):
            bounds = {"gte": lowest, "lt": end}
            return {"range": {field: {name: bound for name, bound in bounds.items() if bound is not None}}}
        case OneOf(conditions):
            if not conditions:
                return {"match_none": {}}
            return {"bool": {"should": [meets(one) for one in conditions], "minimum_should_match": 1}}


def _all(parts: Sequence[Body]) -> Body:
    return {"bool": {"filter": list(parts)}}
