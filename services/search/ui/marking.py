"""A text in paragraphs whose spans are marked, as pieces that a template escapes one by one."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True)
class Mark:
    """A span of a text, `end` exclusive: its kind, what to say of it, and where it leads."""

    start: int
    end: int
    kind: str
    title: str
    href: str | None = None


@dataclass(frozen=True)
class Piece:
    """Part of a paragraph, under a mark or under none."""

    text: str
    mark: Mark | None = None


def paragraphs(text: str, marks: Iterable[Mark]) -> tuple[tuple[Piece, ...], ...]:
    """The lines of a text that hold anything, each as pieces in order.

    Of marks that overlap the one that begins first counts, the longer of two that begin together. Marks that are
    empty, lie outside of the text or cross a line's end are left out: offsets come from elsewhere.
    """
    lines = text.split("\n")
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    marks_of: dict[int, list[Mark]] = {}
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        marks_of.setdefault(bisect_right(starts, mark.start) - 1, []).append(mark)
    return tuple(
        tuple(_pieces(line, start, marks_of.get(number, ())))
        for number, (line, start) in enumerate(zip(lines, starts, strict=False))
        if line.strip()
    )


def _pieces(line: str, offset: int, marks: Iterable[Mark]) -> Iterator[Piece]:
    done = 0
    for mark in marks:
        start, end = mark.start - offset, mark.end - offset
        if not done <= start < end <= len(line):
            continue
        if start > done:
            yield Piece(line[done:start])
        yield Piece(line[start:end], mark)
        done = end
    if done < len(line):
        yield Piece(line[done:])
