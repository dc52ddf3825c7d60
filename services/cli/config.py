"""`newsweir config`: every setting with its value and where that comes from, and whether all of them fit."""

from collections.abc import Iterator
from typing import NamedTuple

from services.cli.output import say, write_json_line, write_list
from services.cli.settings_groups import owner_of, refuse_unknown_in_file, settings_groups
from shared.errors import ConfigurationError
from shared.settings import Settings, load, masked, read, variable_of


class Setting(NamedTuple):
    """One setting as it stands; `allowed` is what its type and bounds say."""

    variable: str
    owner: str
    value: object
    origin: str
    allowed: str


def show(*, as_json: bool, changed: bool) -> int:
    """List all settings, or those only that somebody set; the exit status, 1 where one does not fit."""
    refuse_unknown_in_file()
    settings = [setting for setting in every_setting() if not changed or setting.origin != "default"]
    if as_json:
        for setting in settings:
            write_json_line(setting._asdict() | {"value": _plain(setting.value)})
    else:
        rows = [(s.variable, _shown(s.value), s.origin, s.owner, s.allowed) for s in settings]
        write_list(("setting", "value", "set in", "of", "allowed"), rows)
    return int(bool(problems()))


def check() -> int:
    """Say whether all settings fit; the exit status."""
    found = problems()
    for problem in found:
        say(problem)
    if not found:
        say("all settings fit")
    return int(bool(found))


def every_setting() -> Iterator[Setting]:
    """Each setting with its value as given, secrets masked; without one that was given, its default."""
    for group in settings_groups():
        given = read(group)
        for name, field in group.model_fields.items():
            value, origin = given.get(name, (field.get_default(call_default_factory=True), "default"))
            yield Setting(variable_of(name), owner_of(group), masked(field, value), origin, allowed(group, name))


def problems() -> list[str]:
    """What does not fit, a line for each group of settings."""
    found = []
    try:
        refuse_unknown_in_file()
    except ConfigurationError as error:
        found.append(str(error))
    for group in settings_groups():
        try:
            load(group)
        except ConfigurationError as error:
            found.append(str(error))
    return found


_BOUNDS = {
    "minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below",
    "pattern": "like",
}  # fmt: skip


_KINDS = {
    "array": "a list, separated by commas",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


def allowed(group: type[Settings], name: str) -> str:
    """What a setting may be, in words: ``a whole number, at least 0, at most 65535``."""
    schema = group.model_json_schema()["properties"][name]
    parts = [part for part in schema.get("anyOf", [schema]) if part.get("type") != "null"]
    part = parts[0]
    if "enum" in part:
        return " or ".join(part["enum"])
    kind = _KINDS.get(part.get("type", "string"), "text")
    return ", ".join([kind, *(f"{words} {part[key]}" for key, words in _BOUNDS.items() if key in part)])


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, tuple | list):
        return ",".join(map(str, value)) or "-"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | list | None) else _shown(value)
