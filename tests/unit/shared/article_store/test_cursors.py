"""Cursors survive the journey and refuse what was not made for the query."""

import base64
import hashlib
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.article_store.cursors import RankPosition, TimePosition, decode, encode
from shared.article_store.query import MAX_CURSOR_CHARACTERS, ArticleQuery, FacetFilter, FacetRequest, Words
from shared.errors import InvalidInput

RELEVANT = ArticleQuery(where=Words("chips"))
NEWEST = replace(RELEVANT, sort="newest")


@given(st.integers(0, 2**63 - 1), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_position_in_time_comes_back_as_it_went(order, article_id):
    cursor = encode(NEWEST, TimePosition(order, article_id))

    assert decode(replace(NEWEST, cursor=cursor)) == TimePosition(order, article_id)
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?")


@pytest.mark.parametrize(
    "position",
    [
        RankPosition(40, "1f2e3d"),
        RankPosition(40, "1f2e3d", (0.2876821, 2**62, 2**40)),
        RankPosition(40, "1f2e3d", (1.0, 0, 0)),
    ],
)
def test_a_position_by_relevance_comes_back_as_it_went(position):
    assert decode(replace(RELEVANT, cursor=encode(RELEVANT, position))) == position


def test_a_view_of_many_indices_fits_a_cursor():
    names = (f"newsweir-articles-2026.{n:03}-{hashlib.sha256(bytes([n])).hexdigest()[:22]}" for n in range(100))
    view = " ".join(f"{name} Wws9WK0JLSOu58 9f8124 {4_000 + number}" for number, name in enumerate(names))

    cursor = encode(RELEVANT, RankPosition(40, view, (0.5, 2**62, 2**40)))

    assert len(cursor) <= MAX_CURSOR_CHARACTERS < len(view)
    assert decode(replace(RELEVANT, cursor=cursor)) == RankPosition(40, view, (0.5, 2**62, 2**40))


def test_a_place_or_a_view_that_was_changed_is_refused():
    cursor = encode(RELEVANT, RankPosition(40, "one"))
    said = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    others = (said.replace(b"40", b"41"), said.replace(b"one", b"two"))

    for other in others:
        with pytest.raises(InvalidInput, match="does not belong"):
            decode(replace(RELEVANT, cursor=base64.urlsafe_b64encode(other).decode()))


def test_what_unpacks_without_end_is_refused():
    bomb = base64.urlsafe_b64encode(zlib.compress(b"[" + b" " * 5_000_000 + b"]", 9)).decode()

    with pytest.raises(InvalidInput):
        decode(replace(RELEVANT, cursor=bomb))


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
