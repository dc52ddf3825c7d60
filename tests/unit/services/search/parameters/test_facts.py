from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.parameters.facts import FACT_FORMS, asked_of_facts, fact_url, toggled_fact
from services.search.parameters.query_string import InvalidParameter
from shared.article_store.fact_query import FactCount, FactQuery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def understood(kind, query_string):
    return asked_of_facts(kind, FACT_FORMS[kind].read(parse_qsl(query_string), NOW))


def test_names_and_values_become_a_question():
    query = understood(
        "relation", "type=acquires,sues&entity=org:acme&amount_from=1bn&lang=en&facet=status&facet.size=3"
    )

    assert query == FactQuery(
        kinds=("relation",),
        types=("acquires", "sues"),
        parties=("org:acme",),
        amount_from=1e9,
        languages=("en",),
        copies="hide",
        counts=(FactCount("status", 3),),
    )


@pytest.mark.parametrize(
    ("kind", "query_string"), [("quote", "type=sues"), ("quote", "amount_from=1"), ("quote", "sort=largest")]
)
def test_a_quote_has_no_amount_and_no_type(kind, query_string):
    with pytest.raises(InvalidParameter):
        understood(kind, query_string)


VALUES = st.lists(st.text(min_size=1, max_size=9), unique=True, max_size=2).map(tuple)


@given(
    VALUES,
    VALUES,
    st.sampled_from([None, 5.0, 1e9, 0.25]),
    st.sampled_from(["newest", "oldest", "largest"]),
    st.integers(1, 200),
    st.sampled_from(["hide", "show"]),
)
def test_a_question_survives_the_way_into_a_link_and_back(subjects, sources, least, sort, size, copies):
    query = replace(
        understood("relation", ""),
        subjects=subjects,
        sources=sources,
        amount_from=least,
        sort=sort,
        size=size,
        copies=copies,
    )

    assert understood("relation", urlsplit(fact_url("/v1/relations", query)).query) == query


def test_how_many_values_are_counted_is_kept_in_links():
    query = understood("relation", "facet=status&facet.size=3")

    assert fact_url("/v1/relations", query) == "/v1/relations?facet=status&facet.size=3"


@pytest.mark.parametrize(
    ("query_string", "parameter"),
    [
        ("from=2026-03-05&to=2026-03-01", "to"),
        ("amount_from=5&amount_to=5", "amount_to"),
        ("facet=none,type", "facet"),
        ("typ=sues", "typ"),
    ],
)
def test_what_cannot_be_is_refused_by_its_name(query_string, parameter):
    with pytest.raises(InvalidParameter) as caught:
        understood("relation", query_string)

    assert caught.value.parameter == parameter


def test_selecting_twice_changes_nothing():
    query = understood("relation", "type=sues")

    assert toggled_fact(toggled_fact(query, "party", "org:acme"), "party", "org:acme") == query
    assert toggled_fact(query, "type", "sues").types == ()
