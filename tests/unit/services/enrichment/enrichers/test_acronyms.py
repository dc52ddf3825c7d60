import pytest

from services.enrichment.enrichers.acronyms import bracketed, introduced


def names(text: str) -> list[tuple[str, str]]:
    return [(found.acronym, text[found.start : found.end]) for found in introduced(text)]


@pytest.mark.parametrize(
    ("text", "acronym", "name"),
    [
        ("The Zentro Quarry Union (ZQU) met.", "ZQU", "Zentro Quarry Union"),
        ("The Bank of Zentro and Quarry (BZQ) met.", "BZQ", "Bank of Zentro and Quarry"),
        ("The ZQU (Zentro Quarry Union) met.", "ZQU", "Zentro Quarry Union"),
        ("The Ministry of Arts (“MoA”) met.", "MoA", "Ministry of Arts"),
        ("Members of parliament (MPs) met.", "MPs", "Members of parliament"),
    ],
)
def test_an_acronym_stands_for_the_name_whose_words_its_letters_begin(text, acronym, name):
    assert names(text) == [(acronym, name)]


@pytest.mark.parametrize("text", ["The Zentro Union (ABC) met.", "(ABC)", "The board (see ABC) met.", "He (AB) met."])
def test_letters_that_begin_other_words_stand_for_nothing_here(text):
    assert names(text) == []


def test_a_name_in_small_letters_is_told_from_one_in_capitals():
    found = list(introduced("A gross net product (GNP) and the Gross Net Party (GNP)."))

    assert [item.is_capitalised for item in found] == [False, True]


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("Zentro Union (UZ) met", "UZ"),
        ("Zentro Union's (Zeno) met", "Zeno"),
        ("Zentro Union (see UZ) met", None),
        ("Zentro Union met (UZ)", None),
    ],
)
def test_a_short_name_stands_in_brackets_right_after_the_long_one(text, short):
    assert bracketed(text, len("Zentro Union")) == short
