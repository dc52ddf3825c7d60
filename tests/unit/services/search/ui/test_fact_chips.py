"""Each filter of a question for deals or quotes is a chip in words, with the link that takes it off alone."""

from services.search.parameters.facts import FACT_FORMS, asked_of_facts
from services.search.parameters.query_string import pairs_of_query_string
from services.search.ui.fact_chips import fact_chips
from tests.builders import NOON


def chips(asked: str, labels=None) -> dict[str, str]:
    query = asked_of_facts("relation", FACT_FORMS["relation"].read(pairs_of_query_string(asked), NOON))
    return {chip.label: chip.href for chip in fact_chips("/deals", query, labels or {})}


def test_values_are_said_by_their_label_and_relations_as_people_say_them():
    said = chips("type=invests_in&entity=org:acme,org:other", {("party", "org:acme"): "Acme Corp"})

    assert said == {
        "What: invests in": "/deals?entity=org:acme,org:other",
        "Who: Acme Corp": "/deals?type=invests_in&entity=org:other",
        "Who: org:other": "/deals?type=invests_in&entity=org:acme",
    }


def test_what_is_excluded_is_said_and_let_in_again_one_by_one():
    assert chips("not_status=rumoured,denied") == {
        "Status: not rumoured": "/deals?not_status=denied",
        "Status: not denied": "/deals?not_status=rumoured",
    }


def test_bounds_of_amount_and_time_are_taken_off_one_by_one():
    said = chips("amount_from=0&amount_to=2.5bn&from=2026-03&to=2026-03")

    assert list(said) == [
        "Amount: from $0",
        "Amount: below $2.5 billion",
        "Published: from 1 March 2026",
        "Published: until 31 March 2026",
    ]
    assert "amount_to" in said["Amount: from $0"]
    assert "amount_from" not in said["Amount: from $0"]


def test_what_is_asked_for_without_a_filter_has_no_chip():
    assert chips("q=battery&sort=largest&copies=show") == {}
