from typing import Any

import pytest
import tantivy

from shared.article_store.document import Membership, Standing, StoredArticle
from shared.article_store.past import Past, in_standing
from shared.article_store.tantivy import documents as making
from shared.article_store.tantivy.documents import Documents
from shared.article_store.tantivy.schema import to_document
from tests.builders import NOON, a_stored_article, an_enrichment, an_entity

PUT = a_stored_article(1, an_enrichment(entities=(an_entity("org:acme", "Acme"),)))


def content(document: tantivy.Document) -> dict[str, Any]:
    """Its values by field; the order of those of one field is of no account."""
    return {field: sorted(values) for field, values in document.to_dict().items()}


def in_story(stored: StoredArticle, **standing: Any) -> StoredArticle:
    membership = Membership(story_id="b" * 16, copy_of=a_stored_article(2).article_id, size=5)
    return stored.model_copy(update={"standing": Standing(story=membership, **standing)})


@pytest.mark.parametrize("changed", [in_story(PUT), in_story(PUT, revisions=2, changed_at=NOON)])
def test_the_document_of_an_outline_is_the_one_that_would_be_made_of_the_whole_article(changed):
    documents = Documents()
    documents.of_whole(PUT.model_copy(update={"standing": Standing(revisions=changed.standing.revisions)}))
    [outline] = documents.outlines([PUT.article_id, "f" * 64]).values()

    made = documents.of_outline(outline.model_copy(update={"standing": changed.standing}))

    assert content(made) == content(to_document(changed))
    assert documents.outlines([PUT.article_id])[PUT.article_id].standing == changed.standing


def test_an_outline_says_what_decides_the_standing_of_an_article_and_nothing_of_its_text():
    documents, claimed = Documents(), an_enrichment(story_id="b" * 16, story_version=7, copy_of="c" * 64)
    stored = a_stored_article(1, claimed, text="A long text.")
    documents.of_whole(stored)

    [outline] = documents.outlines([stored.article_id]).values()

    assert in_standing(outline, Past()).standing == in_standing(stored, Past()).standing
    assert outline.article.text == ""


def test_an_article_that_is_put_again_is_remembered_as_it_is_now():
    documents, newer = Documents(), a_stored_article(1, title="Another title")
    documents.of_whole(PUT)
    documents.of_whole(newer)
    [outline] = documents.outlines([PUT.article_id]).values()

    assert content(documents.of_outline(outline)) == content(to_document(newer))


def test_what_was_forgotten_or_written_long_ago_is_not_remembered(monkeypatch):
    monkeypatch.setattr(making, "MAX_REMEMBERED", 1)
    documents, other = Documents(), a_stored_article(2)
    for stored in (PUT, other):
        documents.of_whole(stored)

    assert documents.outlines([PUT.article_id, other.article_id]).keys() == {other.article_id}

    documents.forget(other.article_id)

    assert documents.outlines([PUT.article_id, other.article_id]) == {}
