"""The names in ARCHITECTURE.md resolve: a page that follows an article through the code must not lead astray."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
# `services/crawler/frontier.py: claim_due, offer`
STEPS = [
    (path, name.strip("° ()"))
    for path, found in re.findall(r"`((?:services|shared)/[\w/]+\.py): ([^`]+)`", PAGE)
    for name in found.split(",")
]


MARKED = dict(re.findall(r"`((?:services|shared)/[\w/]+\.py): [^`]+`(°?)", PAGE))


def defined_in(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }


def test_the_page_follows_an_article_by_name():
    assert len(STEPS) >= 15


@pytest.mark.parametrize(("path", "name"), STEPS, ids=lambda value: str(value))
def test_every_step_is_where_the_page_says(path, name):
    assert name in defined_in(ROOT / path)


def test_what_is_marked_as_only_deciding_is_what_the_import_contract_holds_to_it():
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (contract,) = [one for one in linter["contracts"] if one["name"].startswith("what decides")]
    decides = tuple(f"{module.replace('.', '/')}{end}" for module in contract["source_modules"] for end in ("/", ".py"))

    assert [path for path, mark in MARKED.items() if bool(mark) != path.startswith(decides)] == []


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:services|shared|tests|deploy)/[\w/.]*)`", PAGE))))
def test_every_place_that_the_page_names_exists(path):
    assert (ROOT / path).exists()
