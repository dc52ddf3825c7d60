"""The index of revisions and withdrawals, in a folder of its own inside the folder of the articles' index.

It is apart because its documents must not weigh in the statistics of relevance, and inside because CURRENT then
switches both at once. It is committed before the articles are.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import tantivy

from shared.article_store.document import RevisionMark, StoredRevision
from shared.article_store.past import MAX_REVISIONS, Past, RevisionPlan, kept
from shared.article_store.tantivy.tiers import TieredWriter
from shared.events.articles import ArticleWithdrawn

FOLDER = "revisions"
_REVISION, _WITHDRAWN, _ERASED = "revision", "withdrawn", "erased"
# The least that Tantivy takes: nothing is analysed here.
_HEAP_BYTES = 15_000_000
# Of one article there are its revisions and two withdrawals.
_MOST_DOCUMENTS = MAX_REVISIONS + 2


def schema() -> tantivy.Schema:
    """A document has a key, the article it belongs to, what kind it is, and its JSON."""
    builder = tantivy.SchemaBuilder()
    for name in ("key", "article_id", "kind"):
        builder.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field("json", stored=True)
    return builder.build()


def empty() -> tantivy.Index:
    """An index that holds nothing, in memory."""
    return tantivy.Index(schema())


def create(folder: Path) -> tantivy.Index:
    """A new index inside the folder of an articles' index."""
    path = folder / FOLDER
    path.mkdir()
    return tantivy.Index(schema(), str(path))


def opened(folder: Path) -> tantivy.Index:
    """The index inside the folder of an articles' index.

    Raises:
        ValueError: it is not there or cannot be read.
    """
    return tantivy.Index.open(str(folder / FOLDER))


def open_writer(folder: Path) -> TieredWriter:
    """The writer of the index inside the folder of an articles' index; there is one at a time."""
    return TieredWriter(folder / FOLDER, lambda index: index, _HEAP_BYTES)


def copy(older: Path, newer: Path) -> None:
    """Write what the index inside an older folder holds into that of a newer one; older programs may have kept none."""
    if not (older / FOLDER).is_dir():
        return
    writer = open_writer(newer)
    searcher = opened(older).searcher()
    every = searcher.search(tantivy.Query.all_query(), limit=max(searcher.num_docs, 1), count=False)
    for _, address in every.hits:
        document = searcher.doc(address)
        key, article_id, kind = (_text(document, name) for name in ("key", "article_id", "kind"))
        writer.add_document(_document(key, article_id, kind, _json(document)))
    writer.commit()
    writer.close()


def revisions(searcher: tantivy.Searcher, article_id: str) -> tuple[StoredRevision, ...]:
    """The revisions of an article that are kept, oldest first."""
    found = _documents(searcher, [article_id])
    return kept(StoredRevision.model_validate_json(_json(d)) for d in found if _text(d, "kind") == _REVISION)


def read(searcher: tantivy.Searcher, article_ids: Sequence[str]) -> dict[str, Past]:
    """The past of each article that has one."""
    by_article: dict[str, list[tantivy.Document]] = {}
    for document in _documents(searcher, article_ids):
        by_article.setdefault(_text(document, "article_id"), []).append(document)
    return {article_id: _past(documents) for article_id, documents in by_article.items()}


def erased(searcher: tantivy.Searcher, article_ids: Collection[str]) -> dict[str, int]:
    """The revision up to which each of these articles was deleted; of one that never was, nothing."""
    if not article_ids:
        return {}
    wanted = tantivy.Query.term_set_query(schema(), "key", [_key(i, _ERASED) for i in article_ids])
    hits = searcher.search(wanted, limit=len(article_ids), count=False).hits
    events = (ArticleWithdrawn.model_validate_json(_json(searcher.doc(address))) for _, address in hits)
    return {event.article_id: event.revision for event in events}


def withdrawals(searcher: tantivy.Searcher) -> list[ArticleWithdrawn]:
    """All withdrawals that are remembered."""
    wanted = tantivy.Query.term_set_query(schema(), "kind", [_WITHDRAWN, _ERASED])
    number = searcher.search(wanted, limit=1, count=True).count  # type: ignore[attr-defined]  # its stub forgets it
    hits = searcher.search(wanted, limit=max(number, 1), count=False).hits
    return [ArticleWithdrawn.model_validate_json(_json(searcher.doc(address))) for _, address in hits]


def write_revisions(writer: TieredWriter, plans: Mapping[str, RevisionPlan]) -> bool:
    """Carry plans out, without a commit; whether there was anything to do."""
    for article_id, plan in plans.items():
        for number in plan.remove:
            writer.delete_documents_by_term("key", _key(article_id, number))
        for revision in plan.create:
            content = revision.model_dump_json().encode()
            writer.add_document(_document(_key(article_id, revision.revision), article_id, _REVISION, content))
    return any(plan.create or plan.remove for plan in plans.values())


def write_withdrawals(writer: TieredWriter, article_id: str, past: Past) -> None:
    """Replace what is known of an article's withdrawals, without a commit."""
    for kind, event in ((_WITHDRAWN, past.withdrawn), (_ERASED, past.erased)):
        if event is not None:
            writer.delete_documents_by_term("key", _key(article_id, kind))
            writer.add_document(_document(_key(article_id, kind), article_id, kind, event.model_dump_json().encode()))


def _key(article_id: str, what: int | str) -> str:
    return f"{article_id}:{what}"


def _document(key: str, article_id: str, kind: str, content: bytes) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("key", key)
    document.add_text("article_id", article_id)
    document.add_text("kind", kind)
    document.add_bytes("json", content)
    return document


def _documents(searcher: tantivy.Searcher, article_ids: Sequence[str]) -> Iterator[tantivy.Document]:
    if not article_ids:
        return
    wanted = tantivy.Query.term_set_query(schema(), "article_id", list(article_ids))
    found = searcher.search(wanted, limit=_MOST_DOCUMENTS * len(article_ids), count=False)
    yield from (searcher.doc(address) for _, address in found.hits)


def _past(documents: Iterable[tantivy.Document]) -> Past:
    marks: list[RevisionMark] = []
    withdrawals: dict[str, ArticleWithdrawn] = {}
    for document in documents:
        kind = _text(document, "kind")
        if kind == _REVISION:
            marks.append(RevisionMark.model_validate_json(_json(document)))
        else:
            withdrawals[kind] = ArticleWithdrawn.model_validate_json(_json(document))
    marks.sort(key=lambda mark: mark.revision)
    return Past(tuple(marks), withdrawals.get(_WITHDRAWN), withdrawals.get(_ERASED))


def _text(document: tantivy.Document, name: str) -> str:
    return str(document.get_first(name))


def _json(document: tantivy.Document) -> bytes:
    return bytes(document.get_first("json") or b"")
