from dataclasses import replace

import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.name_candidates import candidates
from services.enrichment.knowledge_base.named_entity_model import ModelName


class Seeing:
    """A model that sees one name, given by its place in the text."""

    language = "en"
    origin = "model:seeing"

    def __init__(self, seen: str, kind: str) -> None:
        self._seen, self._kind = seen, kind

    def find(self, text: str) -> list[ModelName]:
        at = text.find(self._seen)
        return [ModelName(self._kind, at, at + len(self._seen))] if at >= 0 else []


@pytest.fixture
def seen(knowledge):
    def seen(text: str, span: str, kind: str, title: str = ""):
        found = candidates(ArticleText(title, text), replace(knowledge, model=Seeing(span, kind)))
        return [name.surface for name in found if name.origin == "model:seeing"]

    return seen


@pytest.mark.parametrize(
    ("text", "span", "name"),
    [
        ("So the Zorbo’s map was lost.", "the Zorbo’s", "Zorbo"),
        ("So the U.S. moved.", "U.S", "U.S."),
        ("So Aunt Zorbina moved.", "Aunt Zorbina", "Zorbina"),
        ("So Zorbo Quixel moved.", "Zorbo", "Zorbo Quixel"),
        ("So Zorbo (right) moved.", "Zorbo (right", "Zorbo"),
        ("So Zorbo President moved.", "Zorbo President", "Zorbo"),
    ],
)
def test_the_bounds_that_the_model_sees_are_repaired(seen, text, span, name):
    assert seen(text, span, "organization") == [name]


@pytest.mark.parametrize(
    ("text", "span", "kind", "names"),
    [
        ("So Zorbo and Quixel moved.", "Zorbo and Quixel", "person", ["Zorbo", "Quixel"]),
        ("So Zorbo, Quixel moved.", "Zorbo, Quixel", "organization", ["Zorbo", "Quixel"]),
        ("So Zorbo and Quixel moved.", "Zorbo and Quixel", "organization", ["Zorbo and Quixel"]),
    ],
)
def test_names_that_the_model_joined_are_parted(seen, text, span, kind, names):
    assert seen(text, span, kind) == names


def test_a_title_alone_is_no_name(seen):
    assert seen("So the Admiral moved.", "Admiral", "person") == []


def test_capitals_of_a_title_written_in_them_tell_of_no_name(knowledge):
    titled = ArticleText("Quixel Council Raises Water Prices After Months Without Talks", "")

    assert candidates(titled, knowledge) == []
    assert [name.surface for name in candidates(ArticleText("The Quixel Council raises prices again", ""), knowledge)]
