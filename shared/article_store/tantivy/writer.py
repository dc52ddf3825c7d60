"""The one writer of the index: versioned puts, acknowledged after the commit, and the rebuild for a new schema."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, TypeVar

import tantivy

from shared.article_store.document import StoredArticle
from shared.article_store.protocol import PutOutcome
from shared.article_store.tantivy import folder as folders
from shared.article_store.tantivy.folder import IndexName
from shared.article_store.tantivy.queries import any_of
from shared.article_store.tantivy.schema import (
    article_id_of,
    fingerprint,
    held_of,
    prepare,
    schema,
    source_of,
    to_document,
)
from shared.article_store.versions import Held, decide
from shared.errors import DependencyUnavailable

# One thread writes a segment per commit; a second one would double their number, for merging to undo.
_WRITER_THREADS = 1
_WRITER_HEAP_BYTES = 64_000_000
_REBUILD_BATCH = 1_000

T = TypeVar("T")


class TantivyArticleWriter:
    """An ArticleWriter; Tantivy's calls run one after the other in a thread of its own."""

    def __init__(self, folder: Path, lock: IO[bytes], thread: ThreadPoolExecutor, index: tantivy.Index) -> None:
        self._folder = folder
        self._lock = lock
        self._thread = thread
        self._index = index
        self._writer: tantivy.IndexWriter | None = None

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
        return await self._run(lambda: self._put(articles))

    async def check(self) -> None:
        """The lock was taken at the start and is kept: only the disk can refuse, and `put` says so."""

    async def close(self) -> None:
        await self._run(self._close)
        self._thread.shutdown()

    async def _run(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _put(self, articles: Sequence[StoredArticle]) -> list[PutOutcome]:
        try:
            if self._writer is None:
                self._writer = _open_writer(self._index)
            outcomes = self._write(self._writer, articles)
            self._index.reload()
        except (ValueError, OSError) as error:
            # Tantivy's writer is dead after most errors: the next put opens another, from the last commit.
            self._writer = None
            raise DependencyUnavailable(f"cannot write the index in {self._folder}: {error}") from error
        return outcomes

    def _write(self, writer: tantivy.IndexWriter, articles: Sequence[StoredArticle]) -> list[PutOutcome]:
        writes = decide(self._held({article.article_id for article in articles}), articles)
        for write in writes:
            if write.result != "stale":
                writer.delete_documents_by_term("article_id", write.stored.article_id)
                writer.add_document(to_document(write.stored, write.held))
        writer.commit()
        return [PutOutcome(write.stored.article_id, write.result) for write in writes]

    def _held(self, article_ids: set[str]) -> dict[str, Held]:
        if not article_ids:
            return {}
        searcher = self._index.searcher()
        found = searcher.search(any_of(self._index.schema, list(article_ids)), limit=len(article_ids), count=False)
        documents = (searcher.doc(address) for _, address in found.hits)
        return {article_id_of(document): held_of(document) for document in documents}

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.wait_merging_threads()
        self._lock.close()


def _open(folder: Path, thread: ThreadPoolExecutor) -> TantivyArticleWriter:
    lock = folders.lock(folder)
    try:
        return TantivyArticleWriter(folder, lock, thread, _current_index(folder))
    except (ValueError, OSError) as error:
        lock.close()
        raise DependencyUnavailable(
            f"cannot open the index in {folder}: {error}; restore the folder from a backup, or remove it and reprocess"
        ) from error
    except BaseException:
        lock.close()
        raise


def _current_index(folder: Path) -> tantivy.Index:
    name = folders.current(folder)
    folders.remove_others(folder, name)
    if name is not None and name.fingerprint == fingerprint():
        return prepare(tantivy.Index.open(str(folder / str(name))))
    sources = () if name is None else _sources(folder / str(name))
    return _build(folder, IndexName(1 if name is None else name.number + 1, fingerprint()), sources)


def _sources(path: Path) -> Iterable[StoredArticle]:
    """Every article of an index, whatever its schema: only the source is asked for."""
    searcher = tantivy.Index.open(str(path)).searcher()
    addresses = searcher.search(tantivy.Query.all_query(), limit=max(searcher.num_docs, 1), count=False).hits
    return (source_of(searcher.doc(address)) for _, address in addresses)


def _build(folder: Path, name: IndexName, articles: Iterable[StoredArticle]) -> tantivy.Index:
    path = folder / str(name)
    path.mkdir()
    index = prepare(tantivy.Index(schema(), str(path)))
    writer = _open_writer(index)
    for number, article in enumerate(articles, start=1):
        writer.add_document(to_document(article, Held.of(article)))
        if number % _REBUILD_BATCH == 0:
            writer.commit()
    writer.commit()
    writer.wait_merging_threads()
    folders.switch(folder, name)
    index.reload()
    return index


def _open_writer(index: tantivy.Index) -> tantivy.IndexWriter:
    return index.writer(_WRITER_HEAP_BYTES, _WRITER_THREADS)
