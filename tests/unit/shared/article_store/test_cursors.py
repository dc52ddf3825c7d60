"""Cursors survive the journey and refuse what was not made for the query."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.article_store.cursors import RankPosition, TimePosition, decode, encode
from shared.article_store.query import ArticleQuery, FacetFilter, FacetRequest, Words
from shared.errors import InvalidInput

RELEVANT = ArticleQuery(where=Words("chips"))
NEWEST = replace(RELEVANT, sort="newest")


@given(st.integers(0, 2**63 - 1), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_position_in_time_comes_back_as_it_went(order, article_id):
    cursor = encode(NEWEST, TimePosition(order, article_id))

    assert decode(replace(NEWEST, cursor=cursor)) == TimePosition(order, article_id)
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?")


def test_a_position_by_relevance_comes_back_as_it_went():
    assert decode(replace(RELEVANT, cursor=encode(RELEVANT, RankPosition(40)))) == RankPosition(40)


def test_page_size_facets_and_highlights_may_change_between_pages():
    cursor = encode(NEWEST, TimePosition(1, "a"))

    assert decode(replace(NEWEST, cursor=cursor, size=7, facets=(FacetRequest("topic"),), highlight=True))


@pytest.mark.parametrize(
    "other",
    [
        replace(NEWEST, where=None),
        replace(NEWEST, where=Words("chips", phrase=True)),
        replace(NEWEST, filters=(FacetFilter("topic", ("topic:a",)),)),
        replace(NEWEST, published_from=datetime(2026, 1, 1, tzinfo=UTC)),
        replace(NEWEST, sort="oldest"),
        RELEVANT,
    ],
)
def test_another_query_is_refused(other):
    cursor = encode(NEWEST, TimePosition(1, "a"))

    with pytest.raises(InvalidInput, match="does not belong to this query"):
        decode(replace(other, cursor=cursor))


@given(st.text(max_size=60))
def test_anything_else_is_refused_and_nothing_breaks(cursor):
    with pytest.raises(InvalidInput):
        decode(replace(NEWEST, cursor=cursor))
