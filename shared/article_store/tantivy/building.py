"""Opens the index that CURRENT names for writing, or rebuilds it for this code's schema from what it keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import tantivy

from shared.article_store.document import StoredArticle
from shared.article_store.tantivy import facts as fact_index
from shared.article_store.tantivy import folder as folders
from shared.article_store.tantivy import past as past_index
from shared.article_store.tantivy import stories as story_index
from shared.article_store.tantivy.analysis import prepare
from shared.article_store.tantivy.folder import IndexName
from shared.article_store.tantivy.schema import fingerprint, schema, to_document
from shared.article_store.tantivy.source import source_of
from shared.article_store.tantivy.tiers import TieredWriter
from shared.article_store.tantivy.vector_keeping import VECTORS_FOLDER, KeptVectors

_WRITER_HEAP_BYTES = 64_000_000
_REBUILD_BATCH = 1_000
# An index that stays open grows by 1.3 KB with each commit, seen or made, and gives it back when it is closed. So who
# keeps indexes open opens them anew after so many.
COMMITS_UNTIL_OPENED_ANEW = 500


@dataclass(frozen=True)
class Indexes:
    """What one folder holds: the articles, their past, their facts, and the stories."""

    articles: tantivy.Index
    past: tantivy.Index
    facts: tantivy.Index
    stories: tantivy.Index
    folder: Path | None = None

    @property
    def vectors_folder(self) -> Path | None:
        """Where the vectors of the articles are; None where all is in memory."""
        return self.folder / VECTORS_FOLDER if self.folder else None

    @property
    def each(self) -> tuple[tantivy.Index, ...]:
        return (self.articles, self.past, self.facts, self.stories)


def current(folder: Path) -> Indexes:
    """The indexes in use, after the rebuild if the schema is another's; the caller holds the folder's lock.

    Raises:
        ValueError: an index cannot be read.
        OSError: the disk refuses.
        DependencyUnavailable: CURRENT does not name an index.
    """
    name = folders.current(folder)
    folders.remove_others(folder, name)
    if name is None:
        return _build(folder, IndexName(1, fingerprint()), None)
    if name.fingerprint != fingerprint():
        return _build(folder, IndexName(name.number + 1, fingerprint()), folder / str(name))
    return opened(folder / str(name))


def opened(path: Path) -> Indexes:
    """The indexes in a folder of this code's schema.

    Raises:
        ValueError: one of them cannot be read.
    """
    articles = prepare(tantivy.Index.open(str(path)))
    others = past_index.opened(path), fact_index.opened(path), story_index.opened(path)
    return Indexes(articles, *others, folder=path)


def empty() -> Indexes:
    """Indexes that hold nothing, in memory."""
    return Indexes(prepare(tantivy.Index(schema())), past_index.empty(), fact_index.empty(), story_index.empty())


def open_article_writer(folder: Path) -> TieredWriter:
    """The writer of the articles' index in a folder; there is one at a time."""
    return TieredWriter(folder, prepare, _WRITER_HEAP_BYTES)


def _build(folder: Path, name: IndexName, older: Path | None) -> Indexes:
    path = folder / str(name)
    path.mkdir()
    articles = prepare(tantivy.Index(schema(), str(path)))
    others = past_index.create(path), fact_index.create(path), story_index.create(path)
    built = Indexes(articles, *others, folder=path)
    if older is not None:
        past_index.copy(older, path)
        story_index.copy(older, path)
        _fill(path, _sources(older))
    for index in built.each:
        index.reload()
    folders.switch(folder, name)
    return built


def _fill(folder: Path, sources: Iterable[StoredArticle]) -> None:
    writers = open_article_writer(folder), fact_index.open_writer(folder)
    articles, facts = writers
    vectors = KeptVectors(folder / VECTORS_FOLDER)
    for number, article in enumerate(sources, start=1):
        articles.add_document(to_document(article))
        fact_index.add(facts, article)
        vectors.add(article)
        if number % _REBUILD_BATCH == 0:
            articles.commit()
            facts.commit()
            vectors.commit()
    vectors.commit()
    for writer in writers:
        writer.commit()
        writer.close()


def _sources(path: Path) -> Iterable[StoredArticle]:
    """Every article of an index, whatever its schema: only the source is asked for."""
    searcher = tantivy.Index.open(str(path)).searcher()
    addresses = searcher.search(tantivy.Query.all_query(), limit=max(searcher.num_docs, 1), count=False).hits
    return (source_of(searcher.doc(address)) for _, address in addresses)
