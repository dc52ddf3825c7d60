"""Commands, targets, settings and links that README and the pages of docs/ write are there to be used."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from services.cli.main import app
from services.cli.settings_groups import settings_groups
from shared.settings import CONFIG_FILE_VARIABLE, variable_of

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "OPERATING.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES += [path for path in sorted((ROOT / "docs").glob("*.md")) if not path.is_symlink()]
_FENCED = re.compile(r"^```bash\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INDENTED = re.compile(r"^ {4}(.*)$", re.MULTILINE)
_COMMAND = re.compile(r"^(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?newsweir (.+)$")
_TARGET = re.compile(r"`?\bmake ([a-z][a-z-]+[a-z])`")
_SETTING = re.compile(r"\bNEWSWEIR_[A-Z0-9_]+\b")
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
# Read by the Makefile and by tests alone; and what names a setting's file or the example of one.
_OF_THE_TREE = {"NEWSWEIR_EVAL_DIR", CONFIG_FILE_VARIABLE, "NEWSWEIR_"}


def lines(page: Path) -> list[str]:
    """The lines of the page's blocks of commands, those that go on in the next line joined."""
    text = page.read_text(encoding="utf-8")
    blocks = "\n".join(_FENCED.findall(text)) + "\n" + "\n".join(_INDENTED.findall(text))
    return blocks.replace("\\\n", " ").splitlines()


COMMANDS = sorted({found[1] for page in PAGES for line in lines(page) if (found := _COMMAND.match(line.strip()))})


def parsed(arguments: list[str]) -> Any:
    """The context of the command that these arguments are for; it is not run."""
    command, name = typer.main.get_command(app), "newsweir"
    while hasattr(command, "commands"):
        name, *arguments = arguments
        command = command.commands[name]  # type: ignore[attr-defined]  # it is a group
    return command.make_context(name, arguments)


@pytest.mark.parametrize("written", COMMANDS)
def test_a_command_of_the_pages_is_one_with_its_options(written):
    arguments = shlex.split(written.replace("…", ""), comments=True)

    assert parsed(arguments).command.name


def test_there_are_commands():
    assert len(COMMANDS) > 12


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


def test_every_page_of_the_documentation_has_its_place_in_the_navigation():
    navigation = str(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])

    assert [path.name for path in (ROOT / "docs").glob("*.md") if f"'{path.name}'" not in navigation] == []
