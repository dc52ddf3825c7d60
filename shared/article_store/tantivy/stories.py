"""The index of stories, in a folder of its own inside the folder of the articles' index: the newest of each.

It is committed before the articles are. Its documents hold the event whole: a rebuild copies them.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import tantivy
from tantivy import Occur, Query

from shared.article_store.bigrams import spread
from shared.article_store.document import bounded_ms
from shared.article_store.stories import StoredStory, StoryQuery
from shared.article_store.tantivy.analysis import TERMS_BETWEEN_BLANKS, analysed, prepare
from shared.article_store.tantivy.exact import VALUES, add_exact_fields, has, has_any, term_of
from shared.article_store.tantivy.tiers import TieredWriter
from shared.article_store.words import terms

FOLDER = "stories"
# Raise it when the same story would be indexed differently.
_LAYOUT_VERSION = 2
_LISTED = "true"
_HEAP_BYTES = 15_000_000
_NUMBERS = ("size", "first_ms", "last_ms", "last_order", "size_order")
_LAST = 2**63 - 1


def story_schema() -> tantivy.Schema:
    """The schema that an index of stories of this code has."""
    builder = tantivy.SchemaBuilder()
    add_exact_fields(builder, (), labels=False)
    for name in _NUMBERS:
        builder.add_unsigned_field(name, fast=True)
    builder.add_text_field("words", tokenizer_name=TERMS_BETWEEN_BLANKS)
    builder.add_bytes_field("json", stored=True)
    return builder.build()


def story_definition() -> str:
    """Changes when an index of stories of the code before would answer differently."""
    return json.dumps([_LAYOUT_VERSION, _NUMBERS])


def empty() -> tantivy.Index:
    """An index that holds nothing, in memory."""
    return prepare(tantivy.Index(story_schema()))


def create(folder: Path) -> tantivy.Index:
    """A new index inside the folder of an articles' index."""
    path = folder / FOLDER
    path.mkdir()
    return prepare(tantivy.Index(story_schema(), str(path)))


def opened(folder: Path) -> tantivy.Index:
    """The index inside the folder of an articles' index.

    Raises:
        ValueError: it is not there or cannot be read.
    """
    return prepare(tantivy.Index.open(str(folder / FOLDER)))


def open_writer(folder: Path) -> TieredWriter:
    """The writer of the index inside the folder of an articles' index; there is one at a time."""
    return TieredWriter(folder / FOLDER, prepare, _HEAP_BYTES)


def copy(older: Path, newer: Path) -> None:
    """Write what the index inside an older folder holds into that of a newer one; older programs may have kept none."""
    if not (older / FOLDER).is_dir():
        return
    writer = open_writer(newer)
    searcher = tantivy.Index.open(str(older / FOLDER)).searcher()
    for _, address in searcher.search(Query.all_query(), limit=max(searcher.num_docs, 1), count=False).hits:
        writer.add_document(_document(story_of_document(searcher.doc(address))))
    writer.commit()
    writer.close()


def read(searcher: tantivy.Searcher, story_ids: Collection[str]) -> dict[str, StoredStory]:
    """These stories, as far as they are there."""
    return {story.story_id: story for story in _found(searcher, _any("story_id", story_ids), len(story_ids))}


def about(searcher: tantivy.Searcher, article_ids: Collection[str], story_ids: Collection[str]) -> list[StoredStory]:
    """The stories that name one of these articles, and these stories."""
    parts = [(Occur.Should, _any("member", article_ids)), (Occur.Should, _any("story_id", story_ids))]
    wanted = Query.boolean_query(parts)
    return _found(searcher, wanted, searcher.search(wanted, limit=1, count=True).count)  # type: ignore[attr-defined]


def write(writer: TieredWriter, stories: Iterable[StoredStory]) -> bool:
    """Replace stories, without a commit; whether there were any."""
    changed = False
    for story in stories:
        writer.delete_documents_by_term(VALUES, term_of("story_id", story.story_id))
        writer.add_document(_document(story))
        changed = True
    return changed


def matching(query: StoryQuery, within: Sequence[str] | None, ruled_out: Sequence[str] = ()) -> Query:
    """What the query finds among these stories but for those ruled out; among all where they are None."""
    schema = story_schema()
    parts = [(Occur.Must, Query.all_query())]
    if not query.unlisted:
        parts.append((Occur.Must, has(schema, "listed", _LISTED)))
    parts += [(Occur.Must, Query.term_query(schema, "words", word)) for word in terms(query.words)]
    if within is not None:
        parts.append((Occur.Must, _any("story_id", within)))
    if ruled_out:
        parts.append((Occur.MustNot, _any("story_id", ruled_out)))
    for field, low, high in (
        ("size", query.size_from, _LAST),
        ("last_ms", 0 if query.published_from is None else bounded_ms(query.published_from), _LAST),
        ("first_ms", 0, _LAST if query.published_to is None else bounded_ms(query.published_to) - 1),
    ):
        if (low, high) != (0, _LAST):
            parts.append((Occur.Must, _between(schema, field, low, high)))
    return Query.boolean_query(parts)


def story_of_document(document: tantivy.Document) -> StoredStory:
    """The story as it was said."""
    return StoredStory.model_validate_json(bytes(document.get_first("json") or b""))


def _found(searcher: tantivy.Searcher, query: Query, limit: int) -> list[StoredStory]:
    if limit == 0:
        return []
    hits = searcher.search(query, limit=limit, count=False).hits
    return [story_of_document(searcher.doc(address)) for _, address in hits]


def _any(field: str, values: Collection[str]) -> Query:
    return has_any(story_schema(), field, values) if values else Query.empty_query()


def _between(schema: tantivy.Schema, field: str, low: int, high: int) -> Query:
    if high < low:
        return Query.empty_query()
    return Query.range_query(schema, field, tantivy.FieldType.Unsigned, max(low, 0), high)


def _document(story: StoredStory) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text(VALUES, term_of("story_id", story.story_id))
    for member in story.members:
        document.add_text(VALUES, term_of("member", member.article_id))
    if story.listed:
        document.add_text(VALUES, term_of("listed", _LISTED))
    for name in _NUMBERS:
        document.add_unsigned(name, getattr(story, name))
    for title in analysed([spread(title) for title in story.titles]):
        document.add_text("words", title)
    document.add_bytes("json", story.model_dump_json().encode())
    return document
