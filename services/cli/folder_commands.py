"""The commands over the data folder as a whole: backup, restore; what they do is imported when they are called."""

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
        str, typer.Option("--to", metavar="URL", help="Of an Elasticsearch: http(s)://[user:password@]host:port.")
    ],
) -> None:
    """Copy the embedded store to an Elasticsearch: articles with revisions, withdrawals, facts and stories.

    Broken off, it goes on where it was. What it holds is compared at the end.

    Example: newsweir reindex --to http://127.0.0.1:9200
    """
    from services.cli.copy_store import copy_store
    from shared.clock import SystemClock
    from shared.settings import StoreSettings, load

    raise typer.Exit(asyncio.run(copy_store(load(StoreSettings), to, SystemClock())))


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
