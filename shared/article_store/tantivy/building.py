"""Opens the index that CURRENT names for writing, or rebuilds it for this code's schema from what it keeps."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import tantivy

from shared.article_store.document import StoredArticle
from shared.article_store.tantivy import folder as folders
from shared.article_store.tantivy import past as past_index
from shared.article_store.tantivy.folder import IndexName
from shared.article_store.tantivy.schema import fingerprint, prepare, schema, source_of, to_document

# One thread writes a segment per commit; a second one would double their number, for merging to undo.
_WRITER_THREADS = 1
_WRITER_HEAP_BYTES = 64_000_000
_REBUILD_BATCH = 1_000


@dataclass(frozen=True)
class Indexes:
    """What one folder holds: the articles, and their past."""

    articles: tantivy.Index
    past: tantivy.Index


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
    path = folder / str(name)
    return Indexes(prepare(tantivy.Index.open(str(path))), past_index.opened(path))


def open_article_writer(index: tantivy.Index) -> tantivy.IndexWriter:
    """The writer of an articles' index; there is one at a time."""
    return index.writer(_WRITER_HEAP_BYTES, _WRITER_THREADS)


def _build(folder: Path, name: IndexName, older: Path | None) -> Indexes:
    path = folder / str(name)
    path.mkdir()
    index, past = prepare(tantivy.Index(schema(), str(path))), past_index.create(path)
    writer = open_article_writer(index)
    if older is not None:
        past_index.copy(older, past)
        _copy(older, writer)
    writer.commit()
    writer.wait_merging_threads()
    folders.switch(folder, name)
    index.reload()
    return Indexes(index, past)


def _copy(older: Path, writer: tantivy.IndexWriter) -> None:
    for number, article in enumerate(_sources(older), start=1):
        writer.add_document(to_document(article))
        if number % _REBUILD_BATCH == 0:
            writer.commit()


def _sources(path: Path) -> Iterable[StoredArticle]:
    """Every article of an index, whatever its schema: only the source is asked for."""
    searcher = tantivy.Index.open(str(path)).searcher()
    addresses = searcher.search(tantivy.Query.all_query(), limit=max(searcher.num_docs, 1), count=False).hits
    return (source_of(searcher.doc(address)) for _, address in addresses)
