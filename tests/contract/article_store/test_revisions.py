"""What is kept of an article that changes, on both stores."""

from datetime import timedelta

import pytest

from shared.article_store.document import StoredArticle
from shared.article_store.past import MAX_REVISIONS
from shared.article_store.query import FacetFilter, FacetRequest
from tests.builders import NOON, REVISION, a_stored_article, an_article
from tests.contract.article_store.stores import Store

ARTICLE_ID = an_article(1).article_id
EDITED = (FacetFilter("edited", include=("true",)),)


def at(minute: int, text: str | None = None) -> StoredArticle:
    """The first article as it was fetched then, with a text of its own unless said."""
    own = f"What was known at minute {minute}." if text is None else text
    return a_stored_article(1, revision=REVISION + minute, text=own, fetched_at=NOON + timedelta(minutes=minute))


async def texts(store: Store) -> list[str]:
    return [revision.text for revision in await store.reader.revisions(ARTICLE_ID)]


async def test_every_state_of_an_article_is_kept_oldest_first(store: Store):
    states = [at(1), at(2), at(3)]
    for state in states:
        await store.put(state)

    found = await store.reader.revisions(ARTICLE_ID)

    assert [(r.revision, r.title, r.text, r.content_hash, r.fetched_at, r.published) for r in found] == [
        (a.revision, a.title, a.text, a.content_hash, a.fetched_at, a.published)
        for a in (state.article for state in states)
    ]


async def test_an_article_that_is_not_there_has_no_revisions(store: Store):
    assert await store.reader.revisions(ARTICLE_ID) == ()


async def test_unchanged_content_makes_no_revision(store: Store):
    await store.put(at(1, "Same."))
    await store.put(at(2, "Same."))

    assert [revision.revision for revision in await store.reader.revisions(ARTICLE_ID)] == [REVISION + 1]


async def test_a_text_that_was_taken_back_stands_between_two_that_are_alike(store: Store):
    for state in (at(1, "One."), at(2, "Two."), at(3, "One.")):
        await store.put(state)

    assert await texts(store) == ["One.", "Two.", "One."]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1, 2), (3, 3, 1, 1, 2, 3)])
async def test_whatever_order_revisions_come_in_all_are_kept_and_counted_once(store: Store, order: tuple[int, ...]):
    for minute in order:
        await store.put(at(minute))

    kept = await store.reader.get(ARTICLE_ID)
    assert await texts(store) == [at(minute).article.text for minute in (1, 2, 3)]
    assert kept is not None
    assert kept.article.text == at(3).article.text
    assert (kept.standing.revisions, kept.standing.changed_at) == (3, NOON + timedelta(minutes=3))


async def test_a_late_revision_is_kept_beside_a_newer_one_that_had_changed_nothing(store: Store):
    for state in (at(1, "One."), at(3, "One."), at(2, "Two.")):
        await store.put(state)

    assert await texts(store) == ["One.", "Two.", "One."]


async def test_revisions_of_one_batch_are_all_kept(store: Store):
    results = await store.put(at(3), at(1), at(2), a_stored_article(2))

    assert results == ["created", "stale", "stale", "created"]
    assert await texts(store) == [at(minute).article.text for minute in (1, 2, 3)]
    assert len(await store.reader.revisions(an_article(2).article_id)) == 1


async def test_of_very_many_revisions_the_first_and_the_newest_are_kept(store: Store):
    for first in range(1, 31, 10):
        await store.put(*(at(minute) for minute in range(first, first + 10)))

    found = [revision.revision - REVISION for revision in await store.reader.revisions(ARTICLE_ID)]

    assert found == [1, *range(32 - MAX_REVISIONS, 31)]


async def test_articles_that_were_edited_can_be_filtered_and_counted(store: Store):
    await store.put(at(1), a_stored_article(2), a_stored_article(3))
    await store.put(at(2), a_stored_article(3, revision=REVISION + 9))

    result = await store.search(filters=EDITED, facets=(FacetRequest("edited"),))

    assert [hit.stored.article_id for hit in result.hits] == [ARTICLE_ID]
    assert [(b.value, b.label, b.count) for b in result.facets[0].buckets] == [
        ("false", "As first published", 2),
        ("true", "Edited", 1),
    ]


async def test_an_article_counts_as_edited_when_its_older_revision_comes_late(store: Store):
    await store.put(at(2))
    assert (await store.search(filters=EDITED)).total.value == 0

    assert await store.put(at(1)) == ["stale"]

    assert (await store.search(filters=EDITED)).total.value == 1
