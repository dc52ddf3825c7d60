"""What the command line writes: JSON lines and tables to standard output, everything else to standard error."""

import json
import re
import shutil
import sys
from collections.abc import Collection, Sequence
from typing import Any

from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

# Titles come from strangers: no escape sequence of theirs reaches the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NARROW_CHARACTERS = 24
_NARROWEST_CHARACTERS = 8
_GAP = "  "


def write_json_line(value: Any) -> None:  # noqa: ANN401 (whatever JSON can say)
    """One value as one line of UTF-8 on standard output, written at once."""
    try:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair is JSON when escaped, and no UTF-8.
        line = json.dumps(value, separators=(",", ":")).encode()
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def say(message: str) -> None:
    """A line for people, on standard error."""
    print(printable(message), file=sys.stderr, flush=True)


def printable(text: str) -> str:
    """The text without what would steer a terminal."""
    return _CONTROL.sub(" ", text)


def write_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    wide: str | None = None,
    whole: Collection[str] = (),
) -> None:
    """A table for people on standard output; `wide` names the column that takes the room there is, `whole` those that
    are never cut, because a person copies from them."""
    table = Table(box=box.SIMPLE, show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        if column == wide:
            table.add_column(column, ratio=1, overflow="fold")
        elif column in whole:
            table.add_column(column, no_wrap=True, overflow="ignore")
        else:
            table.add_column(column, max_width=_NARROW_CHARACTERS)
    for row in rows:
        table.add_row(*(Text(printable(str(cell))) for cell in row))
    Console(highlight=False).print(table)


def write_list(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table with one line for each row: cut to fit a terminal, but for the first column; files get all of it."""
    # A tab or a line break would end the line.
    lines = [[" ".join(printable(str(cell)).split()) for cell in row] for row in (columns, *rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    if sys.stdout.isatty():
        widths = fitted(widths, shutil.get_terminal_size().columns)
    for line in lines:
        print(_GAP.join(_cut(cell, width) for cell, width in zip(line, widths, strict=True) if width).rstrip())


def fitted(widths: Sequence[int], room: int) -> list[int]:
    """The widths of columns in a room of so many characters: the widest but the first give, then the last ones go."""
    first, *others = widths
    left = room - first
    while others and sum(others) + len(others) * len(_GAP) > left:
        widest = max(others)
        if widest > _NARROWEST_CHARACTERS:
            others[others.index(widest)] -= 1
        else:
            others.pop()
    return [first, *others, *[0] * (len(widths) - 1 - len(others))]


def _cut(cell: str, width: int) -> str:
    return cell + " " * (width - cell_len(cell)) if cell_len(cell) <= width else set_cell_size(cell, width - 1) + "…"
