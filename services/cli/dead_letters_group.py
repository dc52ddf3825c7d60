"""The commands `newsweir dead-letters …`: names, options and help; what they do is imported when they are called."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from services.cli.dead_letters import Way

dead_letters = typer.Typer(help="What the stages gave up: look at it, replay it, discard it.", no_args_is_help=True)

# What narrows dead letters down, the same for every command.
_Names = Annotated[list[str] | None, typer.Argument(metavar="NAME", help="As `list` shows them.")]
_Stage = Annotated[str | None, typer.Option(help="Given up by this stage.")]
_Error = Annotated[str | None, typer.Option(help="The error's type, or part of what it says.")]
_Url = Annotated[str | None, typer.Option(help="Part of the URL.")]
_OlderThan = Annotated[str | None, typer.Option(metavar="AGE", help="Given up longer ago: 90s, 15m, 2h, 3d.")]
_NewerThan = Annotated[str | None, typer.Option(metavar="AGE", help="Given up within this time.")]
_All = Annotated[bool, typer.Option("--all", help="Every letter, where nothing else says which.")]
_Yes = Annotated[bool, typer.Option("--yes", help="Do it without a question.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Only count what is meant.")]


@dead_letters.command("list")
def list_(
    names: _Names = None,
    stage: _Stage = None,
    error: _Error = None,
    url: _Url = None,
    older_than: _OlderThan = None,
    newer_than: _NewerThan = None,
    limit: Annotated[int | None, typer.Option(min=1, help="How many to show, the newest; 50, or all as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON line for each.")] = False,
) -> None:
    """Count the letters by stage and error, and list the newest.

    Example: newsweir dead-letters list --stage indexing --newer-than 2h
    """
    from services.cli.dead_letters import list_letters
    from services.cli.letters_wanted import Wanted
    from services.cli.with_broker import with_broker
    from shared.clock import SystemClock

    wanted = Wanted(tuple(names or ()), stage, error, url, older_than, newer_than)
    now_ms = SystemClock().now_ms()
    with_broker(
        "newsweir dead-letters list",
        lambda connection: list_letters(connection, wanted, now_ms, limit=limit, as_json=as_json),
    )


@dead_letters.command("show")
def show(
    name: Annotated[str, typer.Argument(help="As `list` shows it.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line.")] = False,
) -> None:
    """Show everything about one letter, its payload included."""
    from services.cli.dead_letters import show_letter
    from services.cli.with_broker import with_broker

    with_broker("newsweir dead-letters show", lambda connection: show_letter(connection, name, as_json=as_json))


def _ending(action: "Way", help_text: str) -> None:
    """Add the command that ends letters so: both are asked in the same words."""

    @dead_letters.command(action, help=help_text)
    def command(
        names: _Names = None,
        stage: _Stage = None,
        error: _Error = None,
        url: _Url = None,
        older_than: _OlderThan = None,
        newer_than: _NewerThan = None,
        all_letters: _All = False,
        yes: _Yes = False,
        dry_run: _DryRun = False,
    ) -> None:
        from services.cli.dead_letters import Consent, end_command
        from services.cli.letters_wanted import Wanted

        wanted = Wanted(tuple(names or ()), stage, error, url, older_than, newer_than)
        raise typer.Exit(end_command(wanted, action, Consent(all_letters, yes, dry_run, _question())))


_ending(
    "replay",
    "Put letters back into the streams of their stages, unmodified; safe to repeat."
    "\n\nExample: newsweir dead-letters replay --error InvalidInput --yes",
)
_ending("discard", "Drop letters for good; each is counted as dropped: discarded.")


def _question() -> Callable[[str], bool] | None:
    """How to ask the person at the terminal; None where there is none."""
    return typer.confirm if sys.stdin.isatty() else None
