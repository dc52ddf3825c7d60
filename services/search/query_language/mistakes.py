"""A mistake in a query: where it is, what is wrong, and how the text reads without it."""

from dataclasses import dataclass

from shared.errors import InvalidInput

_AROUND_CHARACTERS = 30


@dataclass(frozen=True)
class Repair:
    """Puts `text` in the place of the characters from `start` to `end`."""

    start: int
    end: int
    text: str = ""

    def applied(self, query: str) -> str:
        """The query, mended."""
        return query[: self.start] + self.text + query[self.end :]


class QueryMistake(InvalidInput):
    """A query that cannot be read.

    Attributes:
        reason: what is wrong and what would be right.
        position, length: of what is wrong, in characters of the query from 0.
        excerpt: two lines, the query around it and carets below.
        repair: what a forgiving reader does; None where only words can be kept.
    """

    def __init__(self, query: str, start: int, end: int, reason: str, repair: Repair | None = None) -> None:
        super().__init__(f"{reason} (character {start + 1})")
        self.reason = reason
        self.position = start
        self.length = max(end - start, 1)
        self.excerpt = _excerpt(query, start, self.length)
        self.repair = repair


def _excerpt(query: str, start: int, length: int) -> str:
    begin, end = max(start - _AROUND_CHARACTERS, 0), min(start + length + _AROUND_CHARACTERS, len(query))
    before, after = "…" if begin else "", "…" if end < len(query) else ""
    # A line break or a tab would move what stands below the carets.
    line = "".join(" " if character.isspace() else character for character in query[begin:end])
    return f"{before}{line}{after}\n{' ' * (len(before) + start - begin)}{'^' * min(length, end - start or 1)}"
