from typing import Any

import pytest
import tantivy

from shared.article_store.document import Membership, Standing, StoredArticle
from shared.article_store.tantivy import documents as making
from shared.article_store.tantivy.documents import Documents
from shared.article_store.tantivy.schema import to_document
from tests.builders import NOON, a_stored_article, a_withdrawal, an_enrichment, an_entity

PUT = a_stored_article(1, an_enrichment(entities=(an_entity("org:acme", "Acme"),)))


def content(document: tantivy.Document) -> dict[str, Any]:
    """Its values by field; the order of those of one field is of no account."""
    return {field: sorted(values) for field, values in document.to_dict().items()}


def in_story(stored: StoredArticle, **standing: Any) -> StoredArticle:
    membership = Membership(story_id="b" * 16, copy_of=a_stored_article(2).article_id, size=5)
    return stored.model_copy(update={"standing": Standing(story=membership, **standing)})


@pytest.mark.parametrize(
    "changed",
    [
        PUT,
        in_story(PUT),
        in_story(PUT, revisions=2, changed_at=NOON),
        in_story(PUT, withdrawal=a_withdrawal(reason="retired")),
    ],
)
def test_the_document_of_another_standing_is_the_one_that_would_be_made_anew(changed):
    documents = Documents()
    documents.of_put(PUT)

    assert content(documents.of_same(changed)) == content(to_document(changed))
    assert content(documents.of_same(PUT)) == content(to_document(PUT))


def test_an_article_that_is_put_again_gets_a_new_document():
    documents = Documents()
    documents.of_put(PUT)
    newer = a_stored_article(1, title="Another title")

    assert content(documents.of_put(newer)) == content(to_document(newer))
    assert content(documents.of_same(newer)) == content(to_document(newer))


def test_what_was_forgotten_or_put_long_ago_is_made_anew(monkeypatch):
    monkeypatch.setattr(making, "MAX_REMEMBERED", 1)
    documents, other = Documents(), a_stored_article(2)
    documents.of_put(PUT)
    documents.of_put(other)
    documents.forget(other.article_id)

    changed = [in_story(PUT), in_story(other)]

    assert [content(documents.of_same(one)) for one in changed] == [content(to_document(one)) for one in changed]
