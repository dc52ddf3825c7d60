"""Articles that are taken back, on both stores."""

import asyncio

import pytest

from shared.article_store.query import ArticleQuery, FacetFilter, FacetRequest
from tests.builders import REVISION, a_stored_article, a_withdrawal, an_article
from tests.contract.article_store.stores import Store

ARTICLE_ID = an_article(1).article_id
LATER = a_withdrawal().revision + 1


async def test_what_is_gone_from_its_site_is_found_and_marked(store: Store):
    await store.put(a_stored_article(1))

    results = await store.withdraw(a_withdrawal(reason="gone"))

    [hit] = (await store.search()).hits
    assert results == ["withdrawn"]
    assert hit.stored.standing.withdrawal == a_withdrawal(reason="gone")


@pytest.mark.parametrize("reason", ["retired", "forgotten"])
async def test_what_is_hidden_is_in_no_search_count_or_export_and_can_be_got(store: Store, reason: str):
    await store.put(a_stored_article(1, section="Sport"), a_stored_article(2, section="Business"))

    await store.withdraw(a_withdrawal(reason=reason))

    found = await store.search(facets=(FacetRequest("section"), FacetRequest("source")))
    counted = [[(bucket.value, bucket.count) for bucket in facet.buckets] for facet in found.facets]
    assert (found.total.value, counted) == (1, [[("Business", 1)], [("example", 1)]])
    assert (await store.search(filters=(FacetFilter("section", exclude=("Business",)),))).total.value == 0
    assert [stored.article_id async for stored in store.reader.scan(ArticleQuery())] == [an_article(2).article_id]
    kept = await store.reader.get(ARTICLE_ID)
    assert kept is not None
    assert kept.hidden


async def test_what_is_hidden_is_found_by_whoever_asks_for_it(store: Store):
    await store.put(a_stored_article(1), a_stored_article(2))
    await store.withdraw(a_withdrawal(reason="retired"))

    everything = ArticleQuery(hidden=True)

    assert (await store.reader.search(everything)).total.value == 2
    assert {stored.article_id async for stored in store.reader.scan(everything)} == {
        ARTICLE_ID,
        an_article(2).article_id,
    }


async def test_a_newer_revision_brings_an_article_back(store: Store):
    await store.put(a_stored_article(1))
    await store.withdraw(a_withdrawal(reason="retired"))

    await store.put(a_stored_article(1, revision=LATER, title="Back again"))

    [hit] = (await store.search()).hits
    assert (hit.stored.article.title, hit.stored.standing.withdrawal) == ("Back again", None)


@pytest.mark.parametrize("hard", [False, True])
async def test_a_withdrawal_that_is_older_than_the_article_leaves_it_as_it_is(store: Store, hard: bool):
    article = a_stored_article(1)
    await store.put(article)

    assert await store.withdraw(a_withdrawal(revision=REVISION, hard=hard, reason="forgotten")) == ["stale"]

    assert await store.reader.get(ARTICLE_ID) == article
    assert (await store.search()).total.value == 1
    assert len(await store.reader.revisions(ARTICLE_ID)) == 1


async def test_an_article_that_comes_after_its_withdrawal_is_met_by_it(store: Store):
    assert await store.withdraw(a_withdrawal(reason="retired")) == ["unknown"]

    assert await store.put(a_stored_article(1)) == ["created"]

    assert (await store.search()).total.value == 0
    assert await store.put(a_stored_article(1, revision=LATER)) == ["unchanged"]
    assert (await store.search()).total.value == 1


async def test_a_newer_text_that_is_older_than_the_withdrawal_is_taken_and_stays_withdrawn(store: Store):
    await store.put(a_stored_article(1))
    await store.withdraw(a_withdrawal())

    await store.put(a_stored_article(1, revision=REVISION + 9, text="The last that was said."))

    kept = await store.reader.get(ARTICLE_ID)
    assert kept is not None
    assert kept.article.text == "The last that was said."
    assert kept.standing.withdrawal == a_withdrawal()


async def test_a_deletion_takes_the_article_and_its_revisions(store: Store):
    await store.put(a_stored_article(1, text="Old."), a_stored_article(2))
    await store.put(a_stored_article(1, text="New.", revision=REVISION + 9))

    results = await store.withdraw(a_withdrawal(reason="forgotten", hard=True))

    assert results == ["deleted"]
    assert await store.reader.get(ARTICLE_ID) is None
    assert await store.reader.revisions(ARTICLE_ID) == ()
    assert await store.titles() == ["Council discusses matter 2"]


async def test_nothing_that_comes_late_brings_back_what_was_deleted(store: Store):
    await store.put(a_stored_article(1))
    await store.withdraw(a_withdrawal(reason="forgotten", hard=True))

    results = await store.put(a_stored_article(1), a_stored_article(1, revision=REVISION + 9, text="Late."))

    assert results == ["stale", "stale"]
    assert await store.reader.get(ARTICLE_ID) is None
    assert await store.reader.revisions(ARTICLE_ID) == ()
    assert (await store.search()).total.value == 0


async def test_a_revision_that_is_newer_than_a_deletion_is_a_new_article(store: Store):
    await store.put(a_stored_article(1))
    await store.withdraw(a_withdrawal(hard=True))

    assert await store.put(a_stored_article(1, revision=LATER)) == ["created"]

    assert [revision.revision for revision in await store.reader.revisions(ARTICLE_ID)] == [LATER]


async def test_a_deletion_of_what_was_before_leaves_what_is_newer(store: Store):
    await store.put(a_stored_article(1, text="Old."))
    await store.put(a_stored_article(1, revision=LATER, text="New."))

    await store.withdraw(a_withdrawal(hard=True))

    kept = await store.reader.get(ARTICLE_ID)
    assert [revision.text for revision in await store.reader.revisions(ARTICLE_ID)] == ["New."]
    assert kept is not None
    assert (kept.article.text, kept.edited) == ("New.", False)


async def test_withdrawals_that_are_repeated_or_come_in_the_wrong_order_end_in_the_newest(store: Store):
    older, newer = a_withdrawal(reason="retired"), a_withdrawal(revision=LATER, reason="gone")
    await store.put(a_stored_article(1))

    results = await store.withdraw(newer, older, newer)

    kept = await store.reader.get(ARTICLE_ID)
    assert results[0] == "withdrawn"
    assert kept is not None
    assert kept.standing.withdrawal == newer


async def test_an_empty_batch_of_withdrawals_is_fine(store: Store):
    assert await store.withdraw() == []


async def test_puts_and_withdrawals_at_once_end_as_their_revisions_say(store: Store):
    """Two workers of one process share the writer."""
    puts = [a_stored_article(1, revision=REVISION + n, text=f"State {n}.") for n in range(0, 12, 2)]
    marks = [a_withdrawal(revision=REVISION + n, reason="retired") for n in range(1, 9, 2)]

    await asyncio.gather(
        *(store.writer.put([put]) for put in puts),
        *(store.writer.withdraw([mark]) for mark in marks),
        store.writer.withdraw([a_withdrawal(revision=REVISION + 3, hard=True)]),
    )

    kept = await store.reader.get(ARTICLE_ID) if await store.put() == [] else None
    assert kept is not None
    assert (kept.article.text, kept.standing.withdrawal) == ("State 10.", None)
    assert [r.text for r in await store.reader.revisions(ARTICLE_ID)] == [f"State {n}." for n in range(4, 12, 2)]
    assert kept.standing.revisions == 4
