import pytest

from services.enrichment.article_text import Passage
from services.enrichment.enrichers.name_types import Named, kinds
from services.enrichment.knowledge_base.lexicon import Lexicon

LEXICON = Lexicon(frozenset({"Alejandro"}), frozenset({"Zubrowicz"}), {"Freudenstadt": "DE"})


def kind_of(text: str, name: str, *votes: str, is_seen: bool = False, known: str = "", with_model: bool = False) -> str:
    passage = Passage(text)
    start = text.index(name)
    named = [Named(passage, start, start + len(name), vote, 1.0 if vote else 0.0, is_seen) for vote in votes]
    return kinds(named, LEXICON, lambda kind, surface: surface == known, with_model=with_model)[name]


def test_one_name_has_the_kind_that_most_of_its_mentions_have():
    assert kind_of("Then Zorbo came.", "Zorbo", "person", "organization", "person") == "person"


@pytest.mark.parametrize(
    ("text", "name", "seen", "kind"),
    [
        ("the town of Zorbo flooded", "Zorbo", "person", "location"),
        ("the company Zorbo flooded", "Zorbo", "person", "organization"),
        ("and President Zorbo spoke", "Zorbo", "organization", "person"),
        ("a hill by Freudenstadt again", "Freudenstadt", "person", "location"),
        ("a hill by Alejandro Zorbo again", "Alejandro Zorbo", "organization", "person"),
        ("a form of ZXQ again", "ZXQ", "person", "organization"),
    ],
)
def test_neighbours_and_form_outvote_what_the_model_sees(text, name, seen, kind):
    assert kind_of(text, name, seen) == kind


def test_an_acronym_of_a_thing_names_no_body():
    assert kind_of("he had an MRI done", "MRI", "organization") == "other"


@pytest.mark.parametrize("kind", ["organization", "location"])
def test_no_body_and_no_place_comes_of_what_the_model_alone_says(kind):
    assert kind_of("Then Zorbo came.", "Zorbo", kind, is_seen=True) == ""


@pytest.mark.parametrize(
    ("text", "kind"), [("shares in the company Zorbo fell", "organization"), ("it rained in Zorbo again", "location")]
)
def test_what_the_model_says_holds_where_a_neighbour_says_the_same(text, kind):
    assert kind_of(text, "Zorbo", kind, is_seen=True) == kind


def test_the_model_is_believed_where_nothing_speaks_against_a_person():
    assert kind_of("Then Zorbo came.", "Zorbo", "person", is_seen=True) == "person"
    assert kind_of("Then the Zorbo came.", "Zorbo", "person", is_seen=True) == ""


def test_a_name_that_the_knowledge_base_has_needs_no_neighbour():
    assert kind_of("Then Zorbo came.", "Zorbo", "organization", is_seen=True, known="Zorbo") == "organization"


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("it rained in Zorbo again", "Zorbo", "location"),
        ("the singer Zorbo left", "Zorbo", "person"),
        ("the brewery Zorbo closed", "Zorbo", "organization"),
        ("a hill by Mira Zubrowicz again", "Mira Zubrowicz", "person"),
        ("Then Zorbo came.", "Zorbo", ""),
        ("It went to Zorbo again.", "Zorbo", ""),
    ],
)
def test_capitals_make_a_name_only_where_neighbours_or_form_say_of_what_kind(text, name, kind):
    assert kind_of(text, name, "") == kind


def test_more_must_speak_for_a_name_that_the_model_overlooks():
    assert kind_of("a form of ZXQ again", "ZXQ", "") == "organization"
    assert kind_of("a form of ZXQ again", "ZXQ", "", with_model=True) == ""
