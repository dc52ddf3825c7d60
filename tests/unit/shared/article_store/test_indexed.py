"""Facet values are clean and bounded whatever a page brought along."""

from shared.article_store.indexed import MAX_VALUE_CHARACTERS, facet_values, label_prefix, label_term, parse_label_term
from shared.facets import FACETS_BY_NAME, LABEL_SEPARATOR, FacetValue
from tests.builders import a_stored_article


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
