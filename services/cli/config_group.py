"""The commands `newsweir config …`: names, options and help; what they do is imported when they are called."""

from typing import Annotated

import typer

config = typer.Typer(help="What is set, where, and whether it fits.", no_args_is_help=True)


@config.command("show")
def show(
    changed: Annotated[bool, typer.Option("--changed", help="Only what somebody set.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List every setting: its value, where that comes from, whose it is and what it may be; secrets are masked.

    Variables win over the file that NEWSWEIR_CONFIG_FILE names (TOML: host_delay_s = 2.0). NAME_FILE names a file
    that holds the value alone, for secrets.

    Example: newsweir config show --changed
    """
    from services.cli import config as command

    raise typer.Exit(command.show(as_json=as_json, changed=changed))


@config.command("check")
def check() -> None:
    """Say what does not fit, and what is allowed; the exit status is 1 then."""
    from services.cli import config as command

    raise typer.Exit(command.check())
