"""What a language model is asked to answer, as a strict JSON schema, and its answer read by the same definition."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.errors import InvalidInput
from shared.events.enrichment import RelationStatus, RelationType

# Raise it when a question asked before would be asked otherwise: what was answered to it then counts no more.
QUESTION_VERSION = 1
EventType = Literal[
    "acquisition", "merger", "funding", "partnership", "product_launch", "appointment", "resignation", "lawsuit",
    "regulation", "results", "layoffs", "public_offering", "election", "accident", "disaster", "conflict", "other",
]  # fmt: skip


class _Told(BaseModel):
    """A part of the answer. Every field is required and no other may be there, as strict schemas demand; bounds are
    not said here, because servers differ in which they take: whoever checks an answer cuts it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ToldRelation(_Told):
    """Who does what with whom, and the words of the article that say so."""

    type: RelationType
    subject: str
    object: str
    status: RelationStatus | None
    amount: str | None
    evidence: str


class ToldQuote(_Told):
    """Words of a speaker, and who that is."""

    text: str
    speaker: str


class ToldEvent(_Told):
    """Something that happened, and the words of the article that say so."""

    type: EventType
    subjects: tuple[str, ...]
    evidence: str


class Answer(_Told):
    """All that is asked of one article; `summary` holds the numbers of sentences."""

    relations: tuple[ToldRelation, ...]
    quotes: tuple[ToldQuote, ...]
    events: tuple[ToldEvent, ...]
    summary: tuple[int, ...]


def schema() -> dict[str, Any]:
    """The JSON schema of an Answer, without the titles and descriptions that cost tokens and say nothing."""
    plain: dict[str, Any] = _plain(Answer.model_json_schema())
    return plain


def read_answer(content: str) -> Answer:
    """The answer in what a model wrote.

    Raises:
        InvalidInput: it is no JSON, or does not fit the schema.
    """
    try:
        return Answer.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "answer"
        raise InvalidInput(f"a model's answer that does not fit its schema: {place}: {first['msg']}") from error


def _plain(part: Any) -> Any:  # noqa: ANN401 (a JSON schema holds values of all kinds)
    if isinstance(part, dict):
        # A property may be called title; a schema's own title is a string.
        dull = {name for name in ("title", "description") if isinstance(part.get(name), str)}
        return {name: _plain(value) for name, value in part.items() if name not in dull}
    return [_plain(value) for value in part] if isinstance(part, list) else part
