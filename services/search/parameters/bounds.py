"""Two parameters that bound the same: from a first value that counts, up to one that counts no more."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from services.search.parameters.form import Given
from services.search.parameters.parameter import Parameter
from services.search.parameters.query_string import InvalidParameter

T = TypeVar("T", float, datetime)


@dataclass(frozen=True)
class Bounds(Generic[T]):
    """The first value that counts, and the first after it that counts no more; either may be left open.

    Attributes:
        write_lowest, write_end: a value as its parameter reads it.
    """

    lowest: Parameter[T | None]
    end: Parameter[T | None]
    write_lowest: Callable[[T], str]
    write_end: Callable[[T], str]

    @property
    def parameters(self) -> tuple[Parameter[T | None], Parameter[T | None]]:
        """Both, as they are described."""
        return self.lowest, self.end

    def of(self, given: Given) -> tuple[T | None, T | None]:
        """Both values; None leaves a side open.

        Raises:
            InvalidParameter: no such values, or an end that is not behind the beginning.
        """
        lowest, end = given[self.lowest], given[self.end]
        if lowest is not None and end is not None and lowest >= end:
            raise InvalidParameter(self.end.name, f"nothing lies between it and {self.lowest.name}: exchange the two")
        return lowest, end

    def pairs(self, lowest: T | None, end: T | None) -> Iterator[tuple[str, str]]:
        """The names and values that say these bounds; a value is empty where a side is open."""
        yield self.lowest.name, "" if lowest is None else self.write_lowest(lowest)
        yield self.end.name, "" if end is None else self.write_end(end)
