"""Turns an ArticleQuery into the body of a search request; asks nothing."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from shared.article_store.bigrams import spread
from shared.article_store.cursors import Position, RankPosition, TimePosition
from shared.article_store.elasticsearch.mapping import SOURCE, VECTOR_MODEL, vector_field
from shared.article_store.facet_counts import named_values
from shared.article_store.histograms import DAYS, HOURS
from shared.article_store.indexed import TEXT_BOOSTS, host_key, label_prefix
from shared.article_store.label_search import MAX_MATCHING_LABELS, folded
from shared.article_store.narrowing import (
    Between,
    Condition,
    In,
    Narrowed,
    OneOf,
    bucket_conditions,
    deal,
    has_value,
    narrowed,
    narrowing_facets,
    published,
    with_partners,
)
from shared.article_store.query import (
    ArticleQuery,
    DealBetween,
    FacetRequest,
    HasValue,
    NearestQuery,
    OnSite,
    PublishedBetween,
)
from shared.article_store.wording import Asked, Bag, Either, Every, Said, Without, asked, bag
from shared.facets import FACETS_BY_NAME, LABEL_SEPARATOR

Body = dict[str, Any]
Found = Mapping[str, Sequence[str]]

# Aggregations whose name starts so hold those that are counted among the same articles.
AMONG = "among "
# So many more are looked at in each segment: of the nearest 100 hardly one is missed then.
_CANDIDATES_PER_NEIGHBOUR = 4
_MOST_COMMON_FIRST = [{"_count": "desc"}, {"_key": "asc"}]
# Of values with several labels the rarer ones come in between: so many more are asked for.
_LABELS_PER_VALUE = 2
_SPARE_LABELS = 20
_LABELS_OF_NAMED = 1_000
# Of each month so many of its most frequent values are added up: with fewer values than these, counts are exact.
_VALUES_PER_MONTH = 2_000
# Of the labels of these values fewer do: they only say what each is called, and one that is missing is asked for.
# With as many as of the values a search of 75,000 articles in two months took the server a third longer.
_LABELS_PER_MONTH = 200
# Of a word that is searched in labels; the rest is compared afterwards.
_PATTERN_LETTERS = 40
# Elasticsearch takes a pattern of 1,000 characters (index.max_regex_length); one value is 512 at most, all escaped.
_PATTERN_CHARACTERS = 900
_REGEX_SIGNS = re.compile(r'([.?+*|{}\[\]()"\\#@&<>~^$-])')


def search(query: ArticleQuery, position: Position | None, found: Found = MappingProxyType({})) -> Body:
    """The request for a page with one hit more than it holds, the total, and all counts.

    Args:
        found: of facets whose values are searched, those that were found by their labels.
    """
    body = {
        **page(query, position, query.size + 1 if query.size else 0),
        "track_total_hits": True,
        "aggs": _counts_of_all(query, found),
    }
    later = narrowed(query, _after_counting(query))
    # A filter that narrows nothing would still be asked of each hit.
    return body | {"post_filter": _narrowed(later)} if later != Narrowed() else body


def worth_keeping(query: ArticleQuery) -> bool:
    """Whether Elasticsearch should keep the answer until the index changes: the first page of everything, with its
    counts, is what everybody asks who opens the pages, and nothing takes longer to count."""
    everything = ArticleQuery(
        sort=query.sort, size=query.size, facets=query.facets, hidden=query.hidden, copies=query.copies
    )
    return bool(query.facets) and replace(query, highlight=False) == everything


def page(query: ArticleQuery, position: Position | None, size: int) -> Body:
    """The request for the articles that follow a position, without counting."""
    direction = "asc" if query.effective_sort == "oldest" else "desc"
    by_time = [{"published_order": direction}, {"article_id": direction}]
    body: Body = {
        "size": size,
        "_source": [SOURCE],
        "track_total_hits": False,
        "query": _found(query),
        "sort": [{"_score": "desc"}, *by_time] if query.effective_sort == "relevance" else by_time,
    }
    match position:
        case TimePosition(order, article_id):
            body["search_after"] = [order, article_id]
        case RankPosition(last=last) if last:
            body["search_after"] = list(last)
    return body


def days(query: ArticleQuery) -> Body:
    """The request for the counts by days of all that the query finds."""
    return {"size": 0, "query": _found(replace(query, facets=())), "aggs": {"days": DAYS}}


def hours(query: ArticleQuery, requests: Sequence[FacetRequest]) -> Body:
    """The request for the counts by hours of dates, whose counts by days said that there are not too many."""
    among = {r.facet: _narrowed(narrowed(query, _after_counting(query), but=r.facet)) for r in requests}
    aggs = {
        f"{AMONG}hours {facet}": {"filter": those, "aggs": {counting(facet, "hours"): HOURS}}
        for facet, those in among.items()
    }
    return {"size": 0, "query": _found(query), "aggs": aggs}


def over_time(query: ArticleQuery, edges: Sequence[int], found: Found = MappingProxyType({})) -> Body:
    """The request for the counts of the query's facet in each stretch between two days since 1970."""
    ranges = [{"from": start, "to": end} for start, end in pairwise(edges)]
    counts = _counts_of_all(query, found)
    return {
        "size": 0,
        "query": _found(query),
        "aggs": {"slices": {"range": {"field": "published_day", "ranges": ranges}, "aggs": counts}},
    }


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
            "filter": [of_model, _found(replace(query.among, facets=()))],
        },
    }


def labels(missing: Mapping[str, Sequence[str]]) -> Body:
    """The request for the labels that any article has for these values, by facet."""
    return {
        "size": 0,
        "aggs": {k: v for facet, values in missing.items() for k, v in _labels_of(facet, values).items()},
    }


def labels_searched(requests: Sequence[FacetRequest]) -> Body:
    """The request for label terms that may hold the words that are searched in facets, the most frequent first."""
    return {
        "size": 0,
        "aggs": {
            counting(r.facet, "top"): _terms(
                FACETS_BY_NAME[r.facet].label_field, MAX_MATCHING_LABELS, include=_may_begin(r.query.split()[0])
            )
            for r in requests
        },
    }


def _may_begin(word: str) -> str:
    """A pattern of all label terms in which a word starts with this one, and of some more: patterns know neither case
    nor accents."""
    letters = (_any_case(letter) for letter in folded(word)[:_PATTERN_LETTERS])
    return f".*{LABEL_SEPARATOR}(.*[^!-~])?{''.join(letters)}.*"


def _any_case(letter: str) -> str:
    if not letter.isascii():
        return "[^ -~]+"
    either = f"{letter}{letter.upper()}" if letter.isalpha() else f"\\{letter}"
    return f"[{either}\u0080-\U0010ffff][\u0300-\u036f]*"


def counting(facet: str, part: str) -> str:
    """The name of an aggregation that counts a facet; `part`: top, named, each, labels, labels 0, labels 1, …"""
    return f"{facet} {part}"


def copies(article_ids: Sequence[str]) -> Body:
    """The request for the number of copies that each of these articles has."""
    of = {"terms": {"field": "copy_of", "size": len(article_ids), "include": list(article_ids)}}
    shown: Body = {"filter": [{"terms": {"copy_of": list(article_ids)}}], "must_not": [{"term": {"hidden": True}}]}
    return {"size": 0, "query": {"bool": shown}, "aggs": {"copies": of}}


def _found(query: ArticleQuery) -> Body:
    """What is counted: everything but the filters that must not narrow their own facet's counts."""
    parts = [_narrowed(narrowed(query, narrowing_facets(query) - _after_counting(query)))]
    if query.published_from or query.published_to:
        parts.append(_condition(published(PublishedBetween(query.published_from, query.published_to))))
    out_of_sight: list[Body] = [] if query.hidden else [{"term": {"hidden": True}}]
    if query.copies == "hide":
        out_of_sight.append({"exists": {"field": "copy_of"}})
    where = asked(query.where)
    return {
        "bool": {
            "must": [] if where is None else [_holds(where)],
            "should": [_holds(preferred) for words in query.prefer if (preferred := bag(words))],
            "must_not": out_of_sight,
            # With nothing else asked, one of what is preferred would have to be there.
            "filter": [{"match_all": {}}, *parts],
        }
    }


def _after_counting(query: ArticleQuery) -> frozenset[str]:
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
            return _all([_condition(has_value(facet, values))])
        case OnSite(host):
            return _all([{"term": {"site": host_key(host)}}])
        case PublishedBetween():
            return _all([_condition(published(part))])
        case DealBetween():
            return _all([_condition(deal(part))])


def _said(said: Said) -> Body:
    # A word that is indexed as several terms (R&D, or Chinese) means those terms in a row, as a phrase does.
    text = spread(said.text)
    in_fields = [{"match_phrase": {field: {"query": text, "boost": TEXT_BOOSTS[field]}}} for field in said.fields]
    return {"bool": {"should": in_fields, "minimum_should_match": 1}}


def _narrowed(of: Narrowed) -> Body:
    """Conditions without a say in relevance."""
    return {"bool": {"filter": [_condition(c) for c in of.must], "must_not": [_condition(c) for c in of.must_not]}}


def _condition(condition: Condition) -> Body:
    match condition:
        case In(field, values):
            return {"terms": {field: list(values)}}
        case Between(field, lowest, end):
            bounds = {"gte": lowest, "lt": end}
            return {"range": {field: {name: bound for name, bound in bounds.items() if bound is not None}}}
        case OneOf(conditions):
            if not conditions:
                return {"match_none": {}}
            return {"bool": {"should": [_condition(one) for one in conditions], "minimum_should_match": 1}}


def _counts_of_all(query: ArticleQuery, found: Found) -> Body:
    """Counts of each facet among what all filters but its own leave.

    Those counted among the same articles stand together, and by themselves where these are all that is found: each
    filter around a count is walked through once more, which took a third of the time of a search.
    """
    after_counting = _after_counting(query)
    groups: dict[Narrowed, Body] = {}
    for request in query.facets:
        among = narrowed(query, after_counting, but=request.facet)
        groups.setdefault(among, {}).update(_counts(query, request, found.get(request.facet)))
    aggs = groups.pop(Narrowed(), {})
    for among, counts in groups.items():
        if counts:
            # Named by what it holds, so that answers for single facets can be put together.
            aggs[f"{AMONG}{next(iter(counts))}"] = {"filter": _narrowed(among), "aggs": counts}
    return aggs


def _counts(query: ArticleQuery, request: FacetRequest, found: Sequence[str] | None) -> Body:
    """Counts of a facet; none where nothing can be counted."""
    name, facet = request.facet, FACETS_BY_NAME[request.facet]
    if facet.kind == "date":
        return {counting(name, "top"): DAYS}
    depends = bucket_conditions(query, name)
    if depends is not None:
        each = {value: _condition(condition) for value, condition in depends.items()}
        return {counting(name, "each"): {"filters": {"filters": each}}}
    if found is not None:
        top = _terms(facet.field, max(request.size, 1), include=list(found))
        return {counting(name, "top"): top} if found else {}
    named = named_values(query, name)
    aggs: Body = {counting(name, "top"): _terms(facet.field, max(request.size, len(facet.spans), 1))}
    if named:
        only = {"field": facet.field, "size": len(named), "include": list(named)}
        aggs[counting(name, "named")] = {"terms": only}
    if facet.kind == "labelled":
        number = _LABELS_PER_VALUE * request.size + _SPARE_LABELS
        labels = _terms(facet.label_field, number, per_month=_LABELS_PER_MONTH)
        aggs |= {counting(name, "labels"): labels, **_labels_of(name, named)}
    return aggs


def label_patterns(values: Sequence[str]) -> Iterator[str]:
    """Patterns of the label terms of these values, as few as their length allows."""
    for pattern in _patterns([_REGEX_SIGNS.sub(r"\\\1", label_prefix(value)) for value in values]):
        yield f"({pattern}).*"


def _labels_of(facet: str, values: Sequence[str]) -> Body:
    """Aggregations of the labels of these values."""
    field = FACETS_BY_NAME[facet].label_field
    return {
        counting(facet, f"labels {number}"): _terms(field, _LABELS_OF_NAMED, include=pattern)
        for number, pattern in enumerate(label_patterns(values))
    }


def _patterns(starts: Sequence[str]) -> Iterator[str]:
    """The alternatives joined into as few patterns as their length allows."""
    joined = ""
    for start in starts:
        if joined and len(joined) + len(start) >= _PATTERN_CHARACTERS:
            yield joined
            joined = ""
        joined = f"{joined}|{start}" if joined else start
    if joined:
        yield joined


def _terms(field: str, size: int, *, per_month: int = _VALUES_PER_MONTH, **more: object) -> Body:
    each = max(size, per_month)
    return {"terms": {"field": field, "size": size, "shard_size": each, "order": _MOST_COMMON_FIRST, **more}}


def _all(parts: Sequence[Body]) -> Body:
    return {"bool": {"filter": list(parts)}}
