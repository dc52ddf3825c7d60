from services.search.ui.facet_boxes import facet_boxes, uncounted
from shared.article_store.query import Bucket, FacetCounts
from tests.unit.services.search.asking import parse


def boxes(*facets, query="", above=None, typed=None):
    return list(facet_boxes(parse(query), facets, above or {}, typed or {}))


def counts(facet, *values, other=0):
    return FacetCounts(facet, tuple(Bucket(value, value, 1) for value in values), other)


def test_a_facet_with_more_values_than_are_shown_can_be_searched():
    many, few, spans = boxes(
        counts("person", "person:ada", other=7), counts("language", "en"), counts("deal_size", "1b-10b", other=3)
    )

    assert many.within == ("facet.person.q", "")
    assert few.within is None
    assert spans.within is None


def test_what_was_looked_for_stays_in_its_field_even_where_nothing_was_found():
    (box,) = boxes(counts("person"), typed={"person": "zz"})

    assert (box.within, box.rows, box.open) == (("facet.person.q", "zz"), (), True)


def test_dates_have_no_box_since_they_are_drawn():
    assert boxes(counts("published", "2026-03-01", "2026-03-02")) == []


def test_topics_are_shown_below_those_they_belong_to_and_nothing_else_is():
    above = {"topic:b": ("topic:a",)}

    topics, people = boxes(counts("topic", "topic:b", "topic:a"), counts("person", "topic:b", "topic:a"), above=above)

    assert [(row.value, row.depth) for row in topics.rows] == [("topic:a", 0), ("topic:b", 1)]
    assert [(row.value, row.depth) for row in people.rows] == [("topic:b", 0), ("topic:a", 0)]


def test_a_value_that_is_left_out_says_so_and_is_freed_by_a_click():
    [box] = boxes(counts("person", "person:ada", "person:bob"), query="not_person=person:bob")

    assert [(row.excluded, row.toggle_href) for row in box.rows] == [
        (False, "/?person=person:ada&not_person=person:bob"),
        (True, "/"),
    ]


def test_a_facet_that_could_not_be_counted_is_a_note():
    failed = FacetCounts("person", (), 0, failed="too many values")

    assert list(uncounted([counts("language", "en"), failed])) == [
        "Person could not be counted this time: too many values"
    ]
