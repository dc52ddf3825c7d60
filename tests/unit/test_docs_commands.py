"""Commands, targets, settings, files and links that README and the pages of docs/ write are there to be used."""

import importlib.util
import re
import shlex
from functools import cache

import pytest
import yaml

from services.cli.settings_groups import settings_groups
from shared.settings import CONFIG_FILE_VARIABLE, variable_of
from tests.e2e.written import (
    AFTERWARDS,
    ELSEWHERE,
    INPUT,
    LONG,
    NAMES,
    NOT_TYPED,
    ON_ELASTICSEARCH,
    OTHERS_ELSEWHERE,
    PROGRAMS,
    SHOWN,
)
from tests.written_commands import PAGES, ROOT, commands, is_a_name, lines, parsed, spelled_out, targets

_TARGET = re.compile(r"`?\bmake ([a-z][a-z-]+[a-z])`")
_SETTING = re.compile(r"\bNEWSWEIR_[A-Z0-9_]+\b")
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
# Read by the Makefile and by tests alone; and what names a setting's file or the example of one.
_OF_THE_TREE = {"NEWSWEIR_EVAL_DIR", CONFIG_FILE_VARIABLE, "NEWSWEIR_"}
_PATH = re.compile(r"(?<![\w./-])(?:services|shared|tests|deploy|docs|\.ci)/[\w./-]*\w")
_FILE_NAME = re.compile(r"`([\w.-]+\.(?:py|md|ya?ml|toml|json|txt|html))`")
# A deployment of Kubernetes; what an example adds; what the program or its user writes; a file of Tantivy's.
_NOT_OF_THE_TREE = {"deploy/newsweir-search", "reindex-to.json", "knowledge.yaml", "meta.json"}
COMMANDS = commands()
LINES = [line for page in PAGES for line in lines(page)]


@pytest.mark.parametrize(
    "command", [one for one in COMMANDS if one.arguments != "--help"], ids=lambda command: command.arguments
)
def test_a_command_of_the_pages_is_one_with_its_options(command):
    arguments = shlex.split(command.arguments.replace("NAME", "crawler"))

    assert (not command.is_block and is_a_name(command.arguments)) or parsed(arguments).command.name


def test_there_are_commands():
    assert len(COMMANDS) > 80


def test_a_synopsis_is_typed_with_each_of_its_choices():
    assert spelled_out("run [--sources FILE [--prune]]") == ["run", "run --sources FILE", "run --sources FILE --prune"]
    assert spelled_out("keys a|b [--scope read|write]") == ["keys a", "keys b --scope read", "keys a --scope write"]


def test_a_line_of_a_block_is_typed_or_it_is_said_where_else():
    typed = ("newsweir ", ".venv/bin/newsweir ", "NEWSWEIR_", "make ", "curl ", "$ curl ", "export ", "df ")
    known = (*typed, *OTHERS_ELSEWHERE, *NOT_TYPED)

    assert [line for line in LINES if line.is_block and not line.text.startswith(known)] == []


def test_a_program_that_a_sentence_calls_is_typed_or_it_is_said_where_else():
    called = [line for line in LINES if not line.is_block and line.text.startswith(tuple(f"{p} " for p in PROGRAMS))]

    assert [line for line in called if not line.text.startswith(("python -m tests.", *OTHERS_ELSEWHERE))] == []


def test_nothing_is_said_of_lines_that_are_no_longer_written():
    written = {command.arguments for command in COMMANDS}
    begun = {f"{words} " for words in [*NAMES, *INPUT] if words}

    assert {*AFTERWARDS, *ON_ELASTICSEARCH, *ELSEWHERE, *SHOWN} - written == set()
    assert [words for words in begun if not any(f"{one} ".startswith(words) for one in written)] == []
    assert [start for start in OTHERS_ELSEWHERE if not any(line.text.startswith(start) for line in LINES)] == []
    assert set(LONG) - targets() == set()
    assert set(NAMES[""]) - {word for word in NAMES[""] if any(word in one for one in written)} == set()


def test_what_is_said_to_be_elsewhere_is_there():
    reasons = [*ELSEWHERE.values(), *OTHERS_ELSEWHERE.values(), *LONG.values()]
    named = [path for reason in reasons for path in re.findall(r"tests/[\w/]+\.py", reason)]
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert [path for path in named if not (ROOT / path).exists()] == []
    called = set(re.findall(r"^make (?:-\S+ )*([a-z-]+)", gate, re.MULTILINE))
    assert {name for name, where in LONG.items() if where == "the gate"} - called == set()


def test_a_test_or_a_module_that_a_page_names_is_there():
    paths = [
        words.split()[1]
        for words in [line.text.removeprefix(".venv/bin/") for line in LINES]
        if words.startswith("pytest ")
    ]
    modules = [line.text.split()[2] for line in LINES if line.text.startswith("python -m ")]

    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []
    assert paths
    assert modules


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_target_that_a_page_names_is_in_the_makefile(page):
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert [name for name in _TARGET.findall(page.read_text(encoding="utf-8")) if name not in targets] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_setting_that_a_page_names_is_one(page):
    known = {variable_of(field) for group in settings_groups() for field in group.model_fields} | _OF_THE_TREE
    named = {name.removesuffix("_FILE") if name not in known else name for name in _SETTING.findall(page.read_text())}

    assert sorted(named - known) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_link_to_a_file_leads_to_one(page):
    links = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CHANGELOG.md"], ids=lambda page: page.name)
def test_a_file_that_a_page_names_is_there(page):
    text = page.read_text(encoding="utf-8")
    added = set(re.findall(r'^```\w+ title="([^"]+)"', text, re.MULTILINE)) | _NOT_OF_THE_TREE

    assert [path for path in _PATH.findall(text) if not (ROOT / path).exists() and path not in added] == []
    assert set(_FILE_NAME.findall(text)) - file_names() - added == set()


@cache
def file_names() -> set[str]:
    """What the files of the tree are called."""
    folders = ("services", "shared", "tests", "deploy", "docs", ".")
    return {path.name for folder in folders for path in (ROOT / folder).glob("*" if folder == "." else "**/*")}


def test_every_page_of_the_documentation_has_its_place_in_the_navigation():
    navigation = str(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])

    assert [path.name for path in (ROOT / "docs").glob("*.md") if f"'{path.name}'" not in navigation] == []
