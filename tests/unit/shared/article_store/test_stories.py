"""What a story says of an article, and which articles a change of it touches."""

import pytest

from shared.article_store.document import Membership
from shared.article_store.stories import (
    Claim,
    StoryMark,
    left_behind,
    marks,
    membership,
    newest,
    size_step,
    story_of,
    touched_members,
    without,
)
from tests.builders import REVISION, a_story_changed, an_article, copied

FIRST, SECOND, THIRD = (an_article(number).article_id for number in (1, 2, 3))
NAMED = StoryMark("a" * 16, version=5, size=7, named=True, copy_of="c" * 64)


@pytest.mark.parametrize(("size", "step"), [(0, 1), (1, 1), (2, 2), (4, 2), (5, 5), (9, 5), (10, 10), (5000, 10)])
def test_a_size_is_told_in_steps(size, step):
    assert size_step(size) == step


def test_an_article_that_nobody_names_and_that_claims_nothing_is_in_no_story():
    assert membership([], Claim()) is None


@pytest.mark.parametrize(("version", "story_id", "size"), [(4, "a", 5), (5, "a", 5), (6, "b", 1)])
def test_of_a_claim_and_a_story_the_newer_one_holds_the_article(version, story_id, size):
    found = membership([NAMED], Claim("b" * 16, None, version))

    assert found is not None
    assert (found.story_id, found.size) == (story_id * 16, size)


def test_an_article_that_a_large_story_does_not_list_learns_its_size_from_it():
    unlisted = StoryMark("a" * 16, version=9, size=700, named=False)

    assert membership([unlisted], Claim("a" * 16, None, 3)) == Membership(story_id="a" * 16, size=10)


@pytest.mark.parametrize(("known", "claimed", "size"), [(1, 10, 2), (1, 9, 1), (3, 10, 2), (4, 10, 5), (9, 10, 10)])
def test_an_article_that_joins_a_story_before_that_says_so_counts_itself(known, claimed, size):
    before = StoryMark("a" * 16, version=9, size=known, named=False)

    assert membership([before], Claim("a" * 16, None, claimed)) == Membership(story_id="a" * 16, size=size)


def test_marks_name_members_and_those_who_claim_to_be():
    story = story_of(a_story_changed(1, 2))

    found = marks([story], {FIRST: set(), THIRD: {story.story_id}, "x": set()})

    assert [mark.named for mark in found[FIRST]] == [True]
    assert [mark.named for mark in found[THIRD]] == [False]
    assert found["x"] == ()


def test_of_a_batch_the_newest_of_each_story_counts():
    older, newer = a_story_changed(1, 2), a_story_changed(1, 2, version=REVISION + 1)

    assert [story.version for story in newest([newer, older]).values()] == [REVISION + 1]


def test_one_that_joins_touches_no_other_until_the_size_takes_a_step():
    pair = story_of(a_story_changed(1, 2))
    trio = story_of(a_story_changed(1, 2, 3, version=REVISION + 1))
    five = story_of(a_story_changed(1, 2, 3, 4, 5, version=REVISION + 2))

    assert touched_members(None, pair) == {FIRST, SECOND}
    assert touched_members(pair, trio) == {THIRD}
    assert touched_members(trio, pair) == {FIRST, SECOND, THIRD}
    assert len(touched_members(trio, five)) == 5


def test_who_is_left_behind_is_in_a_smaller_story_or_no_copy_any_more():
    six = copied(story_of(a_story_changed(1, 2, 3, 4, 5, 6)), 2)
    first, second, third = (an_article(number).article_id for number in (1, 2, 3))

    assert left_behind([six], [without(six, {third})]) == set()
    assert left_behind([six], [without(six, {first})]) == {second}
    assert left_behind([six], [without(six, {second, third})]) == {
        an_article(number).article_id for number in (1, 4, 5, 6)
    }


def test_what_was_forgotten_leaves_no_title_in_its_story():
    story = story_of(a_story_changed(1, 2))

    alone, nobody = without(story, {FIRST}), without(story, {FIRST, SECOND})

    assert (alone.headline, alone.original, alone.size) == (an_article(2).title, SECOND, 1)
    assert (nobody.headline, nobody.members, nobody.size, nobody.listed) == ("", (), 0, False)
    assert without(story, {THIRD}) is story


def test_a_copy_that_its_story_does_not_list_follows_its_original_to_an_earlier_one():
    story = story_of(a_story_changed(1, 2, version=REVISION))
    story = story.model_copy(
        update={"members": (story.members[0], story.members[1].model_copy(update={"copy_of": FIRST}))}
    )

    said = marks([story], {THIRD: {story.story_id}})[THIRD]

    found = membership(said, Claim(story.story_id, SECOND, REVISION - 1))
    assert found is not None
    assert found.copy_of == FIRST


def test_an_article_that_neither_of_two_merged_stories_lists_is_in_the_one_that_took_the_other_over():
    merged = story_of(a_story_changed(1, 2, version=REVISION)).model_copy(
        update={"members": (), "size": 0, "merged_into": "b" * 16}
    )

    said = marks([merged], {THIRD: {merged.story_id}})[THIRD]

    assert membership(said, Claim(merged.story_id, SECOND, REVISION - 1)) == Membership(
        story_id="b" * 16, copy_of=SECOND, size=10
    )
