"""Reads JSON lines from a file or standard input, each of bounded length; a line that does not fit is a value."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

from pydantic import BaseModel, ValidationError

from shared.errors import ConfigurationError, InvalidInput

_SKIP_BYTES = 1 << 20
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Line:
    """A line as it was read, without its end.

    Attributes:
        number: from 1, empty lines counted.
        content: None where the line is longer than the limit.
    """

    number: int
    content: bytes | None


@contextmanager
def open_input(name: str) -> Iterator[BinaryIO]:
    """The file of that name, or standard input for "-"; raises ConfigurationError when it cannot be read."""
    try:
        # Not sys.stdin: a thread that still waits for it at exit would abort the interpreter.
        file = open(0, "rb", closefd=False) if name == "-" else Path(name).open("rb")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise ConfigurationError(f"cannot read {name}: {error.strerror}") from error
    try:
        yield file
    finally:
        file.close()


def read_lines(file: BinaryIO, limit: int) -> Iterator[Line]:
    """The lines that are not empty; no more than `limit` bytes of one are ever held."""
    number = 0
    while chunk := file.readline(limit + 1):
        number += 1
        if len(chunk) > limit and not chunk.endswith(b"\n"):
            _skip_rest(file)
            yield Line(number, None)
        elif stripped := chunk.strip():
            yield Line(number, stripped)


def parse_line(line: Line, model: type[M], limit: int) -> M:
    """The line as a model; raises InvalidInput, naming the line and the field, where it is none."""
    if line.content is None:
        raise InvalidInput(f"line {line.number} is longer than {limit} bytes")
    try:
        return model.model_validate(json.loads(line.content))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "value"
        raise InvalidInput(f"line {line.number}: {place}: {first['msg']}") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"line {line.number} is not JSON: {error}") from error


def name_of(line: Line, field: str) -> object:
    """What the line says its name is, where that can be read; for the error line that answers it."""
    try:
        value = json.loads(line.content or b"")
    except (ValueError, RecursionError):
        return None
    name = value.get(field) if isinstance(value, dict) else None
    return name if isinstance(name, str | int | float) else None


def _skip_rest(file: BinaryIO) -> None:
    while (chunk := file.readline(_SKIP_BYTES)) and not chunk.endswith(b"\n"):
        pass
