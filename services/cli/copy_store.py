"""`newsweir reindex --to URL`: the embedded store copied to an Elasticsearch, with its past, facts and stories."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from services.cli.output import say
from shared.article_store.document import StoredArticle, StoredRevision
from shared.article_store.fact_query import FactQuery
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.protocol import ArticleReader, ArticleWriter
from shared.article_store.query import ArticleQuery
from shared.article_store.stories import EVERY_STORY, StoredStory
from shared.clock import Clock
from shared.errors import InvalidInput
from shared.events.articles import ArticleWithdrawn, first_version
from shared.settings import StoreSettings

_BATCH = 100
_SAY_EVERY_S = 5.0
# Longer than either store takes to show what was put.
_SETTLE_S = 2.0
_EVERYTHING = ArticleQuery(hidden=True, size=0)


class Position(BaseModel):
    """How far a copy came: everything published after this moment is there; the target by its digest."""

    target: str
    published_at: AwareDatetime


@dataclass(frozen=True)
class Counts:
    """What a store holds, hidden articles included."""

    articles: int
    facts: int
    stories: int

    def __str__(self) -> str:
        return f"{self.articles} articles, {self.facts} facts, {self.stories} stories"


@dataclass(frozen=True)
class Copy:
    """A copy from one store to another; may be broken off anywhere, and goes on where it was.

    Attributes:
        note: the file that says how far it came.
        target: names where it goes, in the note.
    """

    reader: ArticleReader
    writer: ArticleWriter
    note: Path
    target: str
    clock: Clock

    async def run(self) -> None:
        """Withdrawals first, so that nothing deleted is put; then stories, then articles with their revisions.

        Raises:
            DependencyUnavailable: a store is away; the copy goes on where it was when it is started again.
        """
        await self._copy_withdrawals()
        await self._copy_stories()
        done, said_s = 0, self.clock.monotonic_s()
        async for batch in self._batches():
            states = [state for stored in batch for state in await self._states(stored)]
            for outcome in await self.writer.put(states):
                if outcome.failure is not None:
                    raise outcome.failure
            done += len(batch)
            self._write(batch[-1].article.published.at)
            if self.clock.monotonic_s() - said_s >= _SAY_EVERY_S:
                said_s = self.clock.monotonic_s()
                say(f"{done} articles copied")
        self.note.unlink(missing_ok=True)

    async def _copy_withdrawals(self) -> None:
        batch: list[ArticleWithdrawn] = []
        async for event in self.reader.withdrawals():
            batch.append(event)
            if len(batch) == _BATCH:
                await self.writer.withdraw(batch)
                batch = []
        await self.writer.withdraw(batch)

    async def _copy_stories(self) -> None:
        query = EVERY_STORY
        while True:
            page = await self.reader.stories(query)
            await self._put_stories(page.stories)
            if page.next is None:
                return
            query = replace(query, cursor=page.next)

    async def _put_stories(self, stories: Sequence[StoredStory]) -> None:
        if stories:
            await self.writer.change_stories(stories)

    async def _batches(self) -> AsyncIterator[list[StoredArticle]]:
        since = self._read()
        batch: list[StoredArticle] = []
        # The bound does not count itself: what shares the moment is put again, which changes nothing.
        query = replace(_EVERYTHING, published_to=since + timedelta(milliseconds=1) if since else None)
        async for stored in self.reader.scan(query):
            batch.append(stored)
            if len(batch) == _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    async def _states(self, stored: StoredArticle) -> list[StoredArticle]:
        """What an article said before, as far as that is kept, and what it says now; each makes its revision again."""
        if stored.standing.revisions == 1:
            return [stored]
        past = await self.reader.revisions(stored.article_id)
        return [*(_as_it_was(stored, r) for r in past if r.revision < stored.article.revision), stored]

    def _read(self) -> datetime | None:
        try:
            position = Position.model_validate_json(self.note.read_bytes())
        except (OSError, ValidationError):
            return None
        return position.published_at if position.target == self.target else None

    def _write(self, published_at: datetime) -> None:
        draft = self.note.with_suffix(".new")
        draft.write_text(Position(target=self.target, published_at=published_at).model_dump_json(), encoding="utf-8")
        draft.replace(self.note)


async def counts(reader: ArticleReader) -> Counts:
    """What a store holds."""
    return Counts(
        (await reader.search(_EVERYTHING)).total.value,
        (await reader.facts(FactQuery(hidden=True, size=0))).total.value,
        (await reader.stories(replace(EVERY_STORY, size=0))).total.value,
    )


async def _said(here: ArticleReader, there: ArticleReader) -> tuple[Counts, Counts]:
    """What both hold, said."""
    own, copied = await counts(here), await counts(there)
    say(f"here: {own}")
    say(f"there: {copied}")
    return own, copied


async def copy_store(settings: StoreSettings, url: str, clock: Clock, *, dry_run: bool) -> int:
    """Copy the embedded store of the data folder to the Elasticsearch at `url`, and compare; the exit status, 1 where
    they differ.

    Args:
        dry_run: only say what either holds.

    Raises:
        InvalidInput: there is no embedded store.
        DependencyUnavailable, ConfigurationError: Elasticsearch is away, or its URL cannot be used.
    """
    source, target = (settings.model_copy(update={"elasticsearch_url": at}) for at in (None, url))
    if not (settings.data_dir / "articles" / "CURRENT").exists():
        raise InvalidInput(f"{settings.data_dir} holds no embedded store: set NEWSWEIR_DATA_DIR")
    reader, there = await open_reader(source, clock), await open_reader(target, clock)
    try:
        own, copied = await _said(reader, there)
        if dry_run:
            say("nothing was copied; what is there already stays, and what is newer here takes its place")
            return 0
        note = settings.data_dir / "reindex-to.json"
        digest = sha256(f"{url} {settings.index_prefix}".encode()).hexdigest()
        writer = await open_writer(target, clock)
        try:
            await Copy(reader, writer, note, digest, clock).run()
        finally:
            await writer.close()
        await clock.sleep(_SETTLE_S)
        say("copied:")
        own, copied = await _said(reader, there)
    finally:
        await there.close()
        await reader.close()
    if own != copied:
        say("they differ: what was fetched meanwhile, or was there before; stop the run and copy again")
        return 1
    say("set ELASTICSEARCH_URL for all services, and start them again")
    return 0


def _as_it_was(stored: StoredArticle, revision: StoredRevision) -> StoredArticle:
    said = revision.model_dump(include=set(StoredRevision.model_fields) - {"article_id"})
    article = stored.article.model_copy(update={name: getattr(revision, name) for name in said})
    return stored.model_copy(update={"article": article, "version": first_version(revision.revision)})
