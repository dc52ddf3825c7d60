from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.enrichment.stories.subject import Draft, Subject, draft, meaning, middle, nearness, overlap
from shared.events.embedding import Embedding
from tests.builders import an_enrichment, an_entity

FEATURES = st.dictionaries(st.integers(0, 65_535), st.floats(0.01, 100), max_size=60)


def subject(features: dict[int, float], language: str = "en") -> Subject:
    return Subject.of(language, features)


@given(FEATURES)
def test_a_subject_is_decoded_as_it_was_encoded(features):
    made = subject(features)

    read = Subject.decode(made.encode())

    assert read == made
    assert read.keys == made.keys


@given(FEATURES, FEATURES)
def test_nearness_is_the_same_both_ways_and_full_to_itself(one, other):
    first, second = subject(one), subject(other)

    there, back = nearness(first, second), nearness(second, first)

    assert abs(there.overall - back.overall) < 1e-9
    assert overlap(first, second) == there.overall
    if first.features:
        assert abs(nearness(first, first).entities - 1) < 1e-9 or not any(f & 1 for f in first.features)


def test_articles_of_different_languages_are_never_near():
    features = {1: 1.0, 2: 1.0}

    assert nearness(subject(features, "en"), subject(features, "de")).overall == 0
    assert overlap(subject(features, "en"), subject(features, "de")) == 0


def test_what_many_articles_have_weighs_less():
    made = Draft("en", {2: 1.0, 4: 1.0}).weighed(1000, {2: 900, 4: 3})

    assert made.features[4] > 5 * made.features[2]


def test_before_anything_was_counted_all_features_weigh_by_their_share():
    made = Draft("en", {2: 2.0, 4: 1.0}).weighed(0, {})

    assert round(made.features[2] / made.features[4]) == 2


def test_words_of_the_title_and_bent_forms_count_together_and_ordinary_ones_less():
    enrichment = an_enrichment(entities=(an_entity("org:volta", "Volta", salience=0.9),))

    made = draft("Batteries announced", "It announces them. An announcement of a harbour.", enrichment, {"harbour"})

    announce, harbour = (draft("", word, an_enrichment(), frozenset()).counts for word in ("announcing", "harbour"))
    [stem], [ordinary] = announce, harbour
    assert made.counts[stem] > 2 * made.counts[ordinary] > 0
    assert max(made.counts, key=lambda feature: made.counts[feature]) & 1


def test_chinese_text_is_taken_in_pairs_of_characters():
    made = draft("", "宁德时代", an_enrichment(), frozenset())

    assert len(made.counts) == 3


def test_the_middle_lies_nearer_to_what_counts_more():
    one, other = subject({2: 1.0}), subject({4: 1.0})

    centre = middle([(one, 3), (other, 1)])

    assert nearness(centre, one).overall > 2 * nearness(centre, other).overall


def test_a_subject_keeps_its_vector_and_a_mean_has_none():
    vector = Embedding.of("small 2.0", [1.0] * 256)
    one = replace(Subject.of("en", {2: 1.0}), embedding=vector)

    assert Subject.decode(one.encode()) == one
    assert middle([(one, 1), (one, 1)]).embedding is None


def test_a_draft_hands_its_vector_on():
    vector = Embedding.of("small", [1.0] * 256)

    assert draft("Storm", "A storm.", an_enrichment(), frozenset(), vector).weighed(10, {}).embedding == vector


def test_meaning_is_compared_between_vectors_of_one_model_alone():
    one, other = (Subject("en", b"", Embedding.of(model, [1.0] * 256)) for model in ("small", "other"))

    assert meaning(one, one) == pytest.approx(1)
    assert meaning(one, other) is None
    assert meaning(one, Subject("en", b"")) is None


def test_of_words_that_count_alike_the_first_of_the_alphabet_are_kept():
    words = [f"{first}{second}{first}{second}" for first in "zyxwvutsrq" for second in "abcdefgh"]

    made = draft("", " ".join([*words, "zuzu zuzu"]), an_enrichment(), frozenset())

    kept = ["zuzu", *sorted(words)[:31]]
    assert list(made.counts) == [feature for word in kept for feature in draft("", word, an_enrichment(), set()).counts]
