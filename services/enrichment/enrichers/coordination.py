"""Tells whether a name stands in a list with the name of a company: "Visa and Mastercard", "Oracle, SAP and Gap"."""

import re
from collections.abc import Iterable

# What is no company: a word beside one of these is a country or a person as often.
_NO_COMPANIES = frozenset(("", "Central banking", "Government", "International organisation", "News media", "Sport"))
_JOINED = re.compile(r"(?:,? (?:and|or|nor) |, | & | versus | vs\.? )(?:rival |rivals |peer |peers )?")
_LONGEST_JOINT = 16
# A comma alone joins only the parts of a list, which goes on after its second part.
_GOES_ON = re.compile(r",? (?:and|or) |, [A-Z]")
_LONGER_NAME = re.compile(r"[ -][A-Z]")


class Listed:
    """The places of companies that are settled in one field of an article, to be added to in any order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends_by_start: dict[int, int] = {}
        self._ends: set[int] = set()

    def add(self, start: int, end: int, entity_type: str, industry: str) -> None:
        """Note a settled mention, where it is a company's."""
        if entity_type == "organization" and industry not in _NO_COMPANIES:
            self._ends_by_start[start] = end
            self._ends.add(end)

    def has_beside(self, start: int, end: int) -> bool:
        """Whether the name at a span is joined to a company's by "and", or is a part of a list with one."""
        if not self._ends or _LONGER_NAME.match(self._text, end):
            return False
        after = _JOINED.match(self._text, end)
        fellow_end = self._ends_by_start.get(after.end()) if after is not None else None
        if after is not None and fellow_end is not None and self._is_list(after[0], fellow_end):
            return True
        return any(self._ends_list(place, start, end) for place in self._places_before(start))

    def _is_list(self, joint: str, end: int) -> bool:
        return joint != ", " or _GOES_ON.match(self._text, end) is not None

    def _places_before(self, start: int) -> Iterable[int]:
        return (place for place in range(max(0, start - _LONGEST_JOINT), start) if place in self._ends)

    def _ends_list(self, place: int, start: int, end: int) -> bool:
        joint = _JOINED.fullmatch(self._text, place, start)
        return joint is not None and self._is_list(joint[0], end)
