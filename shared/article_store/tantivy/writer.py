"""The one writer of the index: versioned puts and withdrawals, acknowledged after the commit."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import IO, TypeVar

from shared.article_store.document import StoredArticle
from shared.article_store.past import Past, in_standing, noted, plans, withdraw_result
from shared.article_store.protocol import PutOutcome, StoryOutcome, WithdrawOutcome, deleted_by, story_outcomes
from shared.article_store.stories import (
    StoredStory,
    claims_of,
    is_newer,
    left_behind,
    marks,
    newest,
    touched_members,
    without,
)
from shared.article_store.tantivy import facts as fact_index
from shared.article_store.tantivy import folder as folders
from shared.article_store.tantivy import past as past_index
from shared.article_store.tantivy import stories as story_index
from shared.article_store.tantivy.building import COMMITS_UNTIL_OPENED_ANEW, Indexes, current, open_article_writer
from shared.article_store.tantivy.documents import Documents
from shared.article_store.tantivy.queries import any_of, outside_story
from shared.article_store.tantivy.schema import article_id_of
from shared.article_store.tantivy.source import source_of
from shared.article_store.tantivy.vector_keeping import KeptVectors
from shared.article_store.versions import decide
from shared.errors import DependencyUnavailable
from shared.events.articles import ArticleWithdrawn
from shared.events.stories import StoryChanged

T = TypeVar("T")


class TantivyArticleWriter:
    """An ArticleWriter; Tantivy's calls run one after the other in a thread of its own, whoever asks."""

    def __init__(self, folder: Path, lock: IO[bytes], thread: ThreadPoolExecutor, indexes: Indexes) -> None:
        self._folder = folder
        self._lock = lock
        self._thread = thread
        self._indexes = indexes
        self._writers: _Writers | None = None
        self._changes = 0

    @classmethod
    async def open(cls, folder: Path) -> "TantivyArticleWriter":
        """Take the folder, and bring its index to the schema of this code.

        Raises:
            ConfigurationError: the folder cannot be written.
            DependencyUnavailable: another process writes, or the index cannot be read.
        """
        thread = ThreadPoolExecutor(1, thread_name_prefix="article-writer")
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, _open, folder, thread)
        except BaseException:
            thread.shutdown(wait=False)
            raise

    async def put(self, articles: Sequence[StoredArticle]) -> list[PutOutcome]:
        return await self._run(lambda: self._change(lambda writers: writers.put(articles)))

    async def withdraw(self, events: Sequence[ArticleWithdrawn]) -> list[WithdrawOutcome]:
        return await self._run(lambda: self._change(lambda writers: writers.withdraw(events)))

    async def change_stories(self, events: Sequence[StoryChanged]) -> list[StoryOutcome]:
        return await self._run(lambda: self._change(lambda writers: writers.change_stories(events)))

    async def check(self) -> None:
        """The lock was taken at the start and is kept: only the disk can refuse, and `put` says so."""

    async def close(self) -> None:
        await self._run(self._close)
        self._thread.shutdown()

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _change(self, change: Callable[["_Writers"], T]) -> T:
        try:
            if self._changes >= COMMITS_UNTIL_OPENED_ANEW:
                self._open_anew()
            if self._writers is None:
                self._writers = _Writers(self._indexes)
            self._changes += 1
            return change(self._writers)
        except (ValueError, OSError) as error:
            # Tantivy's writer is dead after most errors: the next put opens another, from the last commit.
            self._writers = None
            raise DependencyUnavailable(f"cannot write the index in {self._folder}: {error}") from error

    def _open_anew(self) -> None:
        """Let go of the indexes, and of what they have gathered; merges that are under way end first."""
        writers, self._writers = self._writers, None
        if writers is not None:
            writers.close()
        self._indexes, self._changes = current(self._folder), 0

    def _close(self) -> None:
        if self._writers is not None:
            self._writers.close()
        self._lock.close()


class _Writers:
    """Writes all indexes: the articles last, so that none is committed whose revision or facts are not."""

    def __init__(self, indexes: Indexes) -> None:
        self._indexes = indexes
        assert indexes.folder is not None, "nobody writes what lies in memory"
        self._articles = open_article_writer(indexes.folder)
        self._past = past_index.open_writer(indexes.folder)
        self._facts = fact_index.open_writer(indexes.folder)
        self._stories = story_index.open_writer(indexes.folder)
        self._vectors = KeptVectors(indexes.vectors_folder)
        self._documents = Documents()

    def put(self, articles: Sequence[StoredArticle]) -> list[PutOutcome]:
        present, pasts = self._known([article.article_id for article in articles], articles)
        planned = plans(pasts, present, articles)
        if past_index.write_revisions(self._past, planned):
            self._past.commit()
            self._indexes.past.reload()
        after = {article_id: of_one.past for article_id, of_one in planned.items()}
        writes = decide(present, after, articles)
        self._replace(present, after, {w.stored.article_id: w.stored for w in writes if w.result != "stale"})
        return [PutOutcome(write.stored.article_id, write.result) for write in writes]

    def withdraw(self, events: Sequence[ArticleWithdrawn]) -> list[WithdrawOutcome]:
        present, pasts = self._known([event.article_id for event in events])
        outcomes, after = [], {event.article_id: pasts.get(event.article_id, Past()) for event in events}
        for event in events:
            past = after[event.article_id]
            outcomes.append(
                WithdrawOutcome(event.article_id, withdraw_result(past, present.get(event.article_id), event))
            )
            after[event.article_id] = noted(past, event)
        planned = plans(after, present)
        for article_id, past in after.items():
            past_index.write_withdrawals(self._past, article_id, past)
        past_index.write_revisions(self._past, planned)
        self._past.commit()
        self._indexes.past.reload()
        deleted = deleted_by(events, outcomes)
        told = self._stories_about(deleted)
        without_them = [without(story, deleted) for story in told]
        self._keep(without_them)
        members, theirs = self._known(sorted(left_behind(told, without_them)))
        own = {article_id: of_one.past for article_id, of_one in planned.items()}
        self._replace({**present, **members}, {**own, **theirs}, {})
        return outcomes

    def change_stories(self, events: Sequence[StoryChanged]) -> list[StoryOutcome]:
        said = newest(events)
        known = story_index.read(self._indexes.stories.searcher(), said)
        named = {article_id for story in said.values() for article_id in story.named_ids}
        gone = self._gone(named)
        kept = {i: without(story, gone) for i, story in said.items() if is_newer(story, known.get(i))}
        self._keep(kept.values())
        touched = {a for i, story in said.items() for a in touched_members(known.get(i), kept.get(i, story))}
        touched |= {a for story in said.values() for a in self._elsewhere(story)}
        outlines = self._documents.outlines(touched)
        present, pasts = self._known(sorted(touched), outlines=outlines)
        self._replace(present, pasts, {}, outlines.keys())
        return story_outcomes(events, known)

    def close(self) -> None:
        for writer in (self._articles, self._past, self._facts, self._stories):
            writer.close()

    def _known(
        self,
        article_ids: Sequence[str],
        batch: Sequence[StoredArticle] = (),
        outlines: Mapping[str, StoredArticle] = MappingProxyType({}),
    ) -> tuple[dict[str, StoredArticle], dict[str, Past]]:
        """What is there of these articles, their outlines if they are given, and their past; with a batch, also what
        stories say of that."""
        distinct = sorted(set(article_ids))
        if not distinct:
            return {}, {}
        present = {**outlines, **self._sources(set(distinct) - outlines.keys())}
        claims = claims_of(distinct, (*present.values(), *batch))
        said = marks(self._stories_about(distinct, set().union(*claims.values())), claims)
        pasts = past_index.read(self._indexes.past.searcher(), distinct)
        return present, {i: replace(pasts.get(i, Past()), stories=said[i]) for i in distinct}

    def _sources(self, article_ids: Collection[str]) -> dict[str, StoredArticle]:
        """What is there of these articles."""
        if not article_ids:
            return {}
        searcher = self._indexes.articles.searcher()
        wanted = any_of(self._indexes.articles.schema, sorted(article_ids))
        found = searcher.search(wanted, limit=len(article_ids), count=False)
        stored = (source_of(searcher.doc(address)) for _, address in found.hits)
        return {article.article_id: article for article in stored}

    def _gone(self, article_ids: Collection[str]) -> set[str]:
        """Those of these articles that were deleted and did not come back."""
        erased = past_index.erased(self._indexes.past.searcher(), article_ids)
        present, _ = self._known(sorted(erased))
        back = {i for i, stored in present.items() if stored.article.revision > erased[i]}
        return erased.keys() - back

    def _elsewhere(self, story: StoredStory) -> list[str]:
        """The members of a story whose articles are in another one: a newer version may claim them back."""
        members = {member.article_id for member in story.members}
        remembered = self._documents.outlines(members)
        known = [article_id for article_id, outline in remembered.items() if outline.story_id != story.story_id]
        return known + self._found_elsewhere(sorted(members - remembered.keys()), story.story_id)

    def _found_elsewhere(self, article_ids: Sequence[str], story_id: str) -> list[str]:
        if not article_ids:
            return []
        searcher = self._indexes.articles.searcher()
        others = outside_story(self._indexes.articles.schema, article_ids, story_id)
        found = searcher.search(others, limit=len(article_ids) + 1, count=False)
        return [article_id_of(searcher.doc(address)) for _, address in found.hits]

    def _stories_about(self, article_ids: Collection[str], story_ids: Collection[str] = ()) -> list[StoredStory]:
        return story_index.about(self._indexes.stories.searcher(), article_ids, story_ids)

    def _keep(self, stories: Iterable[StoredStory]) -> None:
        if story_index.write(self._stories, stories):
            self._stories.commit()
            self._indexes.stories.reload()

    def _replace(
        self,
        present: Mapping[str, StoredArticle],
        pasts: Mapping[str, Past],
        put: Mapping[str, StoredArticle],
        outlined: Collection[str] = (),
    ) -> None:
        """Commit what the articles are now: what was put, or what was there, in the standing of their past.

        Args:
            outlined: those present of which only the outline is given.
        """
        changed: dict[str, StoredArticle | None] = {}
        for article_id, stored in {**present, **put}.items():
            own = _own(stored, pasts.get(article_id, Past()))
            if own is None or own != present.get(article_id):
                changed[article_id] = own
        if not changed:
            # A commit without a change still costs what one of some articles does. Most new stories are of one article.
            return
        anew = {i for i, own in changed.items() if i in put or _says_anew(own, present.get(i))}
        whole = self._sources(anew.intersection(outlined))
        changed |= {i: _own(stored, pasts.get(i, Past())) for i, stored in whole.items()}
        before = {**present, **whole}
        in_story_alone = set(outlined) - anew
        self._replace_facts({i: changed[i] for i in anew})
        for article_id in changed.keys() - in_story_alone:
            self._vectors.change(article_id, before.get(article_id), changed[article_id])
        self._vectors.commit()
        self._replace_articles(changed, in_story_alone)

    def _replace_articles(self, changed: Mapping[str, StoredArticle | None], outlined: Collection[str]) -> None:
        for article_id, own in changed.items():
            self._articles.delete_documents_by_term("article_id", article_id)
            if own is None:
                self._documents.forget(article_id)
            elif article_id in outlined:
                self._articles.add_document(self._documents.of_outline(own))
            else:
                self._articles.add_document(self._documents.of_whole(own))
        self._articles.commit()
        self._indexes.articles.reload()

    def _replace_facts(self, changed: Mapping[str, StoredArticle | None]) -> None:
        if fact_index.replace(self._facts, self._indexes.facts.searcher(), changed):
            self._facts.commit()
            self._indexes.facts.reload()


def _own(stored: StoredArticle, past: Past) -> StoredArticle | None:
    """The article in the standing of its past; None where that forbids it."""
    return None if past.forbids(stored.article.revision) else in_standing(stored, past)


def _says_anew(own: StoredArticle | None, before: StoredArticle | None) -> bool:
    """Whether more changed with an article's standing than the story it is in; mostly that story's size did."""
    if own is None or before is None:
        return True
    return (own.hidden, own.edited, own.copy_of is None) != (before.hidden, before.edited, before.copy_of is None)


def _open(folder: Path, thread: ThreadPoolExecutor) -> TantivyArticleWriter:
    lock = folders.lock(folder)
    try:
        return TantivyArticleWriter(folder, lock, thread, current(folder))
    except (ValueError, OSError) as error:
        lock.close()
        raise DependencyUnavailable(
            f"cannot open the index in {folder}: {error}; restore the folder from a backup (`newsweir restore`)"
        ) from error
    except BaseException:
        lock.close()
        raise
