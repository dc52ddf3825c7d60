"""Finds what stands between quotation marks, whichever marks a text uses."""

import re
from typing import NamedTuple

# What is longer than this between two marks is no quote but a mark gone astray.
_LONGEST = 2_000
_LONGEST_SINGLE = 600
# An opening mark follows a blank, a bracket or a dash; a straight mark after a digit is inches.
_OPEN = r"(?<![^\s(\[—–:,/>-])"
# Looking for the first mark of a passage takes a tenth of the time that trying all kinds of passages everywhere takes.
# It begins with one set of characters, which the search skips to; what stands before the mark is looked at then.
_FIRST_MARK = re.compile(r"[“„«»\"‘'](?:(?<=[“„«»])|(?<![^\s(\[—–:,/>-].))")
_SPANS = re.compile(
    "|".join(
        (
            rf"“\s?([^“”\n]{{1,{_LONGEST}}})”",
            rf"„\s?([^„“”\"\n]{{1,{_LONGEST}}})[“”\"]",
            rf"«\s?([^«»\n]{{1,{_LONGEST}}})»",
            rf"»([^«»\n]{{1,{_LONGEST}}})«",
            rf"{_OPEN}\"(?=\S)([^\"\n]{{1,{_LONGEST}}})\"",
            # A single mark closes after punctuation or before it; "workers' pay" goes on.
            rf"{_OPEN}[‘'](?=[^\W\d_])([^‘\n]{{2,{_LONGEST_SINGLE}}}?)(?:(?<=[,.!?…])|(?<=[^\Ws_])|(?=['’][,.;:?!)]))['’](?!\w)",
            # A quote that goes on in the next paragraph is closed there only.
            rf"“([^“”\n]{{1,{_LONGEST}}})(?=\n\s*“)",
            rf"{_OPEN}\"(?=\S)([^\"\n]{{1,{_LONGEST}}})(?=\n\s*\")",
        )
    )
)


class Quoted(NamedTuple):
    """Words between marks: ``text[start:end]``, and the whole with its marks from `opens` to `closes`."""

    start: int
    end: int
    opens: int
    closes: int
    goes_on: bool


def quoted_in(text: str) -> list[Quoted]:
    """All that stands between quotation marks, the outermost, in its order."""
    spans: list[Quoted] = []
    place = 0
    while (mark := _FIRST_MARK.search(text, place)) is not None:
        match = _SPANS.match(text, mark.start())
        if match is not None and (span := _span(text, match)) is not None:
            spans.append(span)
        place = match.end() if match is not None else mark.end()
    return spans


def _span(text: str, match: re.Match[str]) -> Quoted | None:
    group = match.lastindex or 0
    start, end = match.span(group)
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    goes_on = match.end() == match.end(group)
    return Quoted(start, end, match.start(), match.end(), goes_on) if start < end else None
