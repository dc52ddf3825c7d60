import pytest

from services.enrichment.enrichers.relation_reading.sentence import read
from tests.unit.services.enrichment.enrichers.relation_reading.conftest import parties_of


@pytest.fixture
def words():
    """The words of a marked sentence as one text, with @ for each name."""

    def words(marked: str) -> str:
        return " ".join(read(*parties_of(marked)).words)

    return words


@pytest.fixture
def names():
    """The parties of each name of a marked sentence."""

    def names(marked: str) -> list[list[str]]:
        text, parties = parties_of(marked)
        reading = read(text, parties)
        return [[parties[index].id for index in reading.members[place]] for place in sorted(reading.members)]

    return names


@pytest.mark.parametrize(
    ("date", "without"),
    [
        ("[A] grew in May 2020.", "@ grew ."),
        ("On 3 March 2021, [A] grew.", "@ grew ."),
        ("[A] grew on Tuesday.", "@ grew ."),
        ("Since early 2019 [A] grew.", "@ grew ."),
        ("[A] grew on July 4th, 2020 in Rome.", "@ grew in @ ."),
    ],
)
def test_dates_are_left_out(words, date, without):
    assert words(date) == without


def test_adverbs_are_left_out_and_numbers_and_signs_are_alike(words):
    assert words("[A] recently sold 3,500 pumps for €40") == words("[A] sold 12 pumps for $9")


def test_capitals_inside_a_sentence_are_an_unknown_name(words, names):
    sentence = "[A] sold pumps to Basalt Mining of Chile."

    assert words(sentence) == "@ sold pumps to @ of @ ."
    assert names(sentence) == [["A"], [], []]


def test_a_number_is_part_of_an_unknown_name_but_of_no_party(words):
    assert words("[A] sold pumps to Channel 4 in Rome.") == "@ sold pumps to @ in @ ."
    assert words("With [A] 4 pumps were sold.") == "with @ # pumps were sold ."


def test_a_first_word_is_a_name_only_where_it_acts(words):
    assert words("Shares of [A] fell.") == "shares of @ fell ."
    assert words("Basalt bought [A].") == "@ bought @ ."


def test_capitals_in_a_headline_are_no_names(words):
    assert words("[A] To Buy Smaller Rival [B]") == "@ to buy smaller rival @"


def test_capitals_next_to_a_party_belong_to_its_name(names):
    assert names("The [Acme] Corporation grew.") == [["Acme"]]


def test_a_list_of_names_is_one_word(words, names):
    sentence = "[A] bought [B], Basalt, [C] and [D] in Rome."

    assert words(sentence) == "@ bought @ in @ ."
    assert names(sentence) == [["A"], ["B", "C", "D"], []]


def test_a_comma_alone_makes_no_list(words):
    assert words("In London, [A] grew.") == "in @ , @ grew ."


def test_a_place_before_a_comma_is_not_part_of_the_list_after_it(names):
    assert names("In [L], [A] and [B] grew.") == [["L"], ["A", "B"]]


def test_an_apposition_is_no_list(names):
    assert names("[A], owned by [B], and [C], owned by [D], grew.") == [["A"], ["B"], ["C"], ["D"]]


def test_a_list_may_end_in_others_and_describe_its_items(names):
    assert names("It was founded by [A], [B] and others.") == [["A", "B"]]
    assert names("[A] and venture firm [B] grew.") == [["A", "B"]]


def test_a_name_in_brackets_is_another_name_of_the_one_before(words, names):
    sentence = "The Yard of Ships ([C]) was bought by Basalt Quarries (now [P])."

    assert names(sentence)[1:] == [["C"], ["P"]]
    assert words(sentence).endswith("was bought by @ .")


def test_other_brackets_are_dropped_or_read_as_commas(words):
    assert words("[A] (founded last) bought [B].") == "@ bought @ ."
    assert words("[A] (bought by [B]) grew.") == "@ , bought by @ , grew ."
    assert words("[A] (bought grew.") == "@ , bought grew ."


def test_an_unknown_owner_is_part_of_the_name(names):
    assert names("[A] was funded by Basalt's [B] and [C].") == [["A"], ["B", "C"]]


def test_the_end_of_a_name_is_no_possessive_before_a_verb(words):
    assert words("[Macy's] bought [B].") == "@ bought @ ."
    assert words("[Macy's] stores closed.") == "@ 's stores closed ."


def test_an_abbreviation_ends_no_sentence(words):
    assert "." not in words("[Acme Inc]. bought [B] and [C Corp]. grew")


def test_words_stand_where_they_stood(words):
    text, parties = parties_of("In 2020 [Acme] bought [Bolt & Co], [Cog] and [Dorn].")

    reading = read(text, parties)

    assert [text[start:end] for start, end in reading.spans] == ["Acme", "bought", "Bolt & Co, Cog and Dorn", "."]
