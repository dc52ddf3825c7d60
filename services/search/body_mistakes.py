"""What is wrong with a body that fits no model, in words: without the patterns and the names that programs have."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_MOST_CHARACTERS = 2_000
# Each is compared with each; nobody reads on after so many.
_MOST_MISTAKES = 50
# What pydantic calls a body that was sent as something else than JSON.
_NO_OBJECT = "model_attributes_type"
_OWN_WORDS = "Value error, "
Mistake = Mapping[str, Any]


@dataclass(frozen=True)
class BodyMistake:
    """What is wrong, and the field of the body that it is about, where it is about one."""

    said: str
    parameter: str | None = None


def mistake_in(errors: Sequence[Mistake]) -> BodyMistake:
    """What the errors of pydantic say, the first field first."""
    bodily = [error for error in errors if len(error["loc"]) == 1 or error["type"] == "json_invalid"]
    if bodily:
        return BodyMistake(_of_body(bodily[0]))
    # What holds a part that is wrong is wrong itself, which says nothing.
    first = errors[:_MOST_MISTAKES]
    inner = [error for error in first if not any(_within(other, error) for other in first)]
    said = "; ".join(f"{'.'.join(map(str, _place(error)))}: {_in_words(error)}" for error in inner)
    return BodyMistake(said[:_MOST_CHARACTERS], parameter=str(_place(inner[0])[0]))


def _of_body(error: Mistake) -> str:
    if error["type"] == "json_invalid":
        return f"the body is no JSON: {error['ctx']['error']}"
    return "the body is a JSON object, sent with Content-Type: application/json"


def _place(error: Mistake) -> tuple[str | int, ...]:
    """Where in the body; the first part of a location says that it is the body."""
    return tuple(error["loc"][1:])


def _within(error: Mistake, other: Mistake) -> bool:
    return len(error["loc"]) > len(other["loc"]) and error["loc"][: len(other["loc"])] == other["loc"]


def _in_words(error: Mistake) -> str:
    words = _WORDS.get(error["type"])
    return words(error) if words else str(error["msg"]).removeprefix(_OWN_WORDS)


def _none_of(error: Mistake) -> str:
    expected = str(error["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
    return f"{_shown(error['input'])} is none of {expected}"


def _no_kind(error: Mistake) -> str:
    about = error["ctx"]
    field, kinds = str(about["discriminator"]).strip("'"), str(about["expected_tags"]).replace("'", "")
    return f"{field}: {_shown(about['tag'])} is none of {kinds}"


def _kind_missing(error: Mistake) -> str:
    return f"{str(error['ctx']['discriminator']).strip(chr(39))}: is needed"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


_WORDS: dict[str, Callable[[Mistake], str]] = {
    "missing": lambda _: "is needed",
    "extra_forbidden": lambda _: "unknown; see /docs",
    "literal_error": _none_of,
    "union_tag_invalid": _no_kind,
    "union_tag_not_found": _kind_missing,
    "string_type": lambda error: f"{_shown(error['input'])} is no text",
    "bool_type": lambda error: f"{_shown(error['input'])} is neither true nor false",
    "bool_parsing": lambda error: f"{_shown(error['input'])} is neither true nor false",
    "string_too_short": lambda error: f"needs at least {error['ctx']['min_length']} characters",
    "string_too_long": lambda error: f"has more than {error['ctx']['max_length']} characters",
    "too_short": lambda error: f"needs at least {error['ctx']['min_length']}",
    "too_long": lambda error: f"has more than {error['ctx']['max_length']}",
}
