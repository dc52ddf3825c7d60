"""Turns an ArticleQuery into Tantivy's queries and aggregations; asks nothing."""

from collections.abc import Sequence
from typing import Any

import tantivy
from tantivy import Occur, Query

from shared.article_store.cursors import TimePosition
from shared.article_store.indexed import TEXT_BOOSTS, host_key
from shared.article_store.narrowing import (
    ORDER,
    Between,
    Condition,
    In,
    OneOf,
    deal,
    has_value,
    narrowed,
    narrowing_facets,
    published,
    recent,
)
from shared.article_store.query import ArticleQuery, DealBetween, HasValue, OnSite, PublishedBetween, Sort
from shared.article_store.tantivy.exact import has, has_any
from shared.article_store.tantivy.schema import COPY, HIDDEN
from shared.article_store.wording import Asked, Bag, Either, Every, Said, Without, asked, bag
from shared.facets import FACETS_BY_NAME

_HIGHEST_ORDER = 2**63 - 1


def matching(schema: tantivy.Schema, query: ArticleQuery, *, without_facet: str | None = None) -> Query:
    """What the query finds; with `without_facet` as if no filter named that facet, for its counts."""
    where = asked(query.where)
    parts = [] if where is None else [(Occur.Must, _holds(schema, where))]
    if query.published_from or query.published_to:
        between = published(PublishedBetween(query.published_from, query.published_to))
        parts.append((Occur.Must, condition_query(schema, between)))
    narrowing = narrowed(query, narrowing_facets(query), but=without_facet)
    parts += [(Occur.Must, condition_query(schema, condition)) for condition in narrowing.must]
    parts += [(Occur.MustNot, condition_query(schema, condition)) for condition in narrowing.must_not]
    if not any(occur is Occur.Must for occur, _ in parts):
        parts.append((Occur.Must, _unscored(Query.all_query())))
    if not query.hidden:
        parts.append((Occur.MustNot, has(schema, "hidden", HIDDEN)))
    if query.copies == "hide":
        parts.append((Occur.MustNot, has(schema, "copy", COPY)))
    parts += [
        (Occur.Should, Query.const_score_query(condition_query(schema, lately), weight))
        for lately, weight in recent(query)
    ]
    parts += [(Occur.Should, _holds(schema, preferred)) for words in query.prefer if (preferred := bag(words))]
    return Query.boolean_query(parts)


def from_instant(schema: tantivy.Schema, sort: Sort, found: Query, position: TimePosition) -> Query:
    """What remains in an order by time, the articles of the position's very instant included."""
    bounds = (0, position.order) if sort == "newest" else (position.order, _HIGHEST_ORDER)
    return Query.boolean_query([(Occur.Must, found), (Occur.Must, _unscored(_range(schema, *bounds)))])


def one(schema: tantivy.Schema, article_id: str) -> Query:
    """The article with this id."""
    return Query.term_query(schema, "article_id", article_id, "basic")


def copies_of(schema: tantivy.Schema, article_id: str) -> Query:
    """The copies of an article that searches do not leave out."""
    copies = has(schema, "copy_of", article_id)
    hidden = has(schema, "hidden", HIDDEN)
    return Query.boolean_query([(Occur.Must, copies), (Occur.MustNot, hidden)])


def any_of(schema: tantivy.Schema, article_ids: Sequence[str]) -> Query:
    """The articles with these ids."""
    return Query.term_set_query(schema, "article_id", article_ids)


def outside_story(schema: tantivy.Schema, article_ids: Sequence[str], story_id: str) -> Query:
    """Those of these articles that are in no story or in another one."""
    own = has(schema, "story_id", story_id)
    return Query.boolean_query([(Occur.Must, any_of(schema, article_ids)), (Occur.MustNot, own)])


def counts(facet: str, size: int, segment_size: int) -> dict[str, Any]:
    """The aggregation of a facet's `size` most frequent values, each segment offering its `segment_size` best."""
    field = FACETS_BY_NAME[facet].field
    return {"terms": {"field": field, "size": size, "segment_size": segment_size}}


def counts_of(facet: str, values: Sequence[str]) -> dict[str, Any]:
    """The aggregation of the exact counts of these values."""
    field = FACETS_BY_NAME[facet].field
    return {"terms": {"field": field, "size": len(values), "segment_size": len(values), "include": list(values)}}


def _holds(schema: tantivy.Schema, part: Asked) -> Query:
    match part:
        case Bag(parts, needed):
            return _at_least([_said(schema, one) for one in parts], needed)
        case Without(inner):
            return _all_but(_holds(schema, inner))
        case Every(parts):
            return Query.boolean_query([(Occur.Must, _holds(schema, one)) for one in parts])
        case Either(parts):
            return _at_least([_holds(schema, one) for one in parts], 1)
        case HasValue(facet, values):
            return condition_query(schema, has_value(facet, values))
        case OnSite(host):
            return _unscored(has(schema, "site", host_key(host)))
        case PublishedBetween():
            return condition_query(schema, published(part))
        case DealBetween():
            return condition_query(schema, deal(part))


def _at_least(parts: Sequence[Query], needed: int) -> Query:
    if needed == len(parts):
        return Query.boolean_query([(Occur.Must, part) for part in parts])
    return Query.boolean_query([(Occur.Should, part) for part in parts], minimum_number_should_match=needed)


def _all_but(part: Query) -> Query:
    return Query.boolean_query([(Occur.Must, _unscored(Query.all_query())), (Occur.MustNot, part)])


def _said(schema: tantivy.Schema, said: Said) -> Query:
    in_fields = [Query.boost_query(_in_field(schema, field, said.terms), TEXT_BOOSTS[field]) for field in said.fields]
    return _at_least(in_fields, 1)


def _in_field(schema: tantivy.Schema, field: str, words: Sequence[str]) -> Query:
    # A word that is indexed as several terms (R&D, or Chinese) means those terms in a row, as a phrase does.
    if len(words) == 1:
        return Query.term_query(schema, field, words[0])
    return Query.phrase_query(schema, field, list(words))


def condition_query(schema: tantivy.Schema, condition: Condition) -> Query:
    """What a condition finds, without a say in relevance."""
    match condition:
        case In(field, values):
            return _unscored(has_any(schema, field, values))
        case Between(field, lowest, end):
            return _unscored(_order_between(schema, lowest, end) if field == ORDER else _between(schema, condition))
        case OneOf(conditions):
            found = [(Occur.Should, condition_query(schema, one)) for one in conditions]
            return _unscored(Query.boolean_query(found) if found else Query.empty_query())


def _order_between(schema: tantivy.Schema, lowest: float | None, end: float | None) -> Query:
    first, after = int(lowest or 0), _HIGHEST_ORDER + 1 if end is None else int(end)
    return _range(schema, first, after - 1) if after > first else Query.empty_query()


def _between(schema: tantivy.Schema, between: Between) -> Query:
    if between.lowest is None and between.end is None:
        return Query.exists_query(between.field)
    if between.lowest is not None and between.end is not None and between.end <= between.lowest:
        return Query.empty_query()
    return Query.range_query(
        schema,
        between.field,
        tantivy.FieldType.Float,
        None if between.lowest is None else float(between.lowest),
        None if between.end is None else float(between.end),
        include_upper=between.end is None,
    )


def _range(schema: tantivy.Schema, lowest: int, highest: int) -> Query:
    return Query.range_query(schema, ORDER, tantivy.FieldType.Unsigned, lowest, highest)


def _unscored(query: Query) -> Query:
    """Narrows without a say in relevance."""
    return Query.const_score_query(query, 0.0)
