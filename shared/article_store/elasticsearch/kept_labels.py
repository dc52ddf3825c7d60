"""Keeps what values of facets are called, for a minute: the same values are shown again and again."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.clock import Clock

LIFETIME_S = 60.0
# Some 150 bytes each.
MAX_LABELS = 20_000
# By facet and value.
Labels = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class _Kept:
    label: str
    since_s: float


class KeptLabels:
    """Labels of one reader. Values that have none are not kept: their first article may come at any moment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        # What was learnt last stands last.
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    def known(self, values: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], str]:
        """The labels of those of the values, by facet, that were learnt a short time ago."""
        learnt_after_s = self._clock.monotonic_s() - LIFETIME_S
        pairs = ((facet, value) for facet, of_facet in values.items() for value in of_facet)
        found = ((pair, kept) for pair in pairs if (kept := self._kept.get(pair)))
        return {pair: kept.label for pair, kept in found if kept.since_s > learnt_after_s}

    def learn(self, labels: Labels) -> None:
        """Keep these as of now."""
        now_s = self._clock.monotonic_s()
        for pair, label in labels.items():
            self._kept[pair] = _Kept(label, now_s)
            self._kept.move_to_end(pair)
        while len(self._kept) > MAX_LABELS:
            self._kept.popitem(last=False)
