"""Cursors over facts: opaque, and bound to their query."""

import pytest

from shared.article_store.fact_paging import FactPosition, decode_fact_cursor, encode_fact_cursor
from shared.article_store.fact_query import FactCount, FactQuery
from shared.errors import InvalidInput

POSITION = FactPosition(2**62, "a:relation:0")


def test_a_cursor_leads_back_to_its_position_with_another_page_size_and_other_counts():
    cursor = encode_fact_cursor(FactQuery(types=("sues",)), POSITION)

    again = FactQuery(types=("sues",), size=5, counts=(FactCount("type"),), sums="auto", cursor=cursor)

    assert decode_fact_cursor(again) == POSITION


@pytest.mark.parametrize("change", [{"types": ("acquires",)}, {"sort": "largest"}, {"hidden": True}])
def test_a_cursor_of_another_query_is_refused(change):
    cursor = encode_fact_cursor(FactQuery(types=("sues",)), POSITION)

    with pytest.raises(InvalidInput, match="start again"):
        decode_fact_cursor(FactQuery(**{"types": ("sues",), "cursor": cursor, **change}))


@pytest.mark.parametrize("cursor", ["", "%", "bnVsbA", "W10", "é"])
def test_what_is_no_cursor_is_refused(cursor):
    with pytest.raises(InvalidInput, match="start again"):
        decode_fact_cursor(FactQuery(cursor=cursor))
