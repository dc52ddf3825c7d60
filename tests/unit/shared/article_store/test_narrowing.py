"""What filters by facets ask of the index."""

from datetime import UTC, datetime

import pytest

from shared.article_store.document import order_start
from shared.article_store.narrowing import (
    ORDER,
    Between,
    In,
    Narrowed,
    OneOf,
    bucket_conditions,
    deal,
    has_value,
    joint,
    narrowed,
    narrowing_facets,
    published,
    with_partners,
)
from shared.article_store.query import ArticleQuery, DealBetween, FacetFilter, PublishedBetween, RangeFilter
from shared.clock import to_ms
from shared.facets import FACETS_BY_NAME

SIZES = FACETS_BY_NAME["deal_size"]
ORGANIZATION = FACETS_BY_NAME["organization"].field
MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def query(*filters: FacetFilter, ranges: tuple[RangeFilter, ...] = ()) -> ArticleQuery:
    return ArticleQuery(filters=filters, ranges=ranges)


def test_values_of_which_any_will_do_are_one_condition_and_those_that_must_all_be_there_one_each():
    either = FacetFilter("organization", ("org:a", "org:b"))
    both = FacetFilter("organization", ("org:a", "org:b"), mode="all")

    assert narrowed(query(either), ["organization"]).must == (In(ORGANIZATION, ("org:a", "org:b")),)
    assert narrowed(query(both), ["organization"]).must == (In(ORGANIZATION, ("org:a",)), In(ORGANIZATION, ("org:b",)))


def test_what_is_excluded_must_not_be_there_and_asks_for_nothing_else():
    found = narrowed(query(FacetFilter("organization", exclude=("org:a",))), ["organization"])

    assert found == Narrowed((), (In(ORGANIZATION, ("org:a",)),))


def test_a_facet_that_is_left_out_or_not_named_does_not_narrow():
    asked = query(FacetFilter("organization", ("org:a",)))

    assert narrowed(asked, ["organization"], but="organization") == Narrowed()
    assert narrowed(asked, ["topic"]) == Narrowed()


def test_a_relation_or_a_deal_size_alone_is_a_filter_like_others():
    relation = FacetFilter("relation", ("acquires",))
    size = RangeFilter("deal_size", 1e6, 2e6)

    assert joint([relation], []) is None
    assert narrowed(query(relation), ["relation"]).must == (In(FACETS_BY_NAME["relation"].field, ("acquires",)),)
    assert narrowed(query(ranges=(size,)), ["deal_size"]).must == (Between(SIZES.number_field, 1e6, 2e6),)


def test_a_relation_and_a_deal_size_together_ask_for_amounts_of_such_relations():
    asked = query(FacetFilter("relation", ("acquires", "invests_in")), ranges=(RangeFilter("deal_size", 1e6, None),))

    found = narrowed(asked, ["relation", "deal_size"])

    assert found.must == (OneOf((Between("amount_acquires", 1e6, None), Between("amount_invests_in", 1e6, None))),)


def test_leaving_out_one_of_relation_and_deal_size_leaves_the_other_as_it_is_alone():
    asked = query(FacetFilter("relation", ("acquires",)), ranges=(RangeFilter("deal_size", 1e6, None),))

    found = narrowed(asked, ["relation", "deal_size"], but="deal_size")

    assert found.must == (In(FACETS_BY_NAME["relation"].field, ("acquires",)),)


def test_a_type_of_relation_that_there_is_not_finds_no_amount():
    asked = query(FacetFilter("relation", ("marries",)), ranges=(RangeFilter("deal_size", 1e6, None),))

    assert narrowed(asked, ["relation", "deal_size"]).must == (OneOf(()),)


def test_sizes_are_counted_among_amounts_of_the_relations_selected():
    conditions = bucket_conditions(query(FacetFilter("relation", ("acquires",))), "deal_size")

    assert conditions is not None
    assert list(conditions) == [span.value for span in SIZES.spans]
    last = SIZES.spans[-1]
    assert conditions[last.value] == OneOf((Between("amount_acquires", last.lowest, last.end),))


def test_relations_are_counted_among_those_of_the_sizes_selected():
    conditions = bucket_conditions(query(ranges=(RangeFilter("deal_size", None, 5e6),)), "relation")

    assert conditions is not None
    assert conditions["acquires"] == OneOf((Between("amount_acquires", None, 5e6),))


@pytest.mark.parametrize("facet", ["relation", "deal_size", "organization"])
def test_counts_that_depend_on_nothing_else_selected_have_no_conditions(facet):
    assert bucket_conditions(query(FacetFilter("organization", ("org:a",))), facet) is None


def test_relation_and_deal_size_come_as_partners_and_others_alone():
    assert with_partners(["relation", "topic"]) == {"relation", "deal_size", "topic"}
    assert with_partners(["topic"]) == {"topic"}


def test_filters_and_ranges_both_narrow():
    asked = query(FacetFilter("topic", ("topic:a",)), ranges=(RangeFilter("deal_size", 1.0),))

    assert narrowing_facets(asked) == {"topic", "deal_size"}


def test_a_period_is_a_stretch_of_the_order_of_publication():
    expected = Between(ORDER, order_start(to_ms(MAY)), order_start(to_ms(JUNE)))

    assert published(PublishedBetween(MAY, JUNE)) == expected
    assert has_value("published", ("2026-05",)) == OneOf((expected,))


def test_an_open_side_of_a_stretch_of_time_stays_open():
    assert published(PublishedBetween(end=JUNE)) == Between(ORDER, None, order_start(to_ms(JUNE)))


def test_a_deal_of_a_type_looks_at_amounts_of_that_type_and_one_of_any_at_all():
    assert deal(DealBetween("acquires", 1e6, 2e6)) == Between("amount_acquires", 1e6, 2e6)
    assert deal(DealBetween(None, 1e6)) == Between(SIZES.number_field, 1e6, None)
