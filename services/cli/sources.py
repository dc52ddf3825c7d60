"""`newsweir sources list`, `check` and `remove`: which sources there are, how each is doing, and what to forget."""

from collections.abc import Callable, Sequence

from services.cli.output import say, write_json_line, write_list, write_table
from services.cli.source_health import ago, in_words, robots_in_words, yield_in_words
from services.crawler.robots_cache import RobotsCache
from shared import commands
from shared.clock import Clock
from shared.errors import ConfigurationError, InvalidInput
from shared.http_client import GuardedClient
from shared.redis_client import RedisConnection
from shared.source_health import SourceHealth, report_of, state_of
from shared.source_registry import SourceRegistry
from shared.sources import Source
from shared.urls import host_of

_ANSWER_S = 10.0
# A visit waits for its host's turn, and perhaps for robots.txt at the turn before.
_VISIT_S = 60.0
_LOOK_EVERY_S = 0.5
_NONE_YET = "no sources yet: `newsweir sources add URL`, or --file FILE"


async def list_sources(connection: RedisConnection, now_ms: int, tag: str | None = None, *, as_json: bool) -> None:
    """All sources, or those with the tag: one line for each, or a JSON line."""
    registry = SourceRegistry(connection)
    records = await registry.read()
    for reason in records.unreadable.values():
        say(f"newsweir: {reason}")
    sources = [source for source in records.sources if tag is None or tag in source.tags]
    if as_json:
        for source in sources:
            write_json_line(source.model_dump(mode="json"))
    elif sources:
        health = await registry.all_health()
        rows = [_row(source, health.get(source.id, SourceHealth()), now_ms) for source in sources]
        write_list(("id", "name", "state", "last new article", "doors", "tags", "url"), rows)
    elif tag is not None:
        say(f"no source has the tag {tag!r}")
    else:
        say(_NONE_YET)


async def check_sources(connection: RedisConnection, source_id: str | None, clock: Clock) -> None:
    """How all sources are doing, or everything about the one with the id.

    Raises:
        InvalidInput: no source has the id.
    """
    registry = SourceRegistry(connection)
    if source_id is not None:
        await _explain(connection, await _known(registry, source_id), clock)
        return
    health = await registry.all_health()
    sources = await registry.all()
    if not sources:
        say(_NONE_YET)
        return
    rows = [(source.id, in_words(health.get(source.id, SourceHealth()), clock.now_ms())) for source in sources]
    write_table(("source", "how it is doing"), rows, wide="how it is doing")


async def check_now(connection: RedisConnection, source_id: str | None, clock: Clock) -> int:
    """Have a running crawler visit the source, then tell how it is doing; the exit status, 1 where it is not well.

    Raises:
        ConfigurationError: no source is named.
        InvalidInput: no source has the id.
        DependencyUnavailable: no crawler answers.
        PermanentFailure, LimitExceeded: as `shared.commands.visit_now`.
    """
    if source_id is None:
        raise ConfigurationError("--now visits one source: name it, as `newsweir sources check ID --now`")
    registry = SourceRegistry(connection)
    source = await _known(registry, source_id)
    before = await registry.health(source_id)
    due = await commands.visit_now(connection, source_id, clock, timeout_s=_ANSWER_S)
    say(f"asked a crawler to visit {due.doors} {'door' if due.doors == 1 else 'doors'} now …")
    until_s = clock.monotonic_s() + _VISIT_S
    while (health := await registry.health(source_id)).last_visit_ms <= before.last_visit_ms:
        if clock.monotonic_s() >= until_s:
            say(f"not visited within {_VISIT_S:g} s: the host is busy, or crawling pauses; see `newsweir status`")
            break
        await clock.sleep(_LOOK_EVERY_S)
    await _explain(connection, source, clock)
    return 1 if health.consecutive_failures or health.last_visit_ms <= before.last_visit_ms else 0


async def remove_sources(
    connection: RedisConnection, source_ids: Sequence[str], confirm: Callable[[str], bool] | None
) -> int:
    """Forget the sources; what was found by them stays. The exit status, 1 where the person would not.

    Args:
        confirm: asks the person; None where they have said yes already.

    Raises:
        InvalidInput: no source has one of the ids; none is removed then.
    """
    registry = SourceRegistry(connection)
    records = await registry.read()
    known = {source.id: source.name for source in records.sources} | dict.fromkeys(records.unreadable, "unreadable")
    wanted = tuple(dict.fromkeys(source_ids))
    if unknown := [source_id for source_id in wanted if source_id not in known]:
        raise InvalidInput(f"no source has the id {', '.join(unknown)}: `newsweir sources list` shows them all")
    named = ", ".join(f"{source_id} ({known[source_id]})" for source_id in wanted)
    if confirm is not None and not confirm(f"remove {named}?"):
        say("nothing was removed")
        return 1
    await registry.remove(wanted)
    say(f"removed {named}; crawlers stop visiting within seconds, articles that were found stay and can be searched")
    return 0


async def _known(registry: SourceRegistry, source_id: str) -> Source:
    source = await registry.get(source_id)
    if source is None:
        raise InvalidInput(f"no source has the id {source_id!r}: `newsweir sources list` shows them all")
    return source


def _row(source: Source, health: SourceHealth, now_ms: int) -> tuple[str, ...]:
    kinds = (("feed", source.feeds), ("sitemap", source.sitemaps), ("listing", source.listings))
    doors = ", ".join(f"{len(urls)} {kind}{'s' if len(urls) > 1 else ''}" for kind, urls in kinds if urls)
    last = ago(health.last_new_article_ms, now_ms) if health.last_new_article_ms else ""
    return source.id, source.name, state_of(health, now_ms), last, doors or "none", ", ".join(source.tags), source.url


async def _explain(connection: RedisConnection, source: Source, clock: Clock) -> None:
    health, now_ms = await SourceRegistry(connection).health(source.id), clock.now_ms()
    # Nothing is asked of anybody: only what crawlers have remembered is read.
    cache = RobotsCache(connection, GuardedClient("unused"), clock)
    robots = {host: await cache.known(host) for host in {host_of(url) for _, url in source.doors}}
    rows = [
        ("source", f"{source.name}, {source.url}"),
        ("state", in_words(health, now_ms)),
        ("new articles", yield_in_words(health, now_ms)),
        ("robots.txt", robots_in_words(source, robots)),
        ("rights reserved", ", ".join(report_of(health, (), now_ms).rights) or "none that was seen"),
        *((kind, url) for kind, url in source.doors),
        *(("wanted", glob) for glob in source.include),
        *(("not wanted", glob) for glob in source.exclude),
    ]
    if source.crawl_delay_s:
        rows.append(("delay", f"at least {source.crawl_delay_s:g} s between two requests"))
    write_table(("", source.id), rows, wide=source.id)
