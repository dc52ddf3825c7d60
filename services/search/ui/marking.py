"""A text in paragraphs whose spans are marked, as pieces that a template escapes one by one."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

# Start, exclusive end, and name of a passage of a text.
Span = tuple[int, int, str]


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
    """Part of a paragraph, under a mark or under none; `start` is where it begins in the whole text."""

    text: str
    mark: Mark | None = None
    start: int = 0


@dataclass(frozen=True)
class Passage:
    """Pieces that follow each other: all of the evidence of that name, or of none."""

    pieces: tuple[Piece, ...]
    evidence: str | None = None


def passages(text: str, marks: Iterable[Mark], evidence: Iterable[Span]) -> tuple[tuple[Passage, ...], ...]:
    """The paragraphs of a text as passages, parted where evidence begins and ends; marks as in `paragraphs`.

    Of evidence that overlaps the one that begins first counts. A mark that crosses its edge is not cut.
    """
    spans = tuple(_apart(evidence))
    return tuple(tuple(_grouped(pieces, spans)) for pieces in paragraphs(text, marks))


def _apart(spans: Iterable[Span]) -> Iterator[Span]:
    done = 0
    for start, end, name in sorted(spans):
        if done <= start < end:
            yield start, end, name
            done = end


def _grouped(pieces: Iterable[Piece], spans: tuple[Span, ...]) -> Iterator[Passage]:
    cut = [part for piece in pieces for part in ((piece,) if piece.mark else _cut(piece, spans))]
    for name, group in groupby(cut, key=lambda piece: _evidence_at(piece.start, spans)):
        yield Passage(tuple(group), name)


def _cut(piece: Piece, spans: tuple[Span, ...]) -> Iterator[Piece]:
    length = len(piece.text)
    inner = {edge - piece.start for start, end, _ in spans for edge in (start, end)}
    edges = [0, *sorted(edge for edge in inner if 0 < edge < length), length]
    for start, end in pairwise(edges):
        yield Piece(piece.text[start:end], None, piece.start + start)


def _evidence_at(offset: int, spans: tuple[Span, ...]) -> str | None:
    return next((name for start, end, name in spans if start <= offset < end), None)


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
            yield Piece(line[done:start], None, offset + done)
        yield Piece(line[start:end], mark, offset + start)
        done = end
    if done < len(line):
        yield Piece(line[done:], None, offset + done)
