import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.enrichment.enrichers.relation_reading.reading import CUE_WORDS, relations_in
from services.enrichment.enrichers.relation_reading.sentence import Party


def test_two_mentions_of_one_party_are_related_to_no_one(said):
    assert said("[Meridian] bought shares of [Meridian].") == []


def test_of_two_readings_of_a_pair_the_surer_counts(told):
    assert told("[Meridian], which works with [Quartz], has acquired [Quartz].").type == "acquires"


def test_a_party_that_is_no_company_is_bought_by_no_one(said):
    assert said("[Meridian] bought [other:Lyon].") == []
    assert said("[other:Lyon] bought [Meridian].") == []


def test_several_relations_of_a_sentence_come_in_its_order(said):
    sentence = "[Meridian], a unit of [Basalt], competes with [Quartz] and bought [Schist]."

    assert said(sentence) == [
        "Meridian subsidiary_of Basalt",
        "Meridian competes_with Quartz",
        "Meridian acquires Schist",
    ]


def test_the_place_of_the_cue_is_that_of_the_telling_word():
    text = "In 2019, Ada bought Bolt."
    parties = [Party("ada", "organization", 9, 12), Party("bolt", "organization", 20, 24)]

    (found,) = relations_in(text, parties)

    assert text[found.cue_start :].startswith("bought")


@pytest.mark.parametrize("word", ["acquired", "subsidiary", "merger", "owned", "backed", "funding", "founded"])
def test_the_cue_words_are_those_that_relations_are_told_by(word):
    assert word in CUE_WORDS


WORDS = st.sampled_from(
    [*sorted(CUE_WORDS), *"the a of by in , . ( ) : ; 's and to was not 40 % $ 2020 It as such that which".split()]
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.just(None), WORDS), max_size=30))
def test_no_order_of_words_is_too_odd_to_read(words):
    text, parties = "", []
    for number, word in enumerate(words):
        if word is None:
            parties.append(Party(f"p{number}", "organization", len(text), len(text) + 3))
        text += ("Acm" if word is None else word) + " "

    for found in relations_in(text, parties):
        assert found.subject != found.object
        assert 0 < found.confidence <= 1
        assert found.stake_percent is None or 0 < found.stake_percent <= 100
        assert 0 <= found.cue_start < len(text)
