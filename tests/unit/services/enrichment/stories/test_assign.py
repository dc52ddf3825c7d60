from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrichment.stories.assign import assign, counted
from services.enrichment.stories.fingerprint import fingerprint
from services.enrichment.stories.story import Member, Story, member, opened
from services.enrichment.stories.subject import Subject
from shared.events.embedding import Embedding
from tests.builders import NOON, an_article
from tests.prose import cut, prose

EVENT = dict.fromkeys(range(100, 130), 1.0)
OTHER_EVENT = dict.fromkeys(range(300, 330), 1.0)


def a_member(number: int, text: str | None = None, features=None, language="en", **fields) -> Member:
    """Of a text and on a subject of its own, where none is given."""
    own = dict.fromkeys(range(number * 100, number * 100 + 20), 1.0)
    subject = Subject.of(language, features or own)
    return member(an_article(number, **fields), fingerprint(prose(number) if text is None else text), subject)


def alone(one: Member) -> Story:
    return opened(one.article_id[:16], [one])


def overlapping(share: float) -> dict[int, float]:
    """Features of which so many are those of EVENT, entities and words alike."""
    kept = round(len(EVENT) * share / 2) * 2
    return dict(list(EVENT.items())[:kept]) | {feature + 1000: 1.0 for feature in list(EVENT)[kept:]}


def test_an_article_like_no_other_opens_a_story():
    placed = assign(a_member(1), [alone(a_member(2)), alone(a_member(3))])

    assert (placed.story.story_id, placed.copy_of, placed.changed) == (a_member(1).article_id[:16], None, True)


def test_a_copy_joins_the_story_of_its_text_however_far_its_subject():
    text = prose(1)

    placed = assign(a_member(2, cut(text, 0.6)), [alone(a_member(3)), alone(a_member(1, text))])

    assert placed.story.story_id == a_member(1).article_id[:16]
    assert placed.copy_of == a_member(1).article_id


def test_an_original_that_arrives_last_makes_copies_of_the_others():
    text = prose(1)
    story = alone(a_member(5, text)).joined(a_member(6, cut(text, 0.7)), a_member(5).article_id)

    placed = assign(a_member(1, text), [story])

    assert placed.copy_of is None
    assert {one.copy_of for one in placed.story.members[1:]} == {a_member(1).article_id}
    assert placed.story.story_id == story.story_id


def test_an_article_near_in_subject_and_time_joins_the_event():
    story = alone(a_member(1, features=EVENT))

    placed = assign(a_member(2, features=overlapping(0.8)), [story])

    assert (placed.story.story_id, placed.story.size, placed.copy_of) == (story.story_id, 2, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"features": overlapping(0.3)},
        {"features": EVENT, "language": "de"},
        {"features": EVENT, "published_at": NOON + timedelta(days=4)},
        {"features": overlapping(0.47), "published_at": NOON + timedelta(days=2, hours=20)},
        {"features": {feature: weight for feature, weight in EVENT.items() if feature % 2}},
        {"features": {feature: weight for feature, weight in EVENT.items() if feature % 2 == 0}},
    ],
    ids=["far in subject", "other language", "days later", "less near after days", "entities alone", "words alone"],
)
def test_what_is_not_near_enough_stays_apart(fields):
    assert assign(a_member(2, features=overlapping(0.47)), [alone(a_member(1, features=EVENT))]).story.size == 2

    placed = assign(a_member(2, **fields), [alone(a_member(1, features=EVENT))])

    assert placed.story.size == 1


def test_articles_do_not_chain_into_one_story():
    features = list(range(100, 400))
    windows = [dict.fromkeys(features[at * 5 : at * 5 + 30], 1.0) for at in range(12)]

    stories: dict[str, Story] = {}
    for at, window in enumerate(windows):
        placed = assign(a_member(at + 1, features=window), stories.values())
        stories[placed.story.story_id] = placed.story

    assert max(story.size for story in stories.values()) <= 10


def test_an_event_is_told_for_days_and_not_for_weeks():
    story = alone(a_member(1, features=EVENT))
    for number in range(2, 30):
        later = a_member(number, features=EVENT, published_at=NOON + timedelta(days=number - 1))
        placed = assign(later, [story])
        if placed.story.story_id != story.story_id:
            break
        story = placed.story

    assert 10 <= story.size <= 12


def test_texts_of_one_mould_are_never_the_same_event():
    mould = prose(1)
    other = " ".join("77" + word if word[0].isdigit() else word for word in mould.split())

    placed = assign(a_member(2, other, features=EVENT), [alone(a_member(1, mould, features=EVENT))])

    assert placed.story.size == 1


def test_an_article_that_is_in_a_story_stays_there():
    story = alone(a_member(1)).joined(a_member(2), a_member(1).article_id)

    placed = assign(a_member(2, features=OTHER_EVENT), [alone(a_member(3, features=OTHER_EVENT)), story])

    assert (placed.story, placed.copy_of, placed.changed) == (story, a_member(1).article_id, False)


def test_a_story_is_not_opened_under_a_name_that_is_taken():
    taken = opened(a_member(1).article_id[:16], [a_member(2)])

    placed = assign(a_member(1), [taken])

    assert placed.story.story_id != taken.story_id
    assert placed.story.size == 1


@given(st.permutations(range(4)))
def test_the_order_in_which_candidates_are_found_does_not_matter(order):
    text = prose(9)
    stories = [
        alone(a_member(1, text)),
        alone(a_member(2, cut(text, 0.8))),
        alone(a_member(3, features=EVENT)),
        alone(a_member(4, features=overlapping(0.9))),
    ]
    copy, follower = a_member(9, text), a_member(8, features=EVENT)

    there = [assign(one, stories) for one in (copy, follower)]
    here = [assign(one, [stories[at] for at in order]) for one in (copy, follower)]

    assert here == there


def test_each_article_counts_once_for_each_of_its_features():
    articles, having = counted(4, {1: 2, 9: 1}, {1: 5.0, 3: 0.5})

    assert (articles, having) == (5, {1: 3, 3: 1, 9: 1})


def pointing(*numbers: float, model: str = "small") -> Embedding:
    """A vector that begins with these numbers and has nothing else to it."""
    return Embedding.of(model, [*numbers, *[0.0] * (256 - len(numbers))])


def meaning(number: int, vector: Embedding, features) -> Member:
    one = a_member(number, features=features)
    return replace(one, subject=replace(one.subject, embedding=vector))


def test_articles_that_mean_the_same_join_though_they_share_few_words():
    few = overlapping(0.3)

    by_words = assign(a_member(2, features=few), [alone(a_member(1, features=EVENT))])
    by_meaning = assign(meaning(2, pointing(1, 0.5), few), [alone(meaning(1, pointing(1, 0.4), EVENT))])

    assert (by_words.story.size, by_meaning.story.size) == (1, 2)


@pytest.mark.parametrize(
    "vector", [pointing(0, 1), pointing(1, 2)], ids=["nothing in common", "less than enough in common"]
)
def test_articles_that_mean_something_else_stay_apart_though_they_share_their_words(vector):
    placed = assign(meaning(2, vector, EVENT), [alone(meaning(1, pointing(1), EVENT))])

    assert placed.story.size == 1


def test_meaning_alone_makes_no_event():
    placed = assign(meaning(2, pointing(1), OTHER_EVENT), [alone(meaning(1, pointing(1), EVENT))])

    assert placed.story.size == 1


def test_who_is_near_to_one_member_and_far_from_another_stays_apart():
    first = meaning(1, pointing(1, 0), EVENT)
    story = alone(first).joined(meaning(2, pointing(1, 1), EVENT), None)

    beside_both = assign(meaning(3, pointing(1, 0.5), EVENT), [story])
    beside_one = assign(meaning(3, pointing(0.3, 1), EVENT), [story])

    assert (beside_both.story.size, beside_one.story.size) == (3, 1)


def test_vectors_of_two_models_are_not_compared_and_words_decide():
    placed = assign(meaning(2, pointing(0, 1, model="other"), EVENT), [alone(meaning(1, pointing(1), EVENT))])

    assert placed.story.size == 2
