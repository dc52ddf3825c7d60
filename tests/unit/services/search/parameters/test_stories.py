from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.parameters.query_string import InvalidParameter
from services.search.parameters.stories import STORY_FORM, asked_of_stories, story_url
from shared.article_store.stories import StoryQuery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def understood(query_string):
    return asked_of_stories(STORY_FORM.read(parse_qsl(query_string), NOW))


ENTITIES = st.lists(st.text(min_size=1, max_size=9), unique=True, max_size=3).map(tuple)


@given(ENTITIES, ENTITIES, st.integers(1, 10_000), st.sampled_from(["newest", "largest"]), st.integers(1, 200))
def test_a_question_survives_the_way_into_a_link_and_back(entities, without, least, sort, size):
    query = StoryQuery(entities=entities, without=without, size_from=least, sort=sort, size=size)

    assert understood(urlsplit(story_url("/v1/stories", query)).query) == query


@pytest.mark.parametrize(
    ("query_string", "parameter"),
    [("from=2026-03-05&to=2026-03-01", "to"), ("articles_from=0", "articles_from"), ("entities=x", "entities")],
)
def test_what_cannot_be_is_refused_by_its_name(query_string, parameter):
    with pytest.raises(InvalidParameter) as caught:
        understood(query_string)

    assert caught.value.parameter == parameter
