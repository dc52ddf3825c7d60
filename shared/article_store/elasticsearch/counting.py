"""Turns what is counted of an ArticleQuery into the body of a search request; asks nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

from shared.article_store.cursors import Position
from shared.article_store.elasticsearch.queries import Body, after_counting, matching, meets, meets_all, page
from shared.article_store.facet_counts import named_values
from shared.article_store.histograms import DAYS, HOURS
from shared.article_store.narrowing import Narrowed, bucket_conditions, narrowed
from shared.article_store.query import ArticleQuery, FacetRequest
from shared.facets import FACETS_BY_NAME

Found = Mapping[str, Sequence[str]]

# Aggregations whose name starts so hold those that are counted among the same articles.
AMONG = "among "
MOST_COMMON_FIRST = [{"_count": "desc"}, {"_key": "asc"}]


@dataclass(frozen=True)
class Look:
    """How many of the most frequent values are asked for, and how many of each month are added up to find them."""

    size: int
    per_month: int


# The second look, where the first leaves open which values are the most frequent: see `certainty`.
_DEEPER = Look(1_000, 2_000)


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
    later = narrowed(query, after_counting(query))
    # A filter that narrows nothing would still be asked of each hit.
    return body | {"post_filter": meets_all(later)} if later != Narrowed() else body


def worth_keeping(query: ArticleQuery) -> bool:
    """Whether Elasticsearch should keep the answer until the index changes: the first page of everything, with its
    counts, is what everybody asks who opens the pages, and nothing takes longer to count."""
    everything = ArticleQuery(
        sort=query.sort, size=query.size, facets=query.facets, hidden=query.hidden, copies=query.copies
    )
    return bool(query.facets) and replace(query, highlight=False) == everything


def days(query: ArticleQuery) -> Body:
    """The request for the counts by days of all that the query finds."""
    return {"size": 0, "query": matching(replace(query, facets=())), "aggs": {"days": DAYS}}


def hours(query: ArticleQuery, requests: Sequence[FacetRequest]) -> Body:
    """The request for the counts by hours of dates, whose counts by days said that there are not too many."""
    return _once_more(query, "hours", {r.facet: {counting(r.facet, "hours"): HOURS} for r in requests})


def over_time(query: ArticleQuery, edges: Sequence[int], found: Found = MappingProxyType({})) -> Body:
    """The request for the counts of the query's facet in each stretch between two days since 1970."""
    ranges = [{"from": start, "to": end} for start, end in pairwise(edges)]
    # There is no second look: hardly one would do for all stretches.
    counts = _counts_of_all(query, found, per_month=_DEEPER.per_month)
    return {
        "size": 0,
        "query": matching(query),
        "aggs": {"slices": {"range": {"field": "published_day", "ranges": ranges}, "aggs": counts}},
    }


def deeper(query: ArticleQuery, requests: Sequence[FacetRequest]) -> Body:
    """The request for the counts of facets whose most frequent values a first look could not tell for certain."""
    counts = {r.facet: {counting(r.facet, "top"): terms(FACETS_BY_NAME[r.facet].field, _DEEPER)} for r in requests}
    return _once_more(query, "deeper", counts)


def _once_more(query: ArticleQuery, what: str, counts: Mapping[str, Body]) -> Body:
    """The request for counts of facets, each among what all filters but its own leave."""
    among = {facet: meets_all(narrowed(query, after_counting(query), but=facet)) for facet in counts}
    aggs = {f"{AMONG}{what} {facet}": {"filter": among[facet], "aggs": counts[facet]} for facet in counts}
    return {"size": 0, "query": matching(query), "aggs": aggs}


def counting(facet: str, part: str) -> str:
    """The name of an aggregation that counts a facet; `part`: top, named, each, hours, labels 0, labels 1, …"""
    return f"{facet} {part}"


def terms(field: str, look: Look, **more: object) -> Body:
    """An aggregation of the most frequent values of a field, with how much each count may be short of."""
    spread = {"size": look.size, "shard_size": max(look.size, look.per_month), "show_term_doc_count_error": True}
    return {"terms": {"field": field, **spread, "order": MOST_COMMON_FIRST, **more}}


def _counts_of_all(query: ArticleQuery, found: Found, *, per_month: int = 0) -> Body:
    """Counts of each facet among what all filters but its own leave.

    Those counted among the same articles stand together, and by themselves where these are all that is found: each
    filter around a count is walked through once more, which took a third of the time of a search.
    """
    later = after_counting(query)
    groups: dict[Narrowed, Body] = {}
    for request in query.facets:
        among = narrowed(query, later, but=request.facet)
        groups.setdefault(among, {}).update(_counts(query, request, found.get(request.facet), per_month))
    aggs = groups.pop(Narrowed(), {})
    for among, counts in groups.items():
        if counts:
            # Named by what it holds, so that answers for single facets can be put together.
            aggs[f"{AMONG}{next(iter(counts))}"] = {"filter": meets_all(among), "aggs": counts}
    return aggs


def _counts(query: ArticleQuery, request: FacetRequest, found: Sequence[str] | None, per_month: int) -> Body:
    """Counts of a facet, of at least so many of its values of each month; none where nothing can be counted."""
    name, facet = request.facet, FACETS_BY_NAME[request.facet]
    if facet.kind == "date":
        return {counting(name, "top"): DAYS}
    depends = bucket_conditions(query, name)
    if depends is not None:
        each = {value: meets(condition) for value, condition in depends.items()}
        return {counting(name, "each"): {"filters": {"filters": each}}}
    if found is not None:
        top = terms(facet.field, replace(_DEEPER, size=max(request.size, 1)), include=list(found))
        return {counting(name, "top"): top} if found else {}
    aggs: Body = {counting(name, "top"): terms(facet.field, _first_look(request, per_month))}
    if named := named_values(query, name):
        only = {"field": facet.field, "size": len(named), "include": list(named)}
        aggs[counting(name, "named")] = {"terms": only}
    return aggs


def _first_look(request: FacetRequest, per_month: int) -> Look:
    """More values than are shown: only beside those that follow can they be known to be the most frequent.

    As many of each month as of all: what no month offers and what is not shown weigh the same in that (`certainty`),
    and each value of a month is looked up by its number, which is what takes the time.
    """
    shown = max(request.size, len(FACETS_BY_NAME[request.facet].spans))
    size = 4 * shown + 30
    return Look(size, max(per_month, size))
