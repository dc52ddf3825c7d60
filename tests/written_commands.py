"""What the pages of the documentation tell a reader to type, in the order in which they do."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import typer
import typer.main

from services.cli.main import app

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "OPERATING.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md")]
PAGES += [path for path in sorted((ROOT / "docs").glob("*.md")) if not path.is_symlink()]
# In the order in which they stand: fenced blocks, of which bash is typed, indented blocks, and spans of a sentence.
_PIECES = re.compile(
    r"^```(?P<language>\w*)[^\n]*\n(?P<fenced>.*?)^ *```$|(?P<indented>(?:^ {4,}\S[^\n]*\n?)+)|`(?P<span>[^`\n]+)`",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"\s+#\s.*$|^#.*$", re.MULTILINE)
# `[--tier fast|full]` and `URL|ARTICLE_ID`, as synopses say what may be left out and what may be chosen.
_CHOICE = re.compile(r"\[((?:[^\[\]]|\[[^\]]*\])*)\]|([^\s\[\]]+\|[^\s\[\]]+)")
_NEWSWEIR = re.compile(r"^(?:(?P<environment>(?:[A-Z_]+=\S+ )*))(?:\.venv/bin/)?newsweir (?P<arguments>.+)$")


def parsed(arguments: list[str]) -> Any:
    """The context of the command that these arguments are for; it is not run."""
    command, name, rest = _found(arguments)
    return command.make_context(name, rest)


def is_a_name(arguments: str) -> bool:
    """Whether the words name a command that wants more, as sentences do, and are none to type."""
    command, name, rest = _found(arguments.split())
    if rest:
        return False
    try:
        command.make_context(name, [])
    except typer.BadParameter:
        return True
    return False


def _found(arguments: list[str]) -> tuple[Any, str, list[str]]:
    command, name = _program(), "newsweir"
    while hasattr(command, "commands") and arguments and not arguments[0].startswith("-"):
        name, *arguments = arguments
        command = command.commands[name]
    return command, name, arguments


@cache
def _program() -> Any:
    return typer.main.get_command(app)


class Line(NamedTuple):
    """One line to type: of a block, or a span within a sentence or a table."""

    page: str
    text: str
    is_block: bool


class Command(NamedTuple):
    """A call of `newsweir` as it is written, and whether it stands in a block to be copied."""

    page: str
    arguments: str
    environment: str
    is_block: bool


def lines(page: Path) -> Iterator[Line]:
    """Lines of blocks, whole where they go on in the next, without comments; and spans."""
    for piece in _PIECES.finditer(page.read_text(encoding="utf-8")):
        if piece["span"]:
            yield Line(page.name, piece["span"].replace("\\|", "|"), is_block=False)
        elif piece["language"] == "bash" or piece["indented"]:
            for text in _whole(piece["fenced"] or piece["indented"]):
                yield Line(page.name, text, is_block=True)


def commands() -> list[Command]:
    """Every call of `newsweir` in all pages, each once, a synopsis as the calls that it stands for."""
    found: dict[str, Command] = {}
    for page in PAGES:
        for line in lines(page):
            if match := _NEWSWEIR.match(line.text):
                for arguments in [match["arguments"]] if line.is_block else spelled_out(match["arguments"]):
                    command = Command(line.page, arguments, match["environment"].strip(), line.is_block)
                    found.setdefault(arguments, command)
                    if line.is_block and not found[arguments].is_block:
                        found[arguments] = found[arguments]._replace(is_block=True)
    return list(found.values())


def targets() -> set[str]:
    """The targets of the Makefile that lines call, without variables."""
    calls = [line.text.split() for page in PAGES for line in lines(page) if line.text.startswith("make ")]
    return {word for call in calls for word in call[1:] if re.fullmatch(r"[a-z][a-z-]*", word)}


def spelled_out(synopsis: str) -> list[str]:
    """As many calls as show each choice of a synopsis once, the first without what may be left out."""
    choices = [_choices(*match.groups()) for match in _CHOICE.finditer(synopsis)]
    calls = []
    for number in range(max(map(len, choices), default=1)):
        chosen = iter(choices)
        call = _CHOICE.sub(lambda _, n=number, c=chosen: (here := next(c))[n % len(here)], synopsis)  # type: ignore[misc]
        calls.append(" ".join(call.split()))
    return calls


def _choices(optional: str | None, either: str) -> list[str]:
    return either.split("|") if optional is None else ["", *spelled_out(optional)]


def _whole(block: str) -> Iterator[str]:
    started = ""
    for line in _COMMENT.sub("", block.replace("\\\n", " ")).splitlines():
        started = f"{started}\n{line}" if started else line.strip()
        if started and _is_closed(started):
            yield re.sub(r" {2,}", " ", started) if "\n" not in started else started
            started = ""


def _is_closed(text: str) -> bool:
    try:
        shlex.split(text)
    except ValueError:
        return False
    return True
