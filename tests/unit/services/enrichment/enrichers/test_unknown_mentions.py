from dataclasses import replace
from types import SimpleNamespace

import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.mentions import known_mentions
from services.enrichment.enrichers.unknown_mentions import with_unknown_mentions
from services.enrichment.knowledge_base.named_entity_model import NamedEntityModel


class LabelledNames:
    """A recogniser that knows its names beforehand and finds each where it stands."""

    lang = "en"

    def __init__(self, names: dict[str, str]) -> None:
        self.meta = {"name": "labelled", "version": "1"}
        self._names = names

    def __call__(self, text: str) -> SimpleNamespace:
        found = [(text.find(name), name, label) for name, label in self._names.items() if name in text]
        return SimpleNamespace(
            ents=[SimpleNamespace(start_char=at, end_char=at + len(n), label_=label) for at, n, label in sorted(found)]
        )


@pytest.fixture
def found(knowledge):
    def found(text: str, **names: str):
        article = ArticleText("", text)
        model = NamedEntityModel(LabelledNames({name.replace("_", " "): label for name, label in names.items()}))
        known, ground = known_mentions(article, "en", knowledge)
        mentions = with_unknown_mentions(article, known, ground, replace(knowledge, model=model))
        mentions.sort(key=lambda item: item.start)
        return [(item.entity_id, item.text) for item in mentions]

    return found


def test_a_name_that_no_list_knows_gets_an_id_made_of_it(found):
    assert found("Jane Whitcombe left.", Jane_Whitcombe="PERSON") == [("person:jane-whitcombe", "Jane Whitcombe")]


def test_what_the_gazetteer_knows_stays_its(found):
    names = {"Bank": "ORG", "Deutsche_Bank_grew": "ORG"}

    assert found("Deutsche Bank grew.", **names) == [("org:deutsche-bank", "Deutsche Bank")]


def test_a_longer_name_takes_the_place_within_it(found):
    assert found("The members of the Nairobi Gallery Walk left.", Nairobi_Gallery_Walk="ORG") == [
        ("org:nairobi-gallery-walk", "Nairobi Gallery Walk")
    ]


def test_a_part_of_a_full_name_is_the_person_whatever_the_model_says(found):
    names = {"Jane_Whitcombe": "PERSON", "Whitcombe,": "ORG"}

    assert found("Jane Whitcombe sat. Not so Whitcombe, she said.", **names)[-1] == (
        "person:jane-whitcombe",
        "Whitcombe",
    )


def test_an_ordinary_word_is_no_name(found):
    assert found("The Government fell.", Government="ORG") == []


def test_article_title_and_possessive_are_no_part_of_a_name(found):
    mentions = found("In the Quarrel Valley's north", **{"the_Quarrel_Valley's": "LOC"})

    assert mentions == [("place:quarrel-valley", "Quarrel Valley")]


def test_a_surname_joins_the_one_person_who_bears_it(found):
    mentions = found("Ravi Menonkar sat. Dr. Menonkar rose.", **{"Ravi_Menonkar": "PERSON", "Dr._Menonkar": "PERSON"})

    assert mentions == [("person:ravi-menonkar", "Ravi Menonkar"), ("person:ravi-menonkar", "Menonkar")]


def test_a_name_that_ends_like_an_organisation_is_one(found):
    assert found("Zentrovia Labs grew.", Zentrovia_Labs="PERSON") == [("org:zentrovia-labs", "Zentrovia Labs")]


def test_a_known_name_that_lacked_evidence_is_taken_from_the_model(found):
    assert found("Target opened a store.", Target="ORG") == [("org:target", "Target")]


@pytest.mark.parametrize("name", ["nobody", "Ada Bora Cora Dora Eda Fora Gora Hora Ida"])
def test_what_is_written_like_no_name_is_left_out(found, name):
    assert found(f"So {name} came.", **{name.replace(" ", "_"): "PERSON"}) == []


def test_in_a_line_whose_every_word_is_capitalised_the_model_alone_is_not_believed(found):
    text = "Quick Zequin Morlat\nThe mixture stands for an hour."

    assert found(text, Quick_Zequin_Morlat="PERSON") == []


def test_a_name_in_such_a_line_is_one_where_a_sentence_has_it_too(found):
    text = "On Friday, Zequin Morlat came back.\nZequin Morlat Returns\nIt rained."

    assert found(text, Zequin_Morlat="PERSON") == [("person:zequin-morlat", "Zequin Morlat")] * 2


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("The Zentro Quarry Union (UQZ) met. UQZ left.", "UQZ"),
        ("The Zentro Quarry Union (Zequin) met. Zequin left.", "Zequin"),
        ("The Zentro Quarry Union's (ZQU) hall burned. ZQU left.", "ZQU"),
    ],
)
def test_a_word_in_brackets_right_after_a_body_is_its_short_name(found, text, short):
    assert [mention for mention in found(text) if mention[1] == short] == [("org:zentro-quarry-union", short)] * 2


@pytest.mark.parametrize("text", ["The Zentro Quarry Union (NATO) met.", "The Zentro Quarry Union (Kenya) met."])
def test_a_word_in_brackets_that_is_known_stays_what_it_is(found, text):
    assert [entity for entity, _ in found(text)][-1] in ("org:nato", "place:kenya")


def test_a_surname_that_two_share_is_a_person_but_neither_of_them(found):
    mentions = found("John Bexley met Mary Bexley. It was near Bexley that it rained. Then Bexley left.")

    assert {entity for entity, text in mentions if text == "Bexley"} == {"person:bexley"}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Theresa May left. May said so.", 2),
        ("Theresa May left in May. Then in May 2019 and on 3 May it rained; last May too.", 1),
    ],
)
def test_a_month_is_no_surname(found, text, count):
    assert [entity for entity, _ in found(text)] == ["person:theresa-may"] * count
