"""The commands over the store as a whole: backup, restore, reindex; what they do is imported when they are called."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from services.cli.data_folder import HeldFolder


def backup(
    target: Annotated[Path, typer.Argument(help="A folder that is not there yet, on another disk.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much it would be.")] = False,
) -> None:
    """Copy the data folder (broker, store, own entities) with checksums; refused while a run holds it.

    Example: newsweir backup /backups/newsweir-2026-03-02
    """
    from services.cli.backup import backup_command
    from shared.clock import SystemClock

    _with_folder(lambda held: backup_command(held, target, SystemClock(), dry_run=dry_run))


def restore(
    source: Annotated[Path, typer.Argument(help="What `newsweir backup` made.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check that it is whole.")] = False,
) -> None:
    """Put a backup into an empty data folder, after every file of it was checked; nothing is overwritten.

    Example: newsweir restore /backups/newsweir-2026-03-02
    """
    from services.cli.backup import restore_command

    _with_folder(lambda held: restore_command(source, held, dry_run=dry_run))


def reindex(
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="URL", help="Copy the embedded store: http(s)://[user:password@]host:port."),
    ] = None,
    back: Annotated[bool, typer.Option("--back", help="Go back to the older indices, and drop the newer.")] = False,
    finish: Annotated[bool, typer.Option("--finish", help="Drop the older indices: no way back.")] = False,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Only make template and indices, if there are none.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is in use and would be done.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Move the articles of ELASTICSEARCH_URL to this program's mapping while they are read and written.

    Broken off, it goes on where it was. The older indices stay until --finish. With --to the embedded store is copied
    to an Elasticsearch: articles with revisions, withdrawals, facts and stories, compared at the end.

    Example: newsweir reindex --dry-run
    """
    from services.cli.copy_store import copy_store
    from services.cli.keeping_commands import agreement
    from services.cli.reindexing import Wanted, reindex_command
    from shared.article_store.opening import open_reindexing
    from shared.clock import SystemClock
    from shared.errors import InvalidInput
    from shared.settings import StoreSettings, load

    if sum((to is not None, back, finish, prepare)) > 1:
        raise InvalidInput("--to, --back, --finish and --prepare are different things")
    settings, clock = load(StoreSettings), SystemClock()
    if to is not None:
        raise typer.Exit(asyncio.run(copy_store(settings, to, clock, dry_run=dry_run)))

    async def moved() -> int:
        reindexing = open_reindexing(settings, clock)
        try:
            wanted = Wanted(back=back, finish=finish, prepare=prepare)
            return await reindex_command(reindexing, wanted, clock, dry_run=dry_run, agreed=agreement(yes=yes))
        finally:
            await reindexing.close()

    raise typer.Exit(asyncio.run(moved()))


def _with_folder(work: "Callable[[HeldFolder], None]") -> None:
    from services.cli.embedded_valkey import hold
    from services.cli.output import say
    from shared.clock import SystemClock
    from shared.settings import BusSettings, StoreSettings, load

    elsewhere = [
        name
        for name, url in (
            ("REDIS_URL", load(BusSettings).redis_url),
            ("ELASTICSEARCH_URL", load(StoreSettings).elasticsearch_url),
        )
        if url
    ]
    if elsewhere:
        say(f"what is at {' and '.join(elsewhere)} is not in the data folder: use that server's own means, too")

    async def held() -> None:
        async with hold(load(StoreSettings).data_dir, SystemClock()) as folder:
            work(folder)

    asyncio.run(held())
