"""Takes articles back as an operator: one by its name, or all that are older than they are to be kept."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.cli.forget import named
from services.cli.output import say
from services.cli.with_broker import broken_off
from shared import registry
from shared.article_store.document import StoredArticle
from shared.article_store.months import Months
from shared.article_store.protocol import ArticleReader
from shared.article_store.query import ArticleQuery
from shared.bus.envelope import encode
from shared.clock import Clock, from_ms
from shared.errors import InvalidInput
from shared.events.articles import ArticleWithdrawn
from shared.redis_client import RedisConnection
from shared.topology import ARTICLES_WITHDRAWN

_SAY_EVERY = 5_000
# How long to wait for indexing to delete what was asked of it; a few thousand articles take so long.
_EMPTYING_S = 30.0
_LOOK_AGAIN_S = 2.0

# KEYS: registry, withdrawn. ARGV: article_id, expected, entry, then the fields of the event.
_SCRIPT = f"""{registry.LUA}
if ARGV[2] ~= '' and registry_advance(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', unpack(ARGV, 4))
return 1
"""
_ATTEMPTS = 10


@dataclass(frozen=True)
class Retiring:
    """Publishes withdrawals, each with the article's registry entry: what says the same counts as new afterwards."""

    connection: RedisConnection
    clock: Clock

    async def retire(self, stored: StoredArticle, *, delete: bool) -> bool:
        """Take an article back; False where it keeps changing, so that it is no old one."""
        for _ in range(_ATTEMPTS):
            entry = await registry.read_entry(self.connection, stored.article_id)
            now_ms = self.clock.now_ms()
            known = replace(entry, revision=max(entry.revision, stored.article.revision)) if entry else None
            advanced = registry.advance(known, now_ms, "")
            event = ArticleWithdrawn(
                article_id=stored.article_id,
                revision=max(advanced.revision, stored.article.revision + 1),
                reason="retired",
                hard=delete,
                withdrawn_at=from_ms(now_ms),
            )
            fields = [part for pair in encode(event).items() for part in pair]
            keys = [registry.registry_key(self.connection), self.connection.key(ARTICLES_WITHDRAWN.name)]
            expected = entry.encode() if entry else ""
            if await self.connection.script(_SCRIPT)(keys, [stored.article_id, expected, advanced.encode(), *fields]):
                return True
        return False


async def withdraw_command(text: str, retiring: Retiring, reader: ArticleReader, *, delete: bool) -> None:
    """Take back the article that a URL or an article_id means.

    Raises:
        InvalidInput: the text is neither, or the store has no such article.
        DependencyUnavailable: the broker or the store is away.
    """
    stored = await reader.get(named(text))
    if stored is None:
        raise InvalidInput(f"the store has no article {text}: `newsweir search` finds what it has")
    if not await retiring.retire(stored, delete=delete):
        raise InvalidInput(f"{text} is being fetched again and again: try later")
    done = "deleted with its revisions" if delete else "hidden from searches"
    say(f"{stored.article.title!r} is {done} once indexing comes to it; a newer version of its page brings it back")


async def prune_command(
    days: float | None,
    retiring: Retiring,
    reader: ArticleReader,
    *,
    dry_run: bool,
    agreed: Callable[[str], bool],
    months: Months | None = None,
) -> int:
    """Have all articles deleted that are older than so many days; the exit status, 1 where nobody agreed.

    Old is what was published and first seen before then: what was found late is kept as long as everything else.
    Where the store keeps months together, those that are empty afterwards are dropped; one that is empty already is
    dropped without a question, for no article is lost with it.

    Raises:
        InvalidInput: no number of days is given.
        DependencyUnavailable: the broker or the store is away; it may be repeated.
    """
    if days is None:
        raise InvalidInput("how old? say --days N, or set NEWSWEIR_RETENTION_DAYS")
    before = from_ms(retiring.clock.now_ms()) - timedelta(days=days)
    found = len([1 async for _ in _older(reader, before)])
    say(f"{found} articles were published and first seen before {before:%Y-%m-%d %H:%M} UTC")
    if old := [one for one in await months.before(before) if one.is_old] if months else []:
        say(f"all that is in {', '.join(one.month for one in old)} is older: dropped as a whole once it is empty")
    if dry_run or not (found or old):
        say("nothing was changed")
        return 0
    if found and not agreed(f"Delete {found} articles with their revisions?"):
        say("nothing was changed")
        return 1
    if found:
        await _delete(found, before, retiring, reader)
    if months and old:
        await _drop(months, before, {one.month for one in old}, retiring.clock)
    return 0


async def _delete(found: int, before: datetime, retiring: Retiring, reader: ArticleReader) -> None:
    done = 0
    with broken_off(lambda: f"{done} of {found} articles are deleted once indexing comes to them", "prune again"):
        async for stored in _older(reader, before):
            done += await retiring.retire(stored, delete=True)
            if done % _SAY_EVERY == 0:
                say(f"{done} of {found}")
    say(f"{done} articles are deleted once indexing comes to them")


async def _drop(months: Months, before: datetime, old: set[str], clock: Clock) -> None:
    """Drop old months as indexing empties them; what takes it longer is left to the next time."""
    until_s = clock.monotonic_s() + _EMPTYING_S
    dropped: set[str] = set()
    while True:
        dropped |= set(await months.drop_empty(before))
        if not old - dropped or clock.monotonic_s() >= until_s:
            break
        await clock.sleep(_LOOK_AGAIN_S)
    if dropped:
        say(f"{', '.join(sorted(dropped))} is dropped")
    if left := sorted(old - dropped):
        say(f"{', '.join(left)} is not empty yet: the next newsweir prune drops it")


async def _older(reader: ArticleReader, before: datetime) -> AsyncIterator[StoredArticle]:
    async for stored in reader.scan(ArticleQuery(published_to=before, hidden=True)):
        if stored.article.first_seen_at < before:
            yield stored
