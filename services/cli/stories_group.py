"""The commands `newsweir stories …`: names, options and help; what they do is imported when they are called."""

from typing import Annotated

import typer

stories = typer.Typer(help="Look at stories, and put right which articles belong together.", no_args_is_help=True)
_ID = typer.Argument(metavar="STORY", help="The story's id, as `list` shows it.")


@stories.command("list")
def list_(
    words: Annotated[list[str] | None, typer.Argument(help="Words of headline and titles; all, where none.")] = None,
    least: Annotated[int, typer.Option("--least", min=1, help="With at least so many articles.")] = 2,
    limit: Annotated[int, typer.Option(min=1, max=100, help="At most so many stories.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON line for each.")] = False,
) -> None:
    """List stories, the newest first, one line for each.

    Example: newsweir stories list suez --least 3
    """
    from services.cli.stories import list_stories, with_reader

    with_reader(lambda reader: list_stories(reader, " ".join(words or []), least, limit, as_json=as_json))


@stories.command("show")
def show(
    story_id: Annotated[str, _ID], as_json: Annotated[bool, typer.Option("--json", help="As a JSON line.")] = False
) -> None:
    """Show the articles of a story, the earliest first, and which of them are copies."""
    from services.cli.stories import show_story, with_reader

    with_reader(lambda reader: show_story(reader, story_id, as_json=as_json))


@stories.command("split")
def split(
    story_id: Annotated[str, _ID],
    article_ids: Annotated[list[str], typer.Argument(metavar="ARTICLE…", help="Ids of articles, as `show` does.")],
) -> None:
    """Make articles of a story a story of their own; enrichment must be running.

    Example: newsweir stories split 0a1b2c3d4e5f6071 937804c2044d5adc…
    """
    from services.cli.stories import split_story
    from services.cli.with_broker import with_broker

    with_broker("newsweir stories split", lambda connection: split_story(connection, story_id, article_ids))


@stories.command("merge")
def merge(
    into: Annotated[str, typer.Argument(metavar="STORY", help="The story that stays.")],
    story_id: Annotated[str, typer.Argument(metavar="OTHER", help="The story whose articles it takes over.")],
) -> None:
    """Make one story of two; enrichment must be running.

    Example: newsweir stories merge 0a1b2c3d4e5f6071 8899aabbccddeeff
    """
    from services.cli.stories import merge_stories
    from services.cli.with_broker import with_broker

    with_broker("newsweir stories merge", lambda connection: merge_stories(connection, into, story_id))
