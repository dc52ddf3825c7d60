"""`newsweir forget`: one article out of everything that holds it, for good; what it was found in is said."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.cli.output import say
from services.cli.remembered import Memories, Remembered
from services.cli.traces import Broker, Traces
from services.crawler.archive import read_archive
from shared.article_store.document import StoredArticle
from shared.article_store.fact_query import FactQuery
from shared.article_store.protocol import ArticleReader
from shared.bus.envelope import encode
from shared.clock import Clock, from_ms
from shared.errors import InvalidInput
from shared.events.articles import ArticleWithdrawn
from shared.redis_client import RedisConnection
from shared.registry import FOREVER
from shared.topology import ARTICLES_WITHDRAWN
from shared.urls import article_id, canonicalize

_ARTICLE_ID = re.compile(r"[0-9a-f]{64}")
_MOST_PAGE_BYTES = 100_000_000
# Indexing commits within a second; one that has much to do takes longer, and the event waits for it in its stream.
_WAIT_S = 15.0
_LOOK_EVERY_S = 0.2
# A worker may have had an entry in hand; it settles within that time, or its entry comes to another one.
_SWEEP_AGAIN_S = 1.0


@dataclass(frozen=True)
class Holdings:
    """What is held of an article, before it is forgotten.

    Attributes:
        archived: WARC files, each with the times of the records in it; they are named, not changed.
    """

    stored: StoredArticle | None
    revisions: int
    facts: int
    traces: Traces
    remembered: Remembered
    archived: Sequence[str]

    def write(self) -> None:
        """Say it."""
        say(
            f"store: {self.stored.article.title!r}, {self.revisions} revisions, {self.facts} facts"
            + (f", in story {self.stored.story_id}" if self.stored.story_id else "")
            if self.stored
            else "store: not there"
        )
        say(f"broker: {self.traces}")
        say(f"remembered: {self.remembered}")
        for record in self.archived:
            say(f"archive: {record} (files are not changed: delete or rewrite it)")


@dataclass(frozen=True)
class Forgotten:
    """What came of it.

    Attributes:
        cleared: from streams, retry sets and dead letters.
        gone: the store is rid of it already.
        left_story: enrichment is.
    """

    cleared: Traces
    gone: bool
    left_story: bool


@dataclass(frozen=True)
class Forgetting:
    """Forgets articles.

    Attributes:
        archive: folder of WARC files; None where no pages are kept.
    """

    connection: RedisConnection
    reader: ArticleReader
    clock: Clock
    archive: Path | None

    async def look(self, forgotten_id: str, urls: Collection[str] = ()) -> Holdings:
        """What is held of the article, which these URLs are known to lead to; nothing is changed."""
        stored = await self.reader.get(forgotten_id)
        facts = await self.reader.facts(FactQuery(articles=(forgotten_id,), size=0, hidden=True))
        known_urls = {*urls, *_urls_of(stored)}
        return Holdings(
            stored=stored,
            revisions=len(await self.reader.revisions(forgotten_id)),
            facts=facts.total.value,
            traces=await Broker(self.connection).find(forgotten_id),
            remembered=await Memories(self.connection, self.clock).find(forgotten_id, known_urls),
            archived=tuple(archived(self.archive, forgotten_id, known_urls)),
        )

    async def forget(self, forgotten_id: str, urls: Collection[str] = ()) -> Forgotten:
        """Suppress the article, have it deleted, and clear the broker.

        Killed at any point it may be repeated: suppressed first, nothing of it is handed over from then on.
        """
        broker, memories = Broker(self.connection), Memories(self.connection, self.clock)
        known_urls = {*urls, *_urls_of(await self.reader.get(forgotten_id))}
        known = await broker.find(forgotten_id)
        await broker.suppress(forgotten_id, self.clock.now_ms())
        cleared = await broker.remove(forgotten_id)
        await self._withdraw(forgotten_id)
        await memories.remove(forgotten_id, known_urls)
        gone = await self._wait_until_gone(forgotten_id)
        await self.clock.sleep(_SWEEP_AGAIN_S)
        cleared += await broker.remove(forgotten_id)
        await memories.remove(forgotten_id, known_urls)
        left_story = await memories.leave_story(forgotten_id)
        cleared += Traces(entries=await memories.remove_superseded(forgotten_id))
        return Forgotten(Traces(cleared.entries, cleared.retries, cleared.letters, known.registered), gone, left_story)

    async def _withdraw(self, forgotten_id: str) -> None:
        event = ArticleWithdrawn(
            article_id=forgotten_id,
            revision=FOREVER,
            reason="forgotten",
            hard=True,
            withdrawn_at=from_ms(self.clock.now_ms()),
        )
        await self.connection.client.xadd(self.connection.key(ARTICLES_WITHDRAWN.name), encode(event))

    async def _wait_until_gone(self, forgotten_id: str) -> bool:
        until_s = self.clock.monotonic_s() + _WAIT_S
        while await self.reader.get(forgotten_id) is not None:
            if self.clock.monotonic_s() >= until_s:
                return False
            await self.clock.sleep(_LOOK_EVERY_S)
        return True


def _urls_of(stored: StoredArticle | None) -> set[str]:
    if stored is None:
        return set()
    article = stored.article
    return {article.url, article.canonical_url, article.requested_url or article.url}


def named(text: str) -> str:
    """The article_id that a URL or an article_id means.

    Raises:
        InvalidInput: neither.
    """
    if _ARTICLE_ID.fullmatch(text):
        return text
    try:
        return article_id(canonicalize(text))
    except InvalidInput as error:
        raise InvalidInput(f"{error}: name the article by its URL, or by its id of 64 hexadecimal digits") from error


def archived(folder: Path | None, forgotten_id: str, urls: set[str]) -> Iterator[str]:
    """File and time of each record of an article in the WARC files of a folder; a damaged file is named as such."""
    for path in sorted(folder.glob("*.warc*")) if folder is not None and folder.is_dir() else ():
        try:
            for exchange in read_archive(path, max_body_bytes=_MOST_PAGE_BYTES):
                if _is_of(exchange.url, forgotten_id, urls) or _is_of(exchange.requested_url, forgotten_id, urls):
                    yield f"{path.name}, record of {exchange.fetched_at:%Y-%m-%d %H:%M:%S} UTC"
        except (InvalidInput, OSError) as error:
            yield f"{path.name} cannot be read whole: {error}"


def _is_of(url: str, forgotten_id: str, urls: set[str]) -> bool:
    try:
        return url in urls or article_id(canonicalize(url)) == forgotten_id
    except InvalidInput:
        return False


async def forget_command(
    text: str,
    forgetting: Forgetting,
    *,
    dry_run: bool,
    agreed: Callable[[str], bool],
) -> int:
    """Forget what a URL or an article_id means, and say what was found and removed; the exit status, 1 where nobody
    agreed or the store is not rid of it yet.

    Raises:
        InvalidInput: the text is neither.
        DependencyUnavailable: the broker or the store is away; it may be repeated.
    """
    forgotten_id = named(text)
    urls = () if text == forgotten_id else (canonicalize(text),)
    say(f"article {forgotten_id}")
    holdings = await forgetting.look(forgotten_id, urls)
    holdings.write()
    if dry_run:
        say("nothing was changed")
        return 0
    if not agreed("Forget it for good?"):
        say("nothing was changed")
        return 1
    forgotten = await forgetting.forget(forgotten_id, urls)
    say(f"removed from the broker: {forgotten.cleared.total} entries; suppressed: nothing brings it back")
    if not forgotten.left_story:
        say("enrichment still knows its story: the command to forget it waits until enrichment runs again")
    if forgotten.gone:
        say("the store is rid of it, its revisions, its facts, and its part in stories")
        return 0
    say("the store still holds it: indexing deletes it when it comes to the event; ask again with --dry-run")
    return 1
