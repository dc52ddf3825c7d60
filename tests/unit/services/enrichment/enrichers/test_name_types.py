import pytest

from services.enrichment.article_text import Passage
from services.enrichment.enrichers.name_types import Named, kinds
from services.enrichment.knowledge_base.lexicon import Lexicon

LEXICON = Lexicon(frozenset({"Alejandro"}), frozenset({"Zubrowicz"}), {"Freudenstadt": "DE"})


def kind_of(text: str, name: str, *votes: str) -> str:
    passage = Passage(text)
    start = text.index(name)
    return kinds([Named(passage, start, start + len(name), vote, 1.0) for vote in votes], LEXICON)[name]


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
