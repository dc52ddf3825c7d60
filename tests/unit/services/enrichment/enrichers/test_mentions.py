import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrichment.enrichers.mentions import Names, places_of

MANY = tuple(f"Zo{number}" for number in range(40))


@pytest.mark.parametrize("others", [(), MANY], ids=["few", "many"])
def test_names_are_found_as_words_of_their_own_in_the_order_they_are_given(others):
    text = "Ada Brandt met Ada. Non-Ada, Adas and Ada"

    places = list(Names(("Ada Brandt", "Ada", *others)).places_in(text))

    assert [text[start:end] for start, end in places] == ["Ada Brandt", "Ada", "Ada", "Ada"]
    assert places == [(0, 10), (0, 3), (15, 18), (38, 41)]


@given(
    st.text(alphabet="AB -é", max_size=60),
    st.lists(st.text(alphabet="AB é", min_size=1, max_size=4), min_size=1, max_size=5, unique=True),
)
def test_many_names_are_found_where_each_is_found_alone(text, names):
    alone = [(place, place + len(name)) for name in names for place in places_of(name, text)]

    assert list(Names((*names, *MANY)).places_in(text)) == alone
