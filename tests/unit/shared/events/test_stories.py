import pytest
from pydantic import ValidationError

from shared.events.stories import MAX_MEMBERS
from tests.builders import a_story_changed


def test_a_story_names_at_most_so_many_members_and_counts_all():
    story = a_story_changed(*range(1, MAX_MEMBERS + 1), size=MAX_MEMBERS + 7)

    assert (len(story.members), story.size) == (MAX_MEMBERS, MAX_MEMBERS + 7)
    with pytest.raises(ValidationError, match="at most 500"):
        a_story_changed(*range(MAX_MEMBERS + 1))


@pytest.mark.parametrize("story_id", ["", "../etc", "A" * 16, "0" * 17])
def test_a_story_id_is_sixteen_hexadecimal_digits(story_id):
    with pytest.raises(ValidationError, match="story_id"):
        a_story_changed(story_id=story_id)


def test_a_story_that_was_merged_into_another_has_no_members():
    story = a_story_changed(1, 2)

    merged = story.model_copy(update={"members": (), "size": 0, "merged_into": "0123456789abcdef"})

    assert type(story).model_validate_json(merged.model_dump_json()) == merged
