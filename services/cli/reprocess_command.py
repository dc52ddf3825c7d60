"""The command `newsweir reprocess`: its options and help; what it does is imported when it is called."""

from typing import Annotated

import typer

_FACET = typer.Option("--facet", help="NAME=VALUE, or NAME!=VALUE to leave out; may be repeated.")


def reprocess(
    query: Annotated[str, typer.Argument(help='Words, "phrases" and -exclusions; nothing for all articles.')] = "",
    facet: Annotated[list[str] | None, _FACET] = None,
    older_than_version: Annotated[
        str | None,
        typer.Option(metavar="N|current", help="Only what an enrichment of an older version made."),
    ] = None,
    enriched_before: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only what was enriched before, as 2026-03-02T12:00 (UTC).")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be enriched again.")] = False,
) -> None:
    """Enrich stored articles again: after an upgrade, with another tier, knowledge base or language model.

    They pass through the services as if just crawled, but count as no fetch; what is fetched goes first. The command
    can be broken off and repeated.

    Example: newsweir reprocess --older-than-version current
    """
    from services.cli.reprocess import Selection, moment_of, version_of
    from services.cli.reprocess import reprocess as work
    from services.cli.search import understand
    from services.cli.with_broker import with_broker
    from services.crawler.settings import CrawlerSettings
    from shared.clock import SystemClock
    from shared.settings import StoreSettings, load

    asked = understand(query, facet or [], size=1, facet="none", highlight="false")
    selection = Selection(asked, version_of(older_than_version), moment_of(enriched_before))
    store, crawler, clock = load(StoreSettings), load(CrawlerSettings), SystemClock()
    with_broker(
        "newsweir reprocess",
        lambda connection: work(connection, store, crawler, clock, selection, dry_run=dry_run),
        traced=not dry_run,
    )
