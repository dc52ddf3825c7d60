"""Names and values as a request gives them, in the query string or as JSON, and values of the simplest kinds."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from shared.errors import InvalidInput, LimitExceeded

MAX_QUERY_STRING_CHARACTERS = 8192
MAX_PAIRS = 1000
# Each link of the answer says the whole question again, and there are some hundred.
MAX_JSON_CHARACTERS = 32_768
Pairs = Sequence[tuple[str, str]]
T = TypeVar("T")


class InvalidParameter(InvalidInput):
    """A parameter that is not known or does not fit; `parameter` is its name as it was given."""

    def __init__(self, parameter: str, reason: str) -> None:
        super().__init__(f"{parameter}: {reason}")
        self.parameter = parameter


def pairs_of_query_string(query_string: str) -> Pairs:
    """The names and values of a query string (without its "?", percent-encoded), in its order.

    Raises:
        LimitExceeded: it is longer than MAX_QUERY_STRING_CHARACTERS.
    """
    if len(query_string) > MAX_QUERY_STRING_CHARACTERS:
        raise LimitExceeded(
            f"a query string of {len(query_string)} characters: at most {MAX_QUERY_STRING_CHARACTERS} are read"
        )
    return parse_qsl(query_string, keep_blank_values=True)


def pairs_of_json(body: bytes, *, one_value: Collection[str]) -> Pairs:
    """The names and values of a JSON object: text, numbers, true or false, or lists of them; null is as if not given.

    Args:
        one_value: names whose value is no list, so that a comma in it is one.

    Raises:
        InvalidInput: no JSON, or no such object.
        LimitExceeded: it has more than MAX_PAIRS values, or more than MAX_JSON_CHARACTERS in names and values.
    """
    try:
        said = json.loads(body or b"{}", parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"the body is no JSON: {error}") from error
    if not isinstance(said, dict):
        raise InvalidInput('the body is a JSON object with the names of the parameters, as {"q": "battery"}')
    pairs = [pair for name, value in said.items() for pair in _pairs(name, value, plain=name in one_value)]
    if len(pairs) > MAX_PAIRS:
        raise LimitExceeded(f"{len(pairs)} values: at most {MAX_PAIRS} are read")
    if (length := sum(len(name) + len(value) for name, value in pairs)) > MAX_JSON_CHARACTERS:
        raise LimitExceeded(f"{length} characters in names and values: at most {MAX_JSON_CHARACTERS} are read")
    return pairs


def split_list(value: str) -> list[str]:
    """The values of a list with commas between them; a comma within a value is written ``\\,``."""
    parts = re.findall(r"(?:\\.|[^,\\]|\\\Z)+", value, re.DOTALL)
    return [re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in parts]


def join_list(values: Iterable[str]) -> str:
    """The inverse of `split_list`."""
    return ",".join(value.replace("\\", "\\\\").replace(",", "\\,") for value in values)


def one_of(choices: Sequence[T]) -> Callable[[str], T]:
    """Reads a value that is one of these; raises ValueError."""

    def read(value: str) -> T:
        for choice in choices:
            if value == choice:
                return choice
        raise ValueError(f"{value[:40]!r} is none of {', '.join(map(str, choices))}")

    return read


def number(most: int) -> Callable[[str], int]:
    """Reads a whole number from 1 to `most`; raises ValueError."""

    def read(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,6}", value) or not 1 <= int(value) <= most:
            raise ValueError(f"{value[:40]!r} is no number from 1 to {most}")
        return int(value)

    return read


def truth(value: str) -> bool:
    """Reads true or false; raises ValueError."""
    if value not in ("true", "false", "1", "0"):
        raise ValueError(f"{value[:40]!r} is neither true nor false")
    return value in ("true", "1")


def _pairs(name: str, value: Any, *, plain: bool) -> Iterable[tuple[str, str]]:  # noqa: ANN401 (whatever JSON can say)
    for part in value if isinstance(value, list) else [value]:
        match part:
            case None:
                continue
            case bool():
                yield name, "true" if part else "false"
            case str():
                # In a list each value stands alone, and so does one without a list.
                yield name, part if plain else join_list([part])
            case int() | float():
                yield name, str(part)
            case _:
                raise InvalidParameter(name[:80], "neither text nor a number, true or false, nor a list of them")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")
