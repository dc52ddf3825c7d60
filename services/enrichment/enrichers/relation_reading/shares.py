"""How much of a company a sentence speaks of: a stake, a percentage, the greater part."""

from collections.abc import Sequence
from typing import NamedTuple

from services.enrichment.enrichers.relation_reading.frames import Claim
from services.enrichment.enrichers.relation_reading.sentence import Reading
from services.enrichment.enrichers.relation_reading.words import CONTROLLING, PARTIAL, STAKE_WORDS

_HALF = 50.0
_WHOLE = 100.0
# "A fifth of B", in percent.
_FRACTIONS = {"half": 50.0, "third": 33.3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0, "two-thirds": 66.7}
_PART_OWNED = Claim("invests_in", 0.8)


class Share(NamedTuple):
    """The part spoken of: its percentage where it is said, and whether it gives control."""

    percent: float | None
    controls: bool


def share_between(reading: Reading, start: int, end: int) -> Share | None:
    """The share that the words from start to end (exclusive) speak of; None where they speak of the whole."""
    words = set(reading.words[start:end])
    percent = _percent(reading, start, end)
    if percent is None and not (words & STAKE_WORDS or words & PARTIAL):
        return None
    is_greater = percent is not None and percent >= _HALF and "half" not in words
    return Share(percent, is_greater or bool(words & CONTROLLING))


def claim_on_share(claim: Claim, share: Share | None) -> Claim:
    """Who buys or owns a part invests, unless the part gives control."""
    if (
        share is None
        or (claim.type == "acquires" and share.controls)
        or claim.type not in ("acquires", "subsidiary_of")
    ):
        return claim
    return _PART_OWNED


def share_reached(reading: Reading, start: int) -> float | None:
    """The percentage that a share has come to, said right behind it: "its stake in B from 5 % to 9.9 %"."""
    words = reading.words
    if words[start : start + 1] == ["from"]:
        start = next((at for at in range(start + 1, min(len(words), start + 6)) if words[at] == "to"), len(words))
    if words[start : start + 2] == ["to", "#"] and _is_percent(words, start + 2):
        return _read_percent(reading, start + 1)
    return None


def _percent(reading: Reading, start: int, end: int) -> float | None:
    for at in range(start, end):
        if reading.words[at] in _FRACTIONS and reading.words[at + 1 : at + 2] == ["of"]:
            return _FRACTIONS[reading.words[at]]
        if reading.words[at] == "#" and _is_percent(reading.words, at + 1) and _is_of_something(reading.words, at):
            return _read_percent(reading, at)
    return None


def _read_percent(reading: Reading, at: int) -> float | None:
    begin, finish = reading.spans[at]
    written = reading.text[begin:finish].replace(",", ".")
    value = float(written) if written.count(".") <= 1 else _WHOLE + 1
    return value if 0 < value <= _WHOLE else None


def _is_of_something(words: Sequence[str], at: int) -> bool:
    """Whether a percentage is one of a company, and no growth: "8 % of", "8 percent stake"."""
    return any(word == "of" or word in STAKE_WORDS for word in words[at + 2 : at + 5])


def _is_percent(words: Sequence[str], at: int) -> bool:
    return words[at : at + 1] in (["%"], ["percent"]) or list(words[at : at + 2]) == ["per", "cent"]
