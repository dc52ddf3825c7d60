from services.search.ui.filter_chips import filter_chips, labels_in, without_filters
from shared.article_store.query import Bucket, FacetCounts
from tests.unit.services.search.asking import parse


def chips(query_string, labels=None):
    return [(c.heading, c.label, c.remove_href) for c in filter_chips(parse(query_string), labels or {})]


def test_each_bound_of_an_amount_is_a_chip_of_its_own():
    assert chips("amount_from=2.5m&amount_to=1bn") == [
        ("Deal size", "from $2.5 million", "/?amount_to=1000000000"),
        ("Deal size", "below $1 billion", "/?amount_from=2500000"),
    ]


def test_the_last_bound_taken_off_leaves_no_range():
    assert chips("q=battery&amount_to=1bn") == [("Deal size", "below $1 billion", "/?q=battery")]


def test_a_value_without_a_known_label_is_shown_as_it_is():
    found = chips("person=person:ada&not_person=person:bob", {("person", "person:bob"): "Bob Crane"})

    assert [label for _, label, _ in found] == ["person:ada", "Bob Crane"]


def test_labels_are_those_of_the_counted_values():
    counts = FacetCounts("person", (Bucket("person:ada", "Ada Brandt", 4),), 0)

    assert labels_in([counts]) == {("person", "person:ada"): "Ada Brandt"}


def test_without_filters_a_search_is_its_words():
    assert without_filters(parse("q=battery&person=a&amount_to=1m&from=2026-01-01&to=2026-02-01")) == parse("q=battery")
