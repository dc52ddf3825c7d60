from services.search.parameters.selection import excluding, toggled
from shared.article_store.query import FacetFilter
from tests.unit.services.search.asking import parse


def test_a_value_is_selected_beside_those_that_are():
    query = parse("person=person:a&q=battery")

    selected = toggled(query, "person", "person:b")

    assert selected.filters == (FacetFilter("person", include=("person:a", "person:b")),)
    assert selected.where == query.where


def test_a_selected_value_is_freed_and_leaves_nothing_behind():
    query = parse("person=person:a")

    assert toggled(query, "person", "person:a") == parse("")


def test_an_excluded_value_is_freed():
    query = parse("not_person=person:a,person:b")

    assert toggled(query, "person", "person:a") == parse("not_person=person:b")


def test_excluding_a_selected_value_turns_it_round():
    query = parse("person=person:a")

    assert excluding(query, "person", "person:a") == parse("not_person=person:a")


def test_excluding_twice_is_excluding_once():
    query = parse("not_person=person:a")

    assert excluding(query, "person", "person:a") == query


def test_filters_keep_one_order_whatever_was_clicked_first():
    one = toggled(toggled(parse(""), "language", "en"), "topic", "topic:x")
    other = toggled(toggled(parse(""), "topic", "topic:x"), "language", "en")

    assert one == other
