"""The commands `newsweir state …`: names, options and help; what they do is imported when they are called."""

from typing import Annotated

import typer

state = typer.Typer(help="What the broker knows beside the articles' store.", no_args_is_help=True)


@state.command("rebuild")
def rebuild(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be put back.")] = False,
) -> None:
    """Refill what the broker knew of every article from the store, after the broker has lost its data.

    Crawlers and imports wait until then: without it every page would be fetched again and count as new. Services may
    run meanwhile; the command can be broken off and repeated. Sources are not in the store: add them again afterwards.

    Example: newsweir state rebuild
    """
    from services.cli.state import rebuild_state
    from services.cli.with_broker import with_broker
    from services.crawler.settings import CrawlerSettings
    from shared.clock import SystemClock
    from shared.settings import StoreSettings, load

    store, crawler, clock = load(StoreSettings), load(CrawlerSettings), SystemClock()
    with_broker(
        "newsweir state rebuild",
        lambda connection: rebuild_state(connection, store, crawler, clock, dry_run=dry_run),
    )
