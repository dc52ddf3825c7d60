"""The examples of docs/extending.md, applied to a copy of the tree in their order, do what they say."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("services", "shared", "tests")
_FENCE = re.compile(
    r"^```(python|diff) (check|title=\"(?P<path>[^\"]+)\")\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
MOST_LINES = 60


class Block(NamedTuple):
    """A fenced block of the page: a new file, a change of one, or, without a path, a check."""

    path: str | None
    body: str
    is_change: bool


def blocks(text: str) -> list[Block]:
    return [Block(found["path"], found["body"], found[1] == "diff") for found in _FENCE.finditer(text)]


def applied(change: str, before: str, path: str) -> str:
    """The file with the change: what stands there without + must be there, once and in one piece."""
    lines = change.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if not line.startswith("+"))
    new = "".join(line[1:] for line in lines if not line.startswith("-"))
    assert before.count(old) == 1, f"{path} no longer has, once, what docs/extending.md changes there:\n{old}"
    return before.replace(old, new)


def linked_tree(target: Path) -> None:
    """The packages as links to their files, so that only what is changed is written."""
    for package in PACKAGES:
        for folder, folders, files in os.walk(ROOT / package):
            folders[:] = [name for name in folders if name != "__pycache__"]
            here = target / Path(folder).relative_to(ROOT)
            here.mkdir(parents=True)
            for name in files:
                (here / name).symlink_to(Path(folder) / name)


def written(path: Path, body: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(body, encoding="utf-8")


@pytest.mark.slow
def test_every_example_can_be_applied_and_does_what_it_says(tmp_path):
    linked_tree(tmp_path)

    checks = 0
    for block in blocks((ROOT / "docs" / "extending.md").read_text(encoding="utf-8")):
        if block.path is None:
            done = subprocess.run(
                [sys.executable, "-c", block.body], cwd=tmp_path, capture_output=True, text=True, timeout=120
            )
            assert done.returncode == 0, done.stderr[-3000:]
            checks += 1
        elif block.is_change:
            path = tmp_path / block.path
            written(path, applied(block.body, path.read_text(encoding="utf-8"), block.path))
        else:
            assert not (tmp_path / block.path).exists()
            written(tmp_path / block.path, block.body)
    assert checks == 4


def test_no_example_is_longer_than_a_screen():
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    headings, *parts = _HEADING.split(text)
    lengths = {
        title: sum(len(block.body.splitlines()) for block in blocks(body) if block.path)
        for title, body in zip(parts[::2], parts[1::2], strict=True)
    }

    assert headings
    assert max(lengths.values()) <= MOST_LINES, lengths
    assert len(lengths) == 4
