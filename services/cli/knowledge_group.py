"""The commands `newsweir knowledge …`: names, options and help; what they do is imported when they are called."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

knowledge = typer.Typer(help="Entities of your own, beside those of the knowledge base.", no_args_is_help=True)
_File = Annotated[
    Path | None,
    typer.Option(help="A YAML file; else NEWSWEIR_KNOWLEDGE_FILE, else knowledge.yaml in the data folder."),
]


class EntityKind(StrEnum):
    """What an entity can be."""

    PERSON = "person"
    ORGANIZATION = "organization"
    LOCATION = "location"
    PRODUCT = "product"
    TECHNOLOGY = "technology"
    EVENT = "event"
    NORP = "norp"


@knowledge.command("check")
def check(file: _File = None) -> None:
    """Say what is wrong in a file of entities, by line, and which names collide or mean something else as well.

    The exit status is 1 where something keeps the file from being used.

    Example: newsweir knowledge check --file entities.yaml
    """
    from services.cli.knowledge import check_file, file_or_default

    raise typer.Exit(check_file(file_or_default(file)))


@knowledge.command("add")
def add(
    name: Annotated[str, typer.Argument(help="As the news writes it most often.")],
    kind: Annotated[EntityKind, typer.Option("--type", help="What it is.")],
    alias: Annotated[list[str] | None, typer.Option(help="Another name; may be repeated.")] = None,
    ambiguous: Annotated[
        list[str] | None, typer.Option(help="A name that means something else as well; may be repeated.")
    ] = None,
    entity_id: Annotated[str, typer.Option("--id", help="Else made of type and name.")] = "",
    country: Annotated[str, typer.Option(help="Two letters, as DE.")] = "",
    industry: Annotated[str, typer.Option(help="As the facet shows it.")] = "",
    parent: Annotated[str, typer.Option(help="The id of what it belongs to.")] = "",
    ticker: Annotated[str, typer.Option(help="Of its shares.")] = "",
    website: Annotated[str, typer.Option(help="Its address.")] = "",
    file: _File = None,
) -> None:
    """Append an entity to a file, if the file is right with it; enrichment reads the file when it starts.

    Example: newsweir knowledge add "Acme Robotics" --type organization --alias Acme --country DE
    """
    from services.cli.knowledge import add_entity, file_or_default

    fields = {
        "id": entity_id, "name": name, "type": kind.value, "aliases": alias, "ambiguous": ambiguous,
        "country": country, "industry": industry, "parent": parent, "ticker": ticker, "website": website,
    }  # fmt: skip
    raise typer.Exit(add_entity(file_or_default(file), {key: value for key, value in fields.items() if value}))
