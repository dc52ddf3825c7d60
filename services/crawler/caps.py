"""Which of the links of a door find room in the frontier, so that no site can fill it; decides only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from shared.urls import host_of

Cap = Literal["look", "host", "source"]


@dataclass(frozen=True)
class Caps:
    """The most that may be.

    Attributes:
        per_look: new articles of one look at one door.
        per_host, per_source: visits that wait.
    """

    per_look: int
    per_host: int
    per_source: int


@dataclass(frozen=True)
class Admitted:
    """What found room.

    Attributes:
        urls: in the order given.
        left_out: how many did not, by the cap that kept them out.
    """

    urls: tuple[str, ...]
    left_out: Mapping[Cap, int] = field(default_factory=dict)


def admit(urls: Sequence[str], of_source: int, by_host: Mapping[str, int], caps: Caps) -> Admitted:
    """The first of the URLs, as far as the caps leave room beside what waits already."""
    taken: list[str] = []
    waiting = Counter(by_host)
    left_out: Counter[Cap] = Counter()
    for url in urls:
        host = host_of(url)
        if cap := _in_the_way(len(taken), of_source, waiting[host], caps):
            left_out[cap] += 1
            continue
        taken.append(url)
        waiting[host] += 1
        of_source += 1
    return Admitted(tuple(taken), dict(left_out))


def _in_the_way(taken: int, of_source: int, of_host: int, caps: Caps) -> Cap | None:
    if taken >= caps.per_look:
        return "look"
    if of_source >= caps.per_source:
        return "source"
    return "host" if of_host >= caps.per_host else None
