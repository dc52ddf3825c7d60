"""The source of an article in Tantivy's index: its JSON, whose end, the standing, can be said anew without the rest."""

import tantivy

from shared.article_store.document import Standing, StoredArticle
from shared.article_store.outline import outline_of_json

SOURCE = "stored_article"
# The last field of an article. No text can be taken for it: in one, quotation marks have a backslash before them.
_STANDING = b',"standing":'


def whole_source(stored: StoredArticle) -> bytes:
    """The source of an article."""
    return stored.model_dump_json().encode()


def body_of(source: bytes) -> bytes:
    """The source without its standing."""
    return source[: source.rindex(_STANDING)]


def source_of_body(body: bytes, standing: Standing) -> bytes:
    """The source of the article with this body and standing."""
    return b"%b%b%b}" % (body, _STANDING, standing.model_dump_json().encode())


def source_of(document: tantivy.Document) -> StoredArticle:
    """The article as it was put."""
    return StoredArticle.model_validate_json(_json_of(document))


def outline_of(document: tantivy.Document) -> StoredArticle:
    """The article without its passages."""
    return outline_of_json(_json_of(document))


def _json_of(document: tantivy.Document) -> bytes:
    return bytes(document.get_first(SOURCE) or b"")
