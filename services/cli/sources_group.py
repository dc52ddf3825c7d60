"""The commands `newsweir sources …`: names, options and help; what they do is imported when they are called."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

sources = typer.Typer(
    help="Add sources, list them, see how they are doing, move them between machines.", no_args_is_help=True
)
_TAG = typer.Option(help="Only sources with this tag.")


class SourcesFormat(StrEnum):
    """What `newsweir sources export` can write."""

    YAML = "yaml"
    OPML = "opml"


@sources.command("add")
def add(
    urls: Annotated[list[str] | None, typer.Argument(help="Front pages, sections, feeds or sitemaps.")] = None,
    file: Annotated[Path | None, typer.Option(help="A YAML file of sources, as `run --sources` reads it.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what was found.")] = False,
) -> None:
    """Add sources: by URL, whose feeds, news sitemaps or sections are looked for, or from a file.

    A site that is known already gets the doors that are new. Pages that only JavaScript fills cannot be read.

    Example: newsweir sources add news.example
    """
    from services.cli.add_sources import add_command

    raise typer.Exit(add_command(urls or [], file, dry_run=dry_run))


@sources.command("list")
def list_(
    tag: Annotated[str | None, _TAG] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON line for each.")] = False,
) -> None:
    """List all sources, one line for each."""
    from services.cli.sources import list_sources
    from services.cli.with_broker import with_broker
    from shared.clock import SystemClock

    now_ms = SystemClock().now_ms()
    with_broker("newsweir sources list", lambda connection: list_sources(connection, now_ms, tag, as_json=as_json))


@sources.command("check")
def check(
    source_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="One source, in detail.")] = None,
    now: Annotated[bool, typer.Option("--now", help="Have the running crawler visit it first.")] = False,
) -> None:
    """Say in plain words how sources are doing: whether they answer, what they yield, when they are asked again."""
    from services.cli.sources import check_now, check_sources
    from services.cli.with_broker import with_broker
    from shared.clock import SystemClock

    clock = SystemClock()
    if now:
        raise typer.Exit(
            with_broker("newsweir sources check", lambda connection: check_now(connection, source_id, clock))
        )
    with_broker("newsweir sources check", lambda connection: check_sources(connection, source_id, clock))


@sources.command("import")
def import_(file: Annotated[Path, typer.Argument(help="YAML, or OPML where it ends in .opml or .xml.")]) -> None:
    """Import sources: by id from YAML, by feed from the OPML of a feed reader, whose folders become tags.

    Example: newsweir sources import subscriptions.opml
    """
    from services.cli.source_files import import_sources
    from services.cli.with_broker import with_broker

    raise typer.Exit(with_broker("newsweir sources import", lambda connection: import_sources(connection, file)))


@sources.command("export")
def export(
    form: Annotated[SourcesFormat, typer.Option("--format", help="YAML holds all; OPML feeds.")] = SourcesFormat.YAML,
    tag: Annotated[str | None, _TAG] = None,
    part: Annotated[str | None, typer.Option(metavar="N/PARTS", help="Of several pipelines, as in 2/4.")] = None,
    output: Annotated[Path | None, typer.Option(help="A file, instead of standard output.")] = None,
) -> None:
    """Write all sources, to be imported elsewhere; with --part those of one of several pipelines, each site whole.

    Example: newsweir sources export --output sources.yaml
    """
    from services.cli.source_files import export_command

    export_command(form.value, tag, output, part)


@sources.command("remove")
def remove(
    source_ids: Annotated[list[str], typer.Argument(metavar="ID…", help="As `list` shows them.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove sources; their articles stay and can be searched.

    Example: newsweir sources remove example --yes
    """
    from services.cli.sources import remove_sources
    from services.cli.with_broker import with_broker
    from shared.errors import ConfigurationError

    if not yes and not sys.stdin.isatty():
        raise ConfigurationError("nobody is there to be asked: say --yes to remove sources")
    confirm = None if yes else typer.confirm
    raise typer.Exit(
        with_broker("newsweir sources remove", lambda connection: remove_sources(connection, source_ids, confirm))
    )
