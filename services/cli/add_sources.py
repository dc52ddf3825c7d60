"""`newsweir sources add`: sources from a file, and from the addresses of sites, feeds or sitemaps."""

from pathlib import Path

from services.cli.discover import discover
from services.cli.output import say
from services.cli.with_broker import with_broker
from services.crawler.app import user_agent
from services.crawler.settings import CrawlerSettings
from shared.errors import ConfigurationError, NewsweirError
from shared.http_client import GuardedClient
from shared.redis_client import RedisConnection
from shared.settings import load
from shared.sources import Source, SourceRegistry, read_sources_file


def add_command(urls: list[str], file: Path | None) -> int:
    """`newsweir sources add`: from the file, and what the URLs lead to; the exit status, 1 where one leads nowhere.

    Raises:
        ConfigurationError: nothing is given, or the file does not fit.
    """
    if file is None and not urls:
        raise ConfigurationError("nothing to add: give URLs, or --file FILE")
    of_file = read_sources_file(file) if file else ()
    crawler = load(CrawlerSettings)
    return with_broker("newsweir sources add", lambda connection: _add(connection, of_file, urls, crawler))


async def _add(
    connection: RedisConnection, of_file: tuple[Source, ...], urls: list[str], crawler: CrawlerSettings
) -> int:
    await add_sources(connection, of_file)
    failed = 0
    async with GuardedClient(
        user_agent(crawler.contact),
        allow_loopback=crawler.allow_loopback,
        timeout_s=crawler.fetch_timeout_s,
        max_bytes=crawler.max_page_bytes,
    ) as client:
        for url in urls:
            try:
                await add_sources(connection, (await discover(url, client),))
            except NewsweirError as error:
                say(f"newsweir: {error}")
                failed += 1
    return 1 if failed else 0


async def add_sources(connection: RedisConnection, sources: tuple[Source, ...]) -> None:
    """Add the sources, or update those with the same id, and say what was added."""
    await SourceRegistry(connection).put(sources)
    for source in sources:
        doors = ", ".join(f"{kind} {url}" for kind, url in source.doors)
        say(f"{source.id}: {source.name} ({doors or 'no feed, sitemap or listing: nothing will be found'})")
