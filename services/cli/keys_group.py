"""The commands `newsweir keys …`: names, options and help; what they do is imported when they are called."""

from enum import StrEnum
from typing import Annotated

import typer

keys = typer.Typer(help="Make, list and revoke the keys of the API.", no_args_is_help=True)


class KeyScope(StrEnum):
    """What a key may do; each may do what those before it may."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@keys.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Whose it is, or what for.")],
    scope: Annotated[
        KeyScope, typer.Option(help="read: search and export; write: alerts, too; admin: sources, too.")
    ] = KeyScope.READ,
) -> None:
    """Make a key and print it, once.

    Example: newsweir keys create dashboard --scope read
    """
    from services.cli.keys import create_key
    from services.cli.with_broker import with_broker
    from shared.clock import SystemClock

    clock = SystemClock()
    with_broker("newsweir keys create", lambda connection: create_key(connection, name, (scope.value,), clock))


@keys.command("list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="A JSON line for each.")] = False) -> None:
    """List the keys: id, name, scopes, age; never the keys themselves."""
    from services.cli.keys import list_keys
    from services.cli.with_broker import with_broker
    from shared.clock import SystemClock

    clock = SystemClock()
    with_broker("newsweir keys list", lambda connection: list_keys(connection, clock, as_json=as_json))


@keys.command("revoke")
def revoke(key_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="As `list` shows them.")]) -> None:
    """Revoke keys, at once.

    Example: newsweir keys revoke 3f9c02d1a4be
    """
    from services.cli.keys import revoke_keys
    from services.cli.with_broker import with_broker
    from shared.clock import SystemClock

    clock = SystemClock()
    with_broker("newsweir keys revoke", lambda connection: revoke_keys(connection, key_ids, clock))
