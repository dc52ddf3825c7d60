"""Facet values are clean and bounded whatever a page brought along."""

from shared.article_store.indexed import (
    MAX_VALUE_CHARACTERS,
    facet_values,
    label_prefix,
    label_term,
    parse_label_term,
    sites,
    texts,
)
from shared.facets import FACETS_BY_NAME, LABEL_SEPARATOR, FacetValue
from tests.builders import a_stored_article, an_enrichment, an_entity


def test_a_long_value_is_cut():
    stored = a_stored_article(1, section="x" * 5_000)

    assert facet_values(FACETS_BY_NAME["section"], stored) == (
        FacetValue("x" * MAX_VALUE_CHARACTERS, "x" * MAX_VALUE_CHARACTERS),
    )


def test_values_that_are_equal_once_cut_are_one():
    stored = a_stored_article(1, authors=("x" * 300 + "a", "x" * 300 + "b"))

    assert len(facet_values(FACETS_BY_NAME["author"], stored)) == 1


def test_a_label_cannot_forge_another_value():
    stored = a_stored_article(1, site_name=f"Wire{LABEL_SEPARATOR}forged")

    (value,) = facet_values(FACETS_BY_NAME["source"], stored)

    assert parse_label_term(label_term(value)) == FacetValue("example", "Wire forged")
    assert label_term(value).startswith(label_prefix("example"))


def test_an_article_is_on_its_host_and_on_all_above():
    above = ("www.news.example", "news.example", "example")

    assert sites(a_stored_article(1, url="https://www.News.example:8443/a")) == above
    assert sites(a_stored_article(1, url="http://localhost/a")) == ("localhost",)


def test_names_are_those_of_the_entities_it_is_most_about_each_once():
    entities = [an_entity(f"org:o{n}", f"Name {n}", salience=n / 20) for n in range(12)]
    twin = an_entity("product:o11", "Name 11", salience=0.9)

    found = texts(a_stored_article(1, an_enrichment(entities=(*entities, twin))))

    assert found["names"] == tuple(f"Name {n}" for n in range(11, 1, -1))


def test_each_author_is_a_text_of_its_own():
    assert texts(a_stored_article(1, authors=("Ines", "Tom")))["byline"] == ("Ines", "Tom")
