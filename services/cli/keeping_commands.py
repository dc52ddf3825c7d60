"""The commands that take articles out of the store: forget, withdraw, prune; what they do is imported when called."""

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from shared.article_store.protocol import ArticleReader
    from shared.redis_client import RedisConnection

_ARTICLE = typer.Argument(metavar="URL|ARTICLE_ID", help="Which article.")
_YES = typer.Option("--yes", help="Do not ask.")


def forget(
    article: Annotated[str, _ARTICLE],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what is held of it.")] = False,
    yes: Annotated[bool, _YES] = False,
) -> None:
    """Remove an article for good: from the store with revisions and facts, from stories, streams and dead letters.

    Nothing brings it back: no crawler, import or replay. Archived pages of it are named, not changed.

    Example: newsweir forget https://news.example/2026/some-article --dry-run
    """
    from services.cli.forget import Forgetting, forget_command
    from services.crawler.settings import CrawlerSettings
    from shared.clock import SystemClock
    from shared.settings import load

    archive = load(CrawlerSettings).archive_dir

    async def work(connection: "RedisConnection", reader: "ArticleReader") -> int:
        forgetting = Forgetting(connection, reader, SystemClock(), archive)
        return await forget_command(article, forgetting, dry_run=dry_run, agreed=agreement(yes=yes))

    raise typer.Exit(_with_store("newsweir forget", work))


def withdraw(
    article: Annotated[str, _ARTICLE],
    delete: Annotated[bool, typer.Option("--delete", help="Delete it, rather than hide it.")] = False,
) -> None:
    """Take an article back: hidden from searches, or deleted, until its page says something newer.

    Example: newsweir withdraw https://news.example/2026/some-article
    """
    from services.cli.retiring import Retiring, withdraw_command
    from shared.clock import SystemClock

    async def work(connection: "RedisConnection", reader: "ArticleReader") -> int:
        await withdraw_command(article, Retiring(connection, SystemClock()), reader, delete=delete)
        return 0

    raise typer.Exit(_with_store("newsweir withdraw", work))


def prune(
    days: Annotated[float | None, typer.Option(min=0.01, help="Instead of NEWSWEIR_RETENTION_DAYS.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count them.")] = False,
    yes: Annotated[bool, _YES] = False,
) -> None:
    """Delete articles that are older than they are to be kept, through indexing like every change of the store.

    On Elasticsearch a month of which everything is older is dropped as a whole once it is empty.

    Example: newsweir prune --days 365 --dry-run
    """
    from services.cli.retiring import Retiring, prune_command
    from shared.article_store.opening import open_months
    from shared.clock import SystemClock
    from shared.settings import StoreSettings, load

    settings = load(StoreSettings)
    wanted = days if days is not None else settings.retention_days

    async def work(connection: "RedisConnection", reader: "ArticleReader") -> int:
        retiring, months = Retiring(connection, SystemClock()), open_months(settings)
        try:
            return await prune_command(
                wanted, retiring, reader, dry_run=dry_run, agreed=agreement(yes=yes), months=months
            )
        finally:
            if months is not None:
                await months.close()

    raise typer.Exit(_with_store("newsweir prune", work))


def agreement(*, yes: bool) -> Callable[[str], bool]:
    """Asks the person at the terminal, unless they said yes already.

    Raises (when asked):
        InvalidInput: nobody can be asked.
    """
    from shared.errors import InvalidInput

    def ask(question: str) -> bool:
        if yes:
            return True
        if not sys.stdin.isatty():
            raise InvalidInput("nobody can be asked here: say --yes to do it, --dry-run to only look")
        return typer.confirm(question)

    return ask


def _with_store(command: str, work: "Callable[[RedisConnection, ArticleReader], Awaitable[int]]") -> int:
    from services.cli.with_broker import with_broker
    from shared.article_store.opening import open_reader
    from shared.settings import StoreSettings, load

    async def opened(connection: "RedisConnection") -> int:
        reader = await open_reader(load(StoreSettings))
        try:
            return await work(connection, reader)
        finally:
            await reader.close()

    return with_broker(command, opened)
