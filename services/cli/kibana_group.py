"""The commands `newsweir kibana …`: names, options and help; what they do is imported when they are called."""

from pathlib import Path
from typing import Annotated

import typer

kibana = typer.Typer(help="Dashboards over the articles, for Kibana.", no_args_is_help=True)


@kibana.callback()
def group() -> None:
    """Dashboards over the articles, for Kibana."""


@kibana.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="Saved objects, one a line: deploy/kibana/newsweir.ndjson.")],
) -> None:
    """Import the data view and the dashboards; those of an earlier import are replaced.

    The exit status is 1 where Kibana does not take all of them.

    Example: NEWSWEIR_KIBANA_URL=http://localhost:5601 newsweir kibana import deploy/kibana/newsweir.ndjson
    """
    from services.cli.kibana import import_objects
    from services.cli.settings import KibanaSettings
    from shared.settings import load

    raise typer.Exit(import_objects(file, load(KibanaSettings)))
