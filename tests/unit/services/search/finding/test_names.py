from services.search.finding.names import filters_with_ids, ids_of, named_within, names_in, names_in_filters, with_ids
from shared.article_store.matching import Batch
from shared.article_store.query import (
    AllOf,
    AnyOf,
    ArticleQuery,
    Bucket,
    FacetCounts,
    FacetFilter,
    HasValue,
    Not,
    Words,
)
from tests.builders import a_stored_article, an_enrichment, an_entity

ADA = HasValue("person", ("Ada Brandt",))
ACME = HasValue("organization", ("org:acme",))
QUERY = AllOf((Words("battery"), Not(ADA), AnyOf((ACME, HasValue("topic", ("Energy", "topic:deals"))))))


def test_what_is_no_id_is_a_name_wherever_it_stands():
    assert names_in(QUERY) == {("person", "Ada Brandt"), ("topic", "Energy")}
    assert names_in(HasValue("language", ("en",))) == frozenset()
    assert names_in(None) == frozenset()


def test_names_give_way_to_all_ids_that_bear_them():
    ids = {("person", "Ada Brandt"): ("person:ada", "person:ada-2"), ("topic", "Energy"): ("topic:energy",)}

    resolved = with_ids(QUERY, ids)

    assert resolved == AllOf(
        (
            Words("battery"),
            Not(HasValue("person", ("person:ada", "person:ada-2"))),
            AnyOf((ACME, HasValue("topic", ("topic:energy", "topic:deals")))),
        )
    )
    assert names_in(resolved) == frozenset()


def test_a_name_that_nobody_bears_finds_nobody_and_is_not_looked_up_again():
    resolved = with_ids(HasValue("person", ("Ädä!",)), {})

    assert names_in(resolved) == frozenset()
    assert resolved.values[0].startswith("nobody:")


def test_a_name_is_compared_without_case_and_as_a_whole():
    counts = FacetCounts("person", (Bucket("person:ada", "Ada  Brandt", 3), Bucket("person:adam", "Ada Brandts", 9)), 0)

    assert ids_of("ADA brandt", [counts]) == ("person:ada",)
    assert ids_of("person:adam", [counts]) == ("person:adam",)
    assert ids_of("Ada", [counts]) == ()


def test_what_is_new_may_name_somebody_for_the_first_time():
    new = a_stored_article(1, an_enrichment(entities=(an_entity("person:ada-x", "Ada Brandt"),)))

    named = named_within(ArticleQuery(where=ADA), [a_stored_article(2), new])
    nobody = named_within(ArticleQuery(where=ADA), [a_stored_article(2)])

    assert named.where == HasValue("person", ("person:ada-x",))
    assert Batch([new]).found_by(named) == {new.article_id}
    assert Batch([new]).found_by(nobody) == frozenset()


def a_question(mode="any"):
    """Asks for a name, an id and a source, and rules out another name."""
    return ArticleQuery(
        filters=(
            FacetFilter("person", ("Ada Brandt", "person:tom"), ("Eve",), mode),
            FacetFilter("source", ("reuters-world",)),
            FacetFilter("language", ("en",)),
        )
    )


BEARERS = {("person", "Ada Brandt"): ("person:ada", "person:ada-2"), ("person", "Eve"): ("person:eve",)}


def test_names_in_filters_are_known_from_ids():
    assert names_in_filters(a_question()) == {("person", "Ada Brandt"), ("person", "Eve")}


def test_names_in_filters_give_way_to_all_ids_that_bear_them():
    person, source, language = filters_with_ids(a_question(), BEARERS).filters

    assert person == FacetFilter("person", ("person:ada", "person:ada-2", "person:tom"), ("person:eve",))
    assert (source, language) == a_question().filters[1:]


def test_a_name_of_several_is_left_where_all_values_must_be_there():
    person = filters_with_ids(a_question("all"), BEARERS).filters[0]

    assert person == FacetFilter("person", ("Ada Brandt", "person:tom"), ("person:eve",), "all")


def test_a_name_that_nobody_bears_is_left_in_a_filter():
    assert filters_with_ids(a_question(), {}) == a_question()


def test_a_source_that_no_label_names_is_asked_for_by_its_id():
    assert with_ids(HasValue("source", ("reuters-world",)), {}) == HasValue("source", ("reuters-world",))


def test_names_in_filters_stand_for_what_new_articles_call_so():
    stored = a_stored_article(1, enrichment=an_enrichment(entities=[an_entity("person:ada", "Ada Brandt")]))
    query = ArticleQuery(filters=(FacetFilter("person", ("Ada Brandt",)),))

    assert Batch([stored]).found_by(named_within(query, [stored])) == {stored.article_id}
