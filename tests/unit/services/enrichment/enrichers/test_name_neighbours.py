from collections import Counter

import pytest

from services.enrichment.enrichers.name_neighbours import votes


def leading(text: str) -> str:
    """The kind that the neighbours of "Zorbo" speak for most; empty where they are silent."""
    start = text.index("Zorbo")
    ballot: Counter[str] = Counter()
    for kind, weight in votes(text, start, start + len("Zorbo")):
        ballot[kind] += weight
    return max(ballot, key=lambda kind: ballot[kind]) if any(w > 0 for w in ballot.values()) else ""


@pytest.mark.parametrize(
    "text",
    [
        "the singer Zorbo left",
        "and President Zorbo spoke",
        "the wife of Zorbo left",
        "Later Zorbo himself left",
        "Later Zorbo’s wife left",
        "Later Zorbo, 47, left",
        "Later Zorbo, who had come, left",
        "Later Zorbo said so",
        "Later Zorbo, a retired farmer from Kent, left",
    ],
)
def test_callings_kin_age_and_speech_speak_for_a_person(text):
    assert leading(text) == "person"


@pytest.mark.parametrize(
    "text",
    [
        "the brewery Zorbo closed",
        "the founder of Zorbo left",
        "the headquarters of the Zorbo closed",
        "Later Zorbo's shareholders left",
        "Later Zorbo employees left",
        "Later the Zorbo coalition fell",
        "so Zorbo raised money",
        "a stake in Zorbo again",
        "Later Zorbo, the oldest bank of all, fell",
        "Later Zorbo, founded in 1900, fell",
    ],
)
def test_owners_staff_and_kinds_of_bodies_speak_for_an_organization(text):
    assert leading(text) == "organization"


@pytest.mark.parametrize(
    "text",
    [
        "it rained in Zorbo again",
        "the town of Zorbo flooded",
        "the outskirts of Zorbo flooded",
        "in northern Zorbo it rained",
        "Later the Zorbo valley flooded",
        "Later Zorbo's coast flooded",
        "Later Zorbo, a village of fishermen, flooded",
    ],
)
def test_directions_and_kinds_of_places_speak_for_a_location(text):
    assert leading(text) == "location"


@pytest.mark.parametrize("text", ["Zorbo", "so Zorbo went", "so, Zorbo. Then"])
def test_other_words_are_silent(text):
    assert leading(text) == ""


def test_a_title_that_is_an_ordinary_word_says_nothing():
    assert leading("so Late Zorbo went") == ""
