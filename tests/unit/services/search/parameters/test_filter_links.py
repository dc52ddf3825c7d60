from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.parameters.articles import to_url
from services.search.parameters.filter_links import FilterLinks
from services.search.parameters.selection import excluding, toggled
from shared.facets import FACETS_BY_NAME
from tests.unit.services.search.asking import parse
from tests.unit.services.search.parameters.test_articles import queries


@given(queries(), st.sampled_from(list(FACETS_BY_NAME)), st.text(min_size=1, max_size=12), st.data())
def test_each_link_is_that_of_the_query_with_the_value_toggled_or_excluded(query, facet, value, data):
    known = [known for item in query.filters if item.facet == facet for known in (*item.include, *item.exclude)]
    value = data.draw(st.sampled_from([value, *known]))
    links = FilterLinks("/", replace(query, cursor="page2"))

    assert links.toggled(facet, value) == to_url("/", toggled(query, facet, value))
    assert links.excluding(facet, value) == to_url("/", excluding(query, facet, value))


@pytest.mark.parametrize(
    ("asked", "link"),
    [
        ("", "/?person=person:ada"),
        ("person=person:ada", "/"),
        ("q=dam&topic=water&facet=topic", "/?q=dam&topic=water&person=person:ada&facet=topic"),
        ("not_person=person:ada&facet.person.mode=all", "/?facet.person.mode=all"),
    ],
)
def test_a_link_says_words_then_filters_then_what_is_counted(asked, link):
    assert FilterLinks("/", parse(asked)).toggled("person", "person:ada") == link
