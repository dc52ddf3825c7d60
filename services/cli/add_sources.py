"""`newsweir sources add`: sources from a file, and from the addresses of sites, feeds or sitemaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from services.cli.output import say
from services.cli.with_broker import with_broker
from services.crawler.app import guarded_client, site_discovery
from services.crawler.extraction_pool import extraction_pool
from services.crawler.settings import CrawlerSettings
from shared.clock import Clock, SystemClock
from shared.errors import ConfigurationError, NewsweirError
from shared.events.commands import FoundDoor, SiteFound
from shared.redis_client import RedisConnection
from shared.settings import load
from shared.source_registry import SourceRegistry
from shared.sources import Source, read_sources_file, source_for

_SEVERAL_A_DAY = 2.0


@dataclass(frozen=True)
class Addition:
    """What is to be added.

    Attributes:
        of_file: as the file has them.
        urls: whose doors are looked for.
        dry_run: only show what would be added.
    """

    of_file: tuple[Source, ...]
    urls: tuple[str, ...]
    dry_run: bool = False


def add_command(urls: Sequence[str], file: Path | None, *, dry_run: bool = False) -> int:
    """`newsweir sources add`: from the file, and what the URLs lead to; the exit status, 1 where one leads nowhere.

    Raises:
        ConfigurationError: nothing is given, or the file does not fit.
    """
    if file is None and not urls:
        raise ConfigurationError("nothing to add: give URLs, or --file FILE")
    addition = Addition(read_sources_file(file) if file else (), tuple(map(with_scheme, urls)), dry_run)
    crawler, clock = load(CrawlerSettings), SystemClock()
    return with_broker("newsweir sources add", lambda connection: _add(connection, addition, crawler, clock))


def with_scheme(url: str) -> str:
    """The address as people type it: without a scheme it is meant for https."""
    return url if "://" in url else f"https://{url}"


async def _add(connection: RedisConnection, addition: Addition, crawler: CrawlerSettings, clock: Clock) -> int:
    await add_sources(connection, addition.of_file, dry_run=addition.dry_run)
    if not addition.urls:
        return 0
    failed = 0
    async with guarded_client(crawler) as client, extraction_pool(crawler) as pool:
        discovery = site_discovery(connection, client, pool, crawler, clock)
        for url in addition.urls:
            say(f"looking at {url} …")
            try:
                await add_found(connection, await discovery.discover(url), dry_run=addition.dry_run)
            except NewsweirError as error:
                say(f"newsweir: {error}")
                failed += 1
    return 1 if failed else 0


async def add_found(connection: RedisConnection, found: SiteFound, *, dry_run: bool) -> None:
    """Show what was found on a site, and add the source, or update the one that it is known as."""
    for door in found.doors:
        say(in_words(door))
    await add_sources(connection, (source_for(found, await SourceRegistry(connection).all()),), dry_run=dry_run)


async def add_sources(connection: RedisConnection, sources: tuple[Source, ...], *, dry_run: bool = False) -> None:
    """Add the sources, or update those with the same id, and say which."""
    registry = SourceRegistry(connection)
    known = {source.id: source for source in await registry.all()}
    if not dry_run:
        await registry.put(sources)
    would = "would be " if dry_run else ""
    for source in sources:
        before = known.get(source.id)
        done = "unchanged" if before == source else f"{would}updated" if before else f"{would}added"
        doors = ", ".join(f"{kind} {url}" for kind, url in source.doors)
        say(f"{source.id}: {source.name}, {done} ({doors or 'no feed, sitemap or listing: nothing will be found'})")


def in_words(door: FoundDoor) -> str:
    """One line of what was found."""
    mark = "+" if door.chosen else "-"
    return f"  {mark} {door.kind} {door.url}: {_count(door.articles)}, {_yield(door)}"


def _yield(door: FoundDoor) -> str:
    if door.articles_a_day is None:
        return "too few dates to tell how many a day"
    if door.articles_a_day >= _SEVERAL_A_DAY:
        return f"about {door.articles_a_day:.0f} a day"
    if door.articles_a_day > 0:
        days = 1 / door.articles_a_day
        return "about one a day" if days < _SEVERAL_A_DAY else f"about one in {days:.0f} days"
    return f"none within a month, the last of {door.newest_at:%Y-%m-%d}" if door.newest_at else "none within a month"


def _count(articles: int) -> str:
    return "1 article" if articles == 1 else f"{articles} articles"
