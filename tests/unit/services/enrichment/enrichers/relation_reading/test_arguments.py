import pytest

from services.enrichment.enrichers.relation_reading.arguments import (
    agent_of,
    listed,
    main_subject,
    next_subject,
    object_of,
    subject_of,
)


@pytest.mark.parametrize(
    ("sentence", "subject"),
    [
        ("@ bought it", 0),
        ("@ said that it had agreed to bought it", 0),
        ("@ , a maker of pumps , bought it", 0),
        ("@ , which bought it", 0),
        ("a rival of @ bought it", None),
        ("@ of @ , @ , bought it", 0),
        ("@ grew . the company bought it", 0),
        ("@ grew . it bought it", 0),
        ("the board bought it", None),
        ("in @ , chipmaker @ bought it", 4),
        ("@ fell while @ bought it", 3),
    ],
)
def test_the_subject_is_found_to_the_left_of_its_verb(sentence, subject):
    words = sentence.split()

    assert subject_of(words, words.index("bought")) == subject


@pytest.mark.parametrize(
    ("sentence", "target"),
    [
        ("@ and more", 0),
        ("the struggling danish rival @", 4),
        ("part of the assets of @", 5),
        ("a stake in @", 3),
        ("a building in @", None),
        ("@ carmaker @", 2),
        ("@ 's software unit @", 4),
        ("several firms , including @", 4),
        ("several firms , then @", None),
        ("what it was @", None),
    ],
)
def test_the_object_is_found_to_the_right(sentence, target):
    assert object_of(sentence.split(), 0) == target


def test_the_agent_comes_after_by_in_the_same_clause():
    assert agent_of("for $ # from @ by the group @".split(), 0) == 8
    assert agent_of("and @ was seen by @".split(), 0) is None


def test_the_main_subject_is_no_possessor_and_follows_an_opening_phrase():
    assert main_subject("@ 's profit rose and @ fell".split(), 2) is None
    assert main_subject("after @ grew , @ fell".split(), 5) == 4


def test_an_opening_phrase_ends_at_its_comma():
    assert next_subject("by @ , the group @ grew".split(), 0) == 5
    assert next_subject("by @ . the group , @ grew".split(), 0) is None


def test_what_is_added_to_a_name_is_listed_with_it():
    words = "@ , a maker of pumps , and @ alongside @ , with participation from @".split()

    assert listed(words, 0) == [0, 8, 10, 15]
