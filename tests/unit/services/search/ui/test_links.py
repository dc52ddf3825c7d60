import pytest

from services.search.ui.links import article_path, kept_of, search_for, search_page
from tests.unit.services.search.asking import parse


def test_a_value_of_a_facet_leads_to_its_search():
    assert search_for("person", "person:ada") == "/?person=person:ada"


@pytest.mark.parametrize("kind", ["norp", "event", ""])
def test_what_is_no_facet_leads_nowhere(kind):
    assert search_for(kind, "norp:german") is None


def test_a_search_has_an_address_of_its_own():
    assert search_page(parse("q=battery&cursor=old"), cursor="new") == "/?q=battery&cursor=new"


def test_an_article_has_an_address_of_its_own():
    assert article_path("ab" * 32) == "/articles/" + "ab" * 32


def test_a_form_keeps_what_it_does_not_ask_for_itself():
    assert kept_of("/deals?q=a&entity=org:acme,org:b%26c&to=2026", "q") == (
        ("entity", "org:acme,org:b&c"),
        ("to", "2026"),
    )
    assert kept_of("/deals", "q") == ()
