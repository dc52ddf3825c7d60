"""One name that a request may hold: what it means, how OpenAPI describes it, and how its values are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from services.search.parameters.query_string import number, one_of, truth
from shared.article_store.indexed import MAX_VALUE_CHARACTERS
from shared.article_store.query import MAX_CURSOR_CHARACTERS, MAX_PAGE_SIZE, Copies
from shared.errors import LimitExceeded

DEFAULT_PAGE_SIZE = 20
VALUE_SCHEMA: dict[str, Any] = {"type": "string", "maxLength": MAX_VALUE_CHARACTERS}
T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class Parameter(Generic[T]):
    """One name that a request may hold.

    Attributes:
        schema: as JSON schema; an array may be repeated or hold a list with commas, everything else is given once.
        read: what the values mean at the moment of the request; of none, what leaving the parameter out means. Raises
            ValueError or LimitExceeded.
        aliases: other names of the same.
        facet: the facet that it concerns.
    """

    name: str
    description: str
    schema: dict[str, Any]
    read: Callable[[Sequence[str], datetime], T]
    aliases: tuple[str, ...] = ()
    facet: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that it is understood by."""
        return (self.name, *self.aliases)

    @property
    def is_list(self) -> bool:
        """Whether it may have several values."""
        return bool(self.schema["type"] == "array")


def about(facet: str, parameter: Parameter[T]) -> Parameter[T]:
    """The parameter, said to concern a facet."""
    return replace(parameter, facet=facet)


def single(
    name: str,
    description: str,
    schema: dict[str, Any],
    read: Callable[[str, datetime], T],
    default: D,
    aliases: tuple[str, ...] = (),
) -> Parameter[T | D]:
    """A parameter with one value, read as `read` does."""

    def read_one(values: Sequence[str], now: datetime) -> T | D:
        return read(values[0], now) if values else default

    return Parameter(name, description, schema, read_one, aliases)


def text(name: str, description: str, most: int) -> Parameter[str]:
    """Text of at most so many characters; empty where it is left out."""

    def read(value: str, _: datetime) -> str:
        return _within(value, most)

    return single(name, description, {"type": "string", "maxLength": most}, read, "")


def choice(name: str, description: str, choices: Sequence[T], default: D) -> Parameter[T | D]:
    """One of some words; a default that is one of them is described as such."""
    schema: dict[str, Any] = {"type": "string", "enum": list(choices)}
    described = schema if default is None else {**schema, "default": default}
    reader = one_of(choices)
    return single(name, description, described, lambda value, _: reader(value), default)


def whole(name: str, description: str, most: int, default: int) -> Parameter[int]:
    """A whole number from 1 to `most`."""
    schema = {"type": "integer", "minimum": 1, "maximum": most, "default": default}
    reader = number(most)
    return single(name, description, schema, lambda value, _: reader(value), default)


def flag(name: str, description: str, *, default: bool) -> Parameter[bool]:
    """True or false."""
    return single(name, description, {"type": "boolean", "default": default}, lambda value, _: truth(value), default)


def several(
    name: str, description: str, *, most: int | None = None, aliases: tuple[str, ...] = ()
) -> Parameter[tuple[str, ...]]:
    """Any values, each once, none longer than the store keeps one."""
    schema: dict[str, Any] = {"type": "array", "items": VALUE_SCHEMA}
    described = schema if most is None else {**schema, "maxItems": most}

    def read(values: Sequence[str], _: datetime) -> tuple[str, ...]:
        return tuple(_within(value, MAX_VALUE_CHARACTERS) for value in values)

    return Parameter(name, description, described, read, aliases)


def several_of(name: str, description: str, choices: Sequence[T]) -> Parameter[tuple[T, ...]]:
    """Some of these words."""
    schema = {"type": "array", "items": {"type": "string", "enum": list(choices)}}
    reader = one_of(choices)
    return Parameter(name, description, schema, lambda values, _: tuple(map(reader, values)))


def page_size(what: str) -> Parameter[int]:
    """How many of something stand on a page."""
    return whole("size", f"{what} on a page.", MAX_PAGE_SIZE, DEFAULT_PAGE_SIZE)


def shown_copies(what: str) -> Parameter[Copies]:
    """Whether what has the text of another article is found, too: hidden unless asked for."""
    shown: tuple[Copies, ...] = ("hide", "show")
    return choice("copies", f"Whether {what}, too; hidden, they count nowhere.", shown, shown[0])


def _cursor(value: str, _: datetime) -> str:
    if len(value) > MAX_CURSOR_CHARACTERS:
        raise LimitExceeded(f"longer than any cursor ({MAX_CURSOR_CHARACTERS} characters)")
    return value


CURSOR: Parameter[str | None] = single(
    "cursor",
    "Where the page before ended: follow next rather than build it.",
    {"type": "string", "maxLength": MAX_CURSOR_CHARACTERS},
    _cursor,
    None,
)


def _within(value: str, most: int) -> str:
    if len(value) > most:
        raise ValueError(f"longer than {most} characters")
    return value
