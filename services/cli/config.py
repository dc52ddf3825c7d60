"""`newsweir config`: every setting with its value and where that comes from, and whether all of them fit."""

from collections.abc import Iterator
from typing import NamedTuple

from services.cli.output import say, write_json_line, write_list
from services.cli.settings_groups import owner_of, refuse_unknown_in_file, settings_groups
from shared.errors import ConfigurationError
from shared.settings import allowed, load, masked, mistaken, read, variable_of


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
    known = {variable_of(name) for group in settings_groups() for name in group.model_fields}
    for variable, meant in mistaken(known).items():
        found.append(f"the environment: there is no setting {variable}; is {meant} meant?")
    for group in settings_groups():
        try:
            load(group)
        except ConfigurationError as error:
            found.append(str(error))
    return found


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, tuple | list):
        return ",".join(map(str, value)) or "-"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | list | None) else _shown(value)
