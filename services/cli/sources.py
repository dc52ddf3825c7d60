"""`newsweir sources list` and `check`: which sources there are, and in plain words how each is doing."""

from services.cli.output import say, write_json_line, write_table
from shared.errors import InvalidInput
from shared.redis_client import RedisConnection
from shared.sources import SourceHealth, SourceRegistry

_MS_PER_S = 1000
_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))
# A paper that publishes weekly is not quiet yet.
_QUIET_AFTER_S = 14 * 86_400


async def list_sources(connection: RedisConnection, *, as_json: bool) -> None:
    """All sources: a table, or a JSON line for each."""
    records = await SourceRegistry(connection).read()
    sources = records.sources
    for reason in records.unreadable.values():
        say(f"newsweir: {reason}")
    if as_json:
        for source in sources:
            write_json_line(source.model_dump(mode="json"))
    elif sources:
        rows = [(source.id, source.name, source.url, len(source.doors)) for source in sources]
        write_table(("id", "name", "url", "doors"), rows, wide="url")
    else:
        say("no sources yet: `newsweir sources add URL`, or --file FILE")


async def check_sources(connection: RedisConnection, source_id: str | None, now_ms: int) -> None:
    """How all sources are doing, or the one with the id.

    Raises:
        InvalidInput: no source has the id.
    """
    registry = SourceRegistry(connection)
    sources = await registry.all()
    chosen = [source for source in sources if source_id in (None, source.id)]
    if source_id and not chosen:
        raise InvalidInput(f"no source has the id {source_id!r}: `newsweir sources list` shows them all")
    health = await registry.all_health()
    rows = [(source.id, in_words(health.get(source.id, SourceHealth()), now_ms)) for source in chosen]
    write_table(("source", "how it is doing"), rows, wide="how it is doing")


def in_words(health: SourceHealth, now_ms: int) -> str:
    """What a person wants to know of a source: does it answer, does it yield, and when is it asked again."""
    if not health.last_visit_ms:
        return "not visited yet"
    if health.consecutive_failures:
        since = f"last answer {_ago(health.last_success_ms, now_ms)}" if health.last_success_ms else "never answered"
        return (
            f"failing: {health.last_error or 'no reason given'} ({_times(health.consecutive_failures)} in a row, "
            f"{since}); {_next(health.next_visit_ms, now_ms)}"
        )
    visited = f"visited {_ago(health.last_visit_ms, now_ms)}, {_next(health.next_visit_ms, now_ms)}"
    if not health.last_new_article_ms:
        return f"answers, but has shown no article yet; {visited}"
    yielded = f"last new article {_ago(health.last_new_article_ms, now_ms)}, {health.articles_found} in all"
    quiet = now_ms - health.last_new_article_ms > _QUIET_AFTER_S * _MS_PER_S
    return f"{'quiet' if quiet else 'fine'}: {yielded}; {visited}"


def _ago(then_ms: int, now_ms: int) -> str:
    return f"{_duration(now_ms - then_ms)} ago"


def _next(then_ms: int, now_ms: int) -> str:
    return f"next visit in {_duration(then_ms - now_ms)}" if then_ms > now_ms else "next visit is due"


def _duration(ms: int) -> str:
    seconds = max(ms, 0) // _MS_PER_S
    for name, length in _UNITS:
        if (count := seconds // length) >= 1:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{seconds} s"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
