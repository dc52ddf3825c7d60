from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrichment.stories.fingerprint import fingerprint
from services.enrichment.stories.story import Member, Story, decode, encode, member, opened
from services.enrichment.stories.subject import Subject
from shared.clock import from_ms
from shared.events.articles import Publication
from shared.events.stories import MAX_MEMBERS
from tests.builders import NOON, REVISION, an_article
from tests.prose import prose

SUBJECT = Subject.of("en", {2: 1.0, 3: 1.0})


def a_member(number: int = 1, **fields) -> Member:
    return member(an_article(number, **fields), fingerprint(prose(number)), SUBJECT)


def copies_of(story: Story) -> dict[int, int]:
    """Number of the copy → number of its original."""
    numbers = {a_member(number).article_id: number for number in range(12)}
    return {numbers[one.article_id]: numbers[one.copy_of] for one in story.members if one.copy_of}


@pytest.mark.slow
@given(st.permutations([1, 2, 3, 4, 5]))
def test_copies_follow_the_earliest_published_in_whatever_order_they_arrive(order):
    first, *others = order

    story = opened("0" * 16, [a_member(first)])
    for number in others:
        story = story.joined(a_member(number), story.members[0].group)

    assert copies_of(story) == {2: 1, 3: 1, 4: 1, 5: 1}
    assert [one.article_id for one in story.members] == [a_member(n).article_id for n in (1, 2, 3, 4, 5)]


def test_an_original_moves_what_a_story_is_about_and_a_copy_does_not():
    story = opened("0" * 16, [a_member(1)])
    newcomer = replace(a_member(2), subject=Subject.of("en", {7: 1.0}))

    assert story.joined(newcomer, story.members[0].group).centre == story.centre
    assert story.joined(newcomer, None).centre != story.centre


def test_a_day_counts_from_its_end_so_that_it_does_not_come_before_every_hour_of_it():
    day = Publication(at=NOON.replace(hour=0), precision="day", origin="meta")

    dated = member(an_article(1, published=day, first_seen_at=NOON + timedelta(hours=9)), fingerprint(""), SUBJECT)

    assert from_ms(dated.published_ms) == NOON.replace(hour=0)
    assert from_ms(dated.rank_ms) == NOON + timedelta(hours=9)


def test_two_texts_of_one_story_have_an_original_each():
    story = opened("0" * 16, [a_member(3)]).joined(a_member(4), None)

    story = story.joined(a_member(1), a_member(4).article_id)

    assert copies_of(story) == {4: 1}
    assert story.changed(REVISION, REVISION, a_member(3)).original == a_member(1).article_id


def test_only_an_original_and_the_longest_of_its_copies_keep_their_fingerprint():
    story = opened("0" * 16, [a_member(1)])
    for number, words in ((2, 500), (3, 100), (4, 200)):
        copy = member(an_article(number), fingerprint(prose(1, words)), SUBJECT)
        story = story.joined(copy, a_member(1).article_id)

    with_prints = {one.article_id for one in story.members if one.prints}

    assert with_prints == {a_member(1).article_id, a_member(2).article_id}
    assert [one.subject is not None for one in story.members] == [True, False, False, False]


def test_a_story_without_its_original_has_the_next_one():
    story = opened("0" * 16, [a_member(1)])
    for number in (2, 3):
        story = story.joined(a_member(number), a_member(1).article_id)

    left = story.without([a_member(1).article_id])

    assert copies_of(left) == {3: 2}
    assert left.changed(REVISION, REVISION, a_member(2)).headline == a_member(2).title


@pytest.mark.slow
def test_a_full_story_counts_further_members():
    story = opened("0" * 16, [a_member(number) for number in range(MAX_MEMBERS)])

    fuller = story.joined(a_member(MAX_MEMBERS + 1), None)

    assert (len(fuller.members), fuller.size) == (MAX_MEMBERS, MAX_MEMBERS + 1)
    assert fuller.changed(REVISION, REVISION, a_member(1)).size == MAX_MEMBERS + 1


def test_a_story_that_takes_another_over_lists_the_earliest_members_of_both():
    one = opened("0" * 16, [a_member(1), a_member(3)])
    other = opened("1" * 16, [a_member(2)])

    both = one.absorbing(other)

    assert [one.article_id for one in both.members] == [a_member(n).article_id for n in (1, 2, 3)]
    assert (both.story_id, both.size) == ("0" * 16, 3)


def test_a_story_is_decoded_as_it_was_encoded():
    story = opened("0" * 16, [a_member(1, site_name=None), a_member(2, title="“Überschrift”")])
    story = story.joined(a_member(3), a_member(1).article_id)

    assert decode(story.story_id, 0, encode(story)) == story


def test_the_event_says_members_span_and_version():
    story = opened("0" * 16, [a_member(1), a_member(4)])

    said = story.changed(7, REVISION, a_member(1))

    assert (said.version, said.size, said.headline) == (7, 2, a_member(1).title)
    assert (said.first_at, said.last_at) == (NOON + timedelta(minutes=1), NOON + timedelta(minutes=4))
    assert said.changed_at == from_ms(REVISION)


def numbered(number: int, copy_of: int | None = None) -> Member:
    """A member by its number, published in the order of numbers."""
    base = Member(f"{number:064x}", None, number, number, "source", None, f"Title {number}")
    return base if copy_of is None else replace(base, copy_of=f"{copy_of:064x}")


def a_full_story() -> Story:
    """As many members as are listed: number 10, and copies of it."""
    return opened("0" * 16, [numbered(10), *(numbered(10 + more, 10) for more in range(1, MAX_MEMBERS))])


def test_a_full_story_lists_an_original_that_arrives_last_in_the_place_of_its_latest_copy():
    story = a_full_story().joined(numbered(1), f"{10:064x}")

    assert (len(story.members), story.size) == (MAX_MEMBERS, MAX_MEMBERS + 1)
    assert story.members[0].article_id == f"{1:064x}"
    assert {one.copy_of for one in story.members[1:]} == {f"{1:064x}"}
    assert story.of(f"{9 + MAX_MEMBERS:064x}") is None
    assert story.original_of(f"{10:064x}") == f"{1:064x}"


def test_a_full_story_keeps_its_originals_in_the_list_before_any_copy():
    story = a_full_story().joined(numbered(9_000), None)

    assert story.members[-1].article_id == f"{9_000:064x}"
    assert len(story.members) == MAX_MEMBERS


def test_two_full_stories_together_list_both_originals_and_the_earliest_copies():
    other = opened("1" * 16, [numbered(600), *(numbered(600 + more, 600) for more in range(1, MAX_MEMBERS))])

    both = a_full_story().absorbing(other)

    assert both.size == 2 * MAX_MEMBERS
    assert {one.article_id for one in both.members if one.copy_of is None} == {f"{10:064x}", f"{600:064x}"}
    assert both.of(f"{600 + MAX_MEMBERS - 1:064x}") is None
