"""The command `newsweir`: every command's name, options and help; what they do is imported when they are called."""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shared.errors import ConfigurationError, InvalidInput, NewsweirError

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
    sources: Annotated[
        Path | None, typer.Option(help="YAML file of sources; adds to those known and updates them by id.")
    ] = None,
) -> None:
    """Run everything over real sources, until Ctrl-C.

    Example: newsweir run --sources sources.yaml
    """
    from services.cli.start import start_run

    start_run(sources)


@app.command()
def service(name: Annotated[ServiceName, typer.Argument(help="Which one.")]) -> None:
    """Run one service in the foreground, as containers do; needs REDIS_URL.

    Example: REDIS_URL=redis://localhost:6379 newsweir service enrichment
    """
    from services.cli.start import start_service

    raise typer.Exit(start_service(name))


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
