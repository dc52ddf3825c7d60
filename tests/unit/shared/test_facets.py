from typing import get_args

import pytest

from shared.article_store.document import Standing, stored
from shared.events.articles import ArticleEnriched, Right
from shared.facets import FACETS, FACETS_BY_NAME, MAX_VALUES_PER_ARTICLE, FacetValue, Span
from tests.builders import NOON, a_stored_article, a_topic, an_article, an_enrichment, an_entity


def values(name: str, article=None, enrichment=None) -> tuple[FacetValue, ...]:
    event = ArticleEnriched(article=article or an_article(), enrichment=enrichment or an_enrichment(), enriched_at=NOON)
    return FACETS_BY_NAME[name].values(stored(event, ingested_at=NOON))


def test_names_and_fields_of_facets_are_their_own():
    assert len({facet.name for facet in FACETS}) == len(FACETS)
    assert len({facet.field for facet in FACETS} | {facet.label_field for facet in FACETS}) == 2 * len(FACETS)


def test_an_entity_counts_for_the_facet_of_its_type():
    enrichment = an_enrichment(entities=(an_entity("org:acme", "Acme"), an_entity("person:jo-doe", "Jo Doe")))

    assert values("organization", enrichment=enrichment) == (FacetValue("org:acme", "Acme"),)
    assert values("person", enrichment=enrichment) == (FacetValue("person:jo-doe", "Jo Doe"),)
    assert values("location", enrichment=enrichment) == ()


def test_a_topic_counts_for_all_above_it_once():
    economy, trade, mergers = ("topic:economy", "Economy"), ("topic:trade", "Trade"), ("topic:mergers", "Mergers")
    enrichment = an_enrichment(topics=(a_topic(*mergers, (economy,)), a_topic(*trade, (economy,))))

    assert [value.value for value in values("topic", enrichment=enrichment)] == [economy[0], mergers[0], trade[0]]
    assert [value.label for value in values("topic", enrichment=enrichment)] == ["Economy", "Mergers", "Trade"]


def test_an_article_with_very_many_entities_counts_for_the_first_only():
    crowd = tuple(an_entity(f"person:p{n}", f"P {n}") for n in range(MAX_VALUES_PER_ARTICLE + 10))

    assert len(values("person", enrichment=an_enrichment(entities=crowd))) == MAX_VALUES_PER_ARTICLE


def test_what_a_page_does_not_say_counts_for_nothing():
    assert values("section") == ()
    assert values("country") == ()
    assert values("author") == ()


def test_a_source_is_shown_by_the_name_of_its_site():
    assert values("source") == (FacetValue("example", "The Example"),)
    assert values("source", article=an_article(site_name=None)) == (FacetValue("example", "example"),)


def test_an_author_who_is_named_twice_counts_once():
    assert values("author", article=an_article(authors=("Jo Doe", "Jo Doe", ""))) == (FacetValue("Jo Doe", "Jo Doe"),)


def test_an_article_counts_as_edited_when_more_than_one_of_its_revisions_is_known():
    once = a_stored_article(1)
    twice = once.model_copy(update={"standing": Standing(revisions=2, changed_at=NOON)})

    assert FACETS_BY_NAME["edited"].values(once) == (FacetValue("false", "As first published"),)
    assert FACETS_BY_NAME["edited"].values(twice) == (FacetValue("true", "Edited"),)


def test_every_right_that_a_publisher_reserves_can_be_filtered_by():
    reserved = an_article(rights=get_args(Right))

    found = values("rights", article=reserved)

    assert {value.value for value in found} == set(get_args(Right))
    assert all(value.label != value.value for value in found)
    assert values("rights", article=an_article()) == ()


@pytest.mark.parametrize(("number", "held"), [(9.99, False), (10, True), (19.99, True), (20, False)])
def test_a_span_holds_where_it_begins_and_not_where_the_next_one_does(number, held):
    assert Span("10-20", "Ten to twenty", lowest=10, end=20).holds(number) is held


def test_a_span_without_end_holds_whatever_is_larger():
    assert Span("10-", "From ten", lowest=10).holds(1e12)
