"""What one question may say: its parameters by all their names, and what a request gave of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from functools import cached_property
from typing import Any, TypeVar

from services.search.parameters.parameter import Parameter
from services.search.parameters.query_string import InvalidParameter, Pairs, split_list
from shared.errors import LimitExceeded

T = TypeVar("T")
AnyParameter = Parameter[Any]
# What other news interfaces call what has another name here.
_ELSEWHERE = {
    "size": ("limit", "count", "rows", "per_page", "page_size", "pagesize", "articlescount"),
    "cursor": ("page", "offset", "start", "skip", "articlespage"),
    "q": ("query", "keyword", "keywords", "search", "text"),
    "from": ("since", "start_date", "startdate", "datestart", "from_"),
    "to": ("until", "end_date", "enddate", "dateend", "to_"),
    "sort": ("order", "sortby", "order_by", "orderby"),
    "source": ("publisher", "outlet"),
}


@dataclass(frozen=True)
class Given:
    """What a request gave of a form, at a moment; what is empty, as forms send it, was not given."""

    values: Mapping[str, Sequence[str]]
    now: datetime

    def __getitem__(self, parameter: Parameter[T]) -> T:
        """What the parameter's values mean, or what leaving it out means.

        Raises:
            InvalidParameter: several values of what has one, or one that does not fit.
        """
        said = [(name, value) for name in parameter.names for value in self.values.get(name, ())]
        name = said[0][0] if said else parameter.name
        if parameter.is_list:
            values = list(dict.fromkeys(part for _, value in said for part in split_list(value)))
        elif len(said) > 1:
            raise InvalidParameter(name, _once(said))
        else:
            values = [value.strip() for _, value in said if value.strip()]
        try:
            return parameter.read(values, self.now)
        except (ValueError, OverflowError, LimitExceeded) as error:
            raise InvalidParameter(name, str(error)) from error

    def says(self, parameter: AnyParameter) -> bool:
        """Whether the request gave the parameter."""
        return any(name in self.values for name in parameter.names)


@dataclass(frozen=True)
class Form:
    """The parameters of one question.

    Attributes:
        parameters: as they are described.
        silent: taken, too, so that the address of one question becomes that of another, and described nowhere.
    """

    parameters: tuple[AnyParameter, ...]
    silent: tuple[AnyParameter, ...] = field(default=(), repr=False)

    def read(self, pairs: Pairs, now: datetime) -> Given:
        """What is given.

        Raises:
            InvalidParameter: a name that no parameter has; with the nearest one, where one is near.
        """
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            if name not in self._names:
                raise InvalidParameter(name[:80], self._instead_of(name))
            if value:
                values.setdefault(name, []).append(value)
        return Given(values, now)

    def with_own(self, *own: AnyParameter, silent: Callable[[AnyParameter], bool] = lambda _: False) -> "Form":
        """A form with parameters of its own first, and this one's behind them, some of which it passes over."""
        described = tuple(parameter for parameter in self.parameters if not silent(parameter))
        passed_over = tuple(parameter for parameter in self.parameters if silent(parameter))
        return Form((*own, *described), (*self.silent, *passed_over))

    @cached_property
    def one_value(self) -> frozenset[str]:
        """The names of what has one value, so that a comma in it is one."""
        return frozenset(name for parameter in self._all if not parameter.is_list for name in parameter.names)

    @cached_property
    def _all(self) -> tuple[AnyParameter, ...]:
        return (*self.parameters, *self.silent)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(name for parameter in self._all for name in parameter.names)

    def _instead_of(self, name: str) -> str:
        known = [n for parameter in self._all for n in parameter.names]
        here = (ours for ours, theirs in _ELSEWHERE.items() if ours in known and name.lower() in theirs)
        nearest = next(here, None) or next(iter(get_close_matches(name, known, n=1)), None)
        return f"unknown; is {nearest} meant?" if nearest else "unknown; see /docs"


def _once(said: Sequence[tuple[str, str]]) -> str:
    others = list(dict.fromkeys(name for name, _ in said))[1:]
    return f"given as {others[0]}, too; give it once" if others else f"given {len(said)} times; give it once"
