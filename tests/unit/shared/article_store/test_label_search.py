import pytest

from shared.article_store.label_search import begins, folded, searched, values_of
from shared.article_store.query import ArticleQuery, FacetRequest


@pytest.mark.parametrize(
    ("label", "text", "fits"),
    [
        ("Ada Brandt", "ada", True),
        ("Ada Brandt", "br", True),
        ("Ada Brandt", "ada b", True),
        ("Ada Brandt", "brandt ada", False),
        ("Ada Brandt", "randt", False),
        ("Ada", "ada brandt", False),
    ],
)
def test_a_label_is_found_by_the_beginnings_of_its_words(label, text, fits):
    assert begins(label, text) is fits


@pytest.mark.parametrize(("text", "expected"), [("Zoë ÁRPÁD", "zoe arpad"), ("Zoe\u0308", "zoe"), ("東京", "東京")])
def test_case_and_accents_are_of_no_account(text, expected):
    assert folded(text) == expected


def test_a_value_with_several_labels_is_found_once():
    terms = ["p:1\x1fAda Brandt", "p:1\x1fAda B.", "p:2\x1fTom Ada", "p:3\x1fCanada"]

    assert values_of(terms, "ada") == ("p:1", "p:2")


def test_only_values_of_articles_are_searched_among_the_terms_of_the_index():
    person, size = FacetRequest("person", query="x"), FacetRequest("deal_size", query="x")

    assert searched(ArticleQuery(facets=(person, size, FacetRequest("topic")))) == (person,)
