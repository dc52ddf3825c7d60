"""The command `newsweir`: every command's name, options and help; what they do is imported when they are called."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from services.cli.config_group import config
from services.cli.dead_letters_group import dead_letters
from services.cli.folder_commands import backup, reindex, restore
from services.cli.keeping_commands import forget, prune, withdraw
from services.cli.keys_group import keys
from services.cli.kibana_group import kibana
from services.cli.knowledge_group import knowledge
from services.cli.reprocess_command import reprocess
from services.cli.sources_group import sources
from services.cli.state_group import state
from services.cli.stories_group import stories
from shared.errors import ConfigurationError, InvalidInput, NewsweirError

_FILE = typer.Argument(help="A file, or - for standard input.")
_FACET = typer.Option("--facet", help="NAME=VALUE, or NAME!=VALUE to leave out; may be repeated.")
_JSON_LINES = typer.Option("--jsonl", help="JSON lines, in and out: the one format there is.")

app = typer.Typer(
    name="newsweir",
    help="News intelligence on your own machine: crawl, understand and search the news.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # Rich would double the time of --help (0.7 s instead of 0.3 s).
    rich_markup_mode=None,
    epilog="Start with: newsweir demo",
)


app.add_typer(config, name="config")
app.add_typer(sources, name="sources")
app.add_typer(stories, name="stories")
app.add_typer(keys, name="keys")
app.add_typer(knowledge, name="knowledge")
app.add_typer(kibana, name="kibana")
app.add_typer(state, name="state")
app.add_typer(dead_letters, name="dead-letters")


class Tier(StrEnum):
    """How much enrichment does."""

    FAST = "fast"
    FULL = "full"


class ExportFormat(StrEnum):
    """What `newsweir export` can write."""

    JSONL = "jsonl"
    CSV = "csv"
    RSS = "rss"
    ATOM = "atom"


class ServiceName(StrEnum):
    """What `newsweir service` can start."""

    CRAWLER = "crawler"
    ENRICHMENT = "enrichment"
    INDEXING = "indexing"
    SEARCH = "search"
    NEWSROOM = "newsroom"


@app.command()
def demo() -> None:
    """Run everything over a bundled newsroom of invented outlets, in a data folder of its own, until Ctrl-C."""
    from services.cli.start import start_demo

    start_demo()


@app.command()
def run(
    sources_file: Annotated[
        Path | None,
        typer.Option("--sources", help="YAML file of sources; adds to those known and updates them by id."),
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the sources that are not in the file.")] = False,
) -> None:
    """Run everything over real sources, until Ctrl-C.

    Example: newsweir run --sources sources.yaml
    """
    from services.cli.start import start_run

    start_run(sources_file, prune=prune)


@app.command()
def service(name: Annotated[ServiceName, typer.Argument(help="Which one.")]) -> None:
    """Run one service in the foreground, as containers do; needs REDIS_URL.

    Example: REDIS_URL=redis://localhost:6379 newsweir service enrichment
    """
    from services.cli.start import start_service

    raise typer.Exit(start_service(name))


@app.command()
def health(
    name: Annotated[ServiceName | None, typer.Argument(help="Which one; else whichever answers.")] = None,
) -> None:
    """Ask a running service of this machine whether it is well; the exit status is 1 where it is not.

    Example: newsweir health crawler
    """
    from services.cli.health import health as ask
    from shared.settings import HttpSettings, load

    raise typer.Exit(ask(name, load(HttpSettings)))


@app.command()
def extract(file: Annotated[str, _FILE] = "-", jsonl: Annotated[bool, _JSON_LINES] = True) -> None:
    """Extract articles from pages: {"url","html"} a line in, title, text, authors, date and more a line out.

    A line that does not fit is answered by {"url","error"}; the exit status is 1 then.

    Example: newsweir extract --jsonl pages.jsonl > articles.jsonl
    """
    from services.cli.extract import extract_file

    raise typer.Exit(extract_file(file))


@app.command()
def enrich(
    file: Annotated[str, _FILE] = "-",
    jsonl: Annotated[bool, _JSON_LINES] = True,
    tier: Annotated[Tier, typer.Option(help="fast: rules and gazetteer; full: a statistical model, too.")] = Tier.FULL,
) -> None:
    """Understand articles: {"id","title","text"} a line in, entities, money, topics and more a line out.

    Needs no broker. A line that does not fit is answered by {"id","error"}; the exit status is 1 then.

    Example: echo '{"id":"1","title":"Acme buys Initech","text":"…"}' | newsweir enrich --jsonl --tier fast
    """
    from services.cli.enrich import enrich_file

    raise typer.Exit(enrich_file(file, tier.value))


@app.command("import")
def import_(file: Annotated[str, _FILE] = "-") -> None:
    """Import articles: {"url","title","text","published_at"?,"site_name"?,"authors"?} a line.

    What a crawler has brought is kept, and what was imported before is skipped.

    Example: newsweir import archive.jsonl
    """
    from services.cli.import_articles import import_file
    from services.cli.with_broker import with_broker
    from shared.clock import SystemClock
    from shared.settings import StoreSettings, load

    store, clock = load(StoreSettings), SystemClock()
    raise typer.Exit(
        with_broker("newsweir import", lambda broker: import_file(file, broker, store, clock), traced=True)
    )


@app.command("replay-warc")
def replay_warc(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="WARC files, the oldest first.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would become of each page.")] = False,
) -> None:
    """Extract articles again from archived pages (NEWSWEIR_ARCHIVE_DIR, or archives of others); nothing is fetched.

    What has not changed is dropped, and so is what is older than what is known of its article.

    Example: newsweir replay-warc archive/*.warc.gz
    """
    from services.cli.replay_warc import replay_files
    from services.cli.with_broker import with_broker
    from services.crawler.settings import CrawlerSettings
    from shared.clock import SystemClock
    from shared.settings import StoreSettings, load

    store, crawler, clock = load(StoreSettings), load(CrawlerSettings), SystemClock()
    raise typer.Exit(
        with_broker(
            "newsweir replay-warc",
            lambda connection: replay_files(files, connection, store, crawler, clock, dry_run=dry_run),
            traced=not dry_run,
        )
    )


@app.command("export")
def export_(
    query: Annotated[str, typer.Argument(help='Words, "phrases" and -exclusions; nothing for all articles.')] = "",
    form: Annotated[ExportFormat, typer.Option("--format", help="What to write.")] = ExportFormat.JSONL,
    facet: Annotated[list[str] | None, _FACET] = None,
    output: Annotated[Path | None, typer.Option(help="A file, instead of standard output.")] = None,
) -> None:
    """Write all articles that match, newest first.

    Example: newsweir export battery --facet language=en --format csv --output battery.csv
    """
    import asyncio

    from services.cli.export import export
    from services.cli.search import understand
    from shared.settings import StoreSettings, load

    asyncio.run(export(understand(query, facet or []), load(StoreSettings), form.value, output))


app.command()(reprocess)
app.command()(withdraw)
app.command()(prune)
app.command()(forget)
app.command()(backup)
app.command()(restore)
app.command()(reindex)


@app.command("search")
def search_(
    query: Annotated[str, typer.Argument(help='Words, "phrases" and -exclusions; nothing for the newest.')] = "",
    facet: Annotated[list[str] | None, _FACET] = None,
    size: Annotated[int, typer.Option(min=1, max=200, help="How many articles to show.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="The answer of the API, as one line.")] = False,
) -> None:
    """Search the articles of this machine, or of ELASTICSEARCH_URL.

    Example: newsweir search '"solid state" battery -toyota' --facet country=US
    """
    import asyncio

    from services.cli.search import search, understand
    from shared.settings import StoreSettings, load

    asyncio.run(search(understand(query, facet or [], size=size), load(StoreSettings), as_json=as_json))


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="One JSON line.")] = False) -> None:
    """Show the health of services and sources, the backlog, and where fetched pages ended."""
    from services.cli.status import write_status
    from services.cli.with_broker import with_broker
    from shared.clock import SystemClock
    from shared.settings import HttpSettings, load

    http, clock = load(HttpSettings), SystemClock()
    with_broker("newsweir status", lambda connection: write_status(connection, http, clock, as_json=as_json))


@app.command()
def audit(
    source: Annotated[str | None, typer.Option(metavar="ID", help="One source only.")] = None,
    day: Annotated[str | None, typer.Option(help="One day only (UTC), as 2026-03-02.")] = None,
    by_day: Annotated[bool, typer.Option("--by-day", help="A line for each day, not for the last seven.")] = False,
    store: Annotated[bool, typer.Option("--store", help="Compare the store with what was handed over, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line.")] = False,
    end_lost: Annotated[
        bool, typer.Option("--end-lost", help="Say which fetches nothing will end; with --yes count them as dropped.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="End what --end-lost names.")] = False,
) -> None:
    """Add up what became of every page fetched, and name what is missing; exit status 1 where something is.

    Fetched = indexed + dropped + dead-lettered + in flight, and what is in flight or dead has its event.

    Example: newsweir audit --store
    """
    from services.cli.audit.command import audit_command, end_lost_command, scope_of
    from services.cli.with_broker import with_broker
    from shared.clock import SystemClock
    from shared.settings import StoreSettings, load

    scope, settings, clock = scope_of(source, day), load(StoreSettings) if store else None, SystemClock()
    if end_lost:
        raise typer.Exit(
            with_broker(
                "newsweir audit --end-lost", lambda connection: end_lost_command(connection, clock, scope, yes=yes)
            )
        )
    raise typer.Exit(
        with_broker(
            "newsweir audit",
            lambda connection: audit_command(connection, settings, clock, scope, by_day=by_day, as_json=as_json),
        )
    )


def main() -> None:
    """The console script: a failure of ours is one line on standard error; status 2 where a person can put it right."""
    try:
        app()
    except (ConfigurationError, InvalidInput) as error:
        _end(error, 2)
    except NewsweirError as error:
        _end(error, 1)
    except BrokenPipeError:
        # The reader has had enough. What is buffered must not be tried again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def _end(error: NewsweirError, status: int) -> None:
    print(f"newsweir: {error}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
