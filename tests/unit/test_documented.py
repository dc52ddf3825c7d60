"""What an operator can set, watch or meet is documented; what is not fails here."""

import ast
from pathlib import Path

import pytest
import typer.main

from deploy.generate import out_of_date
from services.cli.main import app
from services.cli.settings_groups import settings_groups
from shared import errors

ROOT = Path(__file__).parents[2]
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")


def test_what_is_made_from_the_code_is_up_to_date():
    """Mended by `python -m deploy.generate`."""
    assert [path.name for path in out_of_date()] == []


@pytest.mark.parametrize("settings", settings_groups(), ids=lambda settings: settings.__name__)
def test_every_setting_says_what_it_is_for(settings):
    silent = [name for name, field in settings.model_fields.items() if not field.description]

    assert silent == []


@pytest.mark.parametrize("command", sorted(typer.main.get_command(app).commands))  # type: ignore[attr-defined]  # it is a group
def test_every_command_has_its_line_in_the_documentation(command):
    assert f"newsweir {command}" in COMMANDS


def test_the_tree_of_errors_is_drawn_in_its_docstring():
    drawn = ast.get_docstring(ast.parse((ROOT / "shared" / "errors.py").read_text(encoding="utf-8"))) or ""
    classes = [name for name, value in vars(errors).items() if isinstance(value, type)]

    assert [name for name in classes if name not in drawn] == []
