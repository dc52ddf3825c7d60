import time

import pytest

from services.enrichment.article_text import Passage
from services.enrichment.enrichers.name_runs import runs


@pytest.fixture
def read(knowledge):
    """The names of a text with their kinds; those that nothing types are left out."""

    def read(text: str):
        found = runs(Passage(text), knowledge.lexicon, knowledge.common_words)
        return [(text[run.start : run.end], run.kind) for run in found if run.kind]

    return read


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("He works for the Ministry of Trade and Industry in town.", "Ministry of Trade and Industry"),
        ("The Food and Drug Administration agreed.", "Food and Drug Administration"),
        ("A study by the University of Lower Quarrel shows it.", "University of Lower Quarrel"),
        ("Trading in Zentrovia Holdings stopped.", "Zentrovia Holdings"),
        ("The Ministry of Food, Agriculture and Livestock spoke.", "Ministry of Food, Agriculture and Livestock"),
        ("The Centre for Quarrel Studies closed.", "Centre for Quarrel Studies"),
        ("The Banco Zentro closed.", "Banco Zentro"),
        ("The Ministry of Quarrel and Energy closed.", "Ministry of Quarrel and Energy"),
        ("The Centre for the Defence of Consumers closed.", "Centre for the Defence of Consumers"),
        ("The Institute of Testing for Foods closed.", "Institute of Testing for Foods"),
        ("The Quarrel and Remedy Commission closed.", "Quarrel and Remedy Commission"),
        ("The Zentro Hurricane Center closed.", "Zentro Hurricane Center"),
    ],
)
def test_the_head_of_a_name_makes_it_a_body(read, text, name):
    assert read(text) == [(name, "organization")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("They crossed the Zentro River by boat.", "Zentro River"),
        ("Ships in the Gulf of Zentro wait.", "Gulf of Zentro"),
        ("Near Lake Zentro it rained.", "Lake Zentro"),
        ("It rained in Western Kenya again.", "Western Kenya"),
        ("They met in Freudenstadt again.", "Freudenstadt"),
    ],
)
def test_heads_directions_and_known_places_make_a_place(read, text, name):
    assert read(text) == [(name, "location")]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The witness Alejandro Zubrowicz was heard.", "Alejandro Zubrowicz"),
        ("It was President Zubrowicz who came.", "Zubrowicz"),
        ("It was Sheikh Hamad bin Zubrow al-Quarri who came.", "Hamad bin Zubrow al-Quarri"),
        ("Deputy Foreign Minister Alejandro Zubrowicz came.", "Alejandro Zubrowicz"),
    ],
)
def test_given_names_and_titles_make_a_person_and_titles_are_no_part_of_the_name(read, text, name):
    assert read(text) == [(name, "person")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The envoy to Japan Alejandro Zubrowicz left.", ["Alejandro Zubrowicz"]),
        ("The chief of ZXQ Alejandro Zubrowicz left.", ["Alejandro Zubrowicz"]),
        ("Market Alejandro Zubrowicz left.", ["Alejandro Zubrowicz"]),
        ("So Ricardo Zubrow y Alejandro Zubrowicz left.", ["Ricardo Zubrow", "Alejandro Zubrowicz"]),
        ("So New Alejandro Town grew.", []),
    ],
)
def test_a_full_name_begins_after_a_place_an_acronym_or_an_ordinary_word(read, text, names):
    assert [name for name, kind in read(text) if kind == "person"] == names


@pytest.mark.parametrize(
    ("text", "name"), [("A Zentro River-based firm.", "Zentro River"), ("A Lake Zentro-led plan.", "Lake Zentro")]
)
def test_what_a_hyphen_adds_is_no_part_of_a_name(read, text, name):
    assert read(text) == [(name, "location")]


def test_an_office_within_a_row_parts_a_body_from_its_holder(read):
    assert read("Then National Assembly Speaker Alejandro Zubrowicz rose.") == [
        ("National Assembly", "organization"),
        ("Alejandro Zubrowicz", "person"),
    ]


@pytest.mark.parametrize(
    ("text", "kind"), [("The Zentro Cup begins.", "event"), ("The Zentro Data Act passed.", "other")]
)
def test_laws_and_contests_are_told_from_bodies(read, text, kind):
    assert [found for _, found in read(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "The Ministry of Health and Alejandro Zubrowicz agreed.",
        "The University of Freudenstadt and Kenya agreed.",
        "The Institute of Testing for Kenya agreed.",
    ],
)
def test_what_a_body_is_there_for_ends_before_people_and_places(read, text):
    assert read(text)[0] == (" ".join(text.split()[1:4]), "organization")


def test_and_between_two_bodies_parts_them(read):
    found = read("He left the Ministry of Health and World Bank for good.")

    assert found == [("Ministry of Health", "organization"), ("World Bank", "organization")]


def test_words_that_begin_a_sentence_are_no_part_of_a_name(read):
    assert read("When Alejandro Zubrowicz came, all rose.") == [("Alejandro Zubrowicz", "person")]


def test_a_possessive_ends_a_name(read):
    assert read("It is Zentro's Quarrel Valley.") == [("Quarrel Valley", "location")]


def test_a_row_of_nothing_but_capitals_is_read_in_linear_time(read):
    started = time.process_time()

    found = read("Zo " * 66_000)

    assert time.process_time() - started < 2
    assert found == []
