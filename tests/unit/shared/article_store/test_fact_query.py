"""Which questions for facts may be asked."""

from datetime import datetime

import pytest

from shared.article_store.fact_query import FactCount, FactQuery, check_fact_bounds
from shared.errors import InvalidInput, LimitExceeded


@pytest.mark.parametrize(
    ("query", "failure", "reason"),
    [
        (FactQuery(size=-1), InvalidInput, "negative"),
        (FactQuery(size=201), LimitExceeded, "page size"),
        (FactQuery(parties=("org:a",) * 200, speakers=("person:a",) * 57), LimitExceeded, "filter values"),
        (FactQuery(words="w" * 1001), LimitExceeded, "length of the words"),
        (FactQuery(counts=(FactCount("party", 201),)), LimitExceeded, "counted by party"),
        (FactQuery(counts=(FactCount("party"), FactCount("party", 3))), InvalidInput, "twice"),
        (FactQuery(published_from=datetime(2026, 1, 1)), InvalidInput, "zone"),
    ],
)
def test_what_is_out_of_bounds_is_refused_with_the_reason(query, failure, reason):
    with pytest.raises(failure, match=reason):
        check_fact_bounds(query)


def test_only_what_is_asked_for_must_hold():
    assert FactQuery(types=("sues",), parties=("org:a", "org:b")).terms == {
        "type": ("sues",),
        "party": ("org:a", "org:b"),
    }
