"""Articles are kept by the month in which they were first seen: each in one month only, whatever is said later."""

import asyncio
import itertools
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from elasticsearch import AsyncElasticsearch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.article_store.document import StoredArticle
from shared.article_store.elasticsearch.layout import generation_name
from shared.article_store.elasticsearch.mapping import alias, fingerprint
from shared.article_store.opening import open_months
from shared.article_store.query import FacetRequest, Words
from shared.errors import DependencyUnavailable
from shared.settings import StoreSettings
from tests.builders import REVISION, a_stored_article, a_withdrawal, an_article
from tests.contract.article_store.stores import Store, opened, visible

FIRST, SECOND, THIRD = (datetime(2026, month, 15, tzinfo=UTC) for month in (1, 2, 3))
ARTICLE_ID = an_article(1).article_id
_UNUSED = itertools.count(1)


def seen(number: int, at: datetime, **fields: object) -> StoredArticle:
    return a_stored_article(number, first_seen_at=at, published_at=at, **fields)


async def months_of(settings: StoreSettings, article_id: str = ARTICLE_ID) -> list[str]:
    """The months in whose indices an article is."""
    async with AsyncElasticsearch(str(settings.elasticsearch_url)) as client:
        await client.indices.refresh(index=alias(settings.index_prefix), ignore_unavailable=True)
        answer = await client.search(
            index=alias(settings.index_prefix), query={"term": {"article_id": article_id}}, ignore_unavailable=True
        )
    return [hit["_index"][-7:] for hit in answer["hits"]["hits"]]


async def test_articles_of_several_months_are_found_counted_and_got_together(store: Store):
    articles = [seen(n, at) for n, at in enumerate((SECOND, FIRST, THIRD, FIRST))]

    await store.put(*articles)

    found = await store.search(sort="oldest", facets=(FacetRequest("source"),))
    assert found.total.value == 4
    assert {hit.stored.article_id for hit in found.hits[:2]} == {articles[1].article_id, articles[3].article_id}
    assert [bucket.count for bucket in found.facets[0].buckets] == [4]
    assert await store.reader.get_many([a.article_id for a in articles]) == {a.article_id: a for a in articles}


async def test_a_later_state_that_was_first_seen_in_another_month_replaces_the_earlier(store: Store):
    """As after a registry that was lost and restored: first_seen may have become another."""
    await store.put(seen(1, SECOND))

    results = [
        await store.put(seen(1, FIRST, revision=REVISION + 1, title="Earlier")),
        await store.put(seen(1, THIRD, revision=REVISION + 2, title="Later")),
    ]

    assert results == [["updated"], ["updated"]]
    assert await store.titles() == ["Later"]


async def test_a_deletion_knows_only_the_id_and_finds_the_month(store: Store):
    await store.put(seen(1, FIRST), seen(2, THIRD))

    assert await store.withdraw(a_withdrawal(1, hard=True)) == ["deleted"]

    assert await store.titles() == ["Council discusses matter 2"]
    assert await store.put(seen(1, SECOND)) == ["stale"]
    assert await store.reader.get(ARTICLE_ID) is None


async def test_how_rare_a_word_is_counts_over_all_months(store: Store):
    """In the month of the second article the word is rare, over all it is not: the first, shorter one is as good."""
    common = [seen(n, FIRST, title="Quantum news", text="Short.") for n in range(10, 16)]
    other = [seen(n, SECOND, title=f"Garden {n}", text="Long.") for n in range(20, 26)]
    rare = seen(1, SECOND, title="Quantum news", text="Short.")
    await store.put(*common, *other, rare)

    found = await store.search(where=Words("quantum"), sort="relevance")

    assert len({round(hit.score or 0, 3) for hit in found.hits}) == 1


@pytest.mark.elasticsearch
async def test_a_month_has_its_index_from_its_first_article_on_made_of_a_versioned_template(
    elasticsearch_settings: StoreSettings,
):
    async with opened(elasticsearch_settings) as store:
        name = generation_name(elasticsearch_settings.index_prefix, fingerprint())
        async with AsyncElasticsearch(str(elasticsearch_settings.elasticsearch_url)) as client:
            before = await client.indices.get(index=f"{name}-*")

            await store.put(seen(1, FIRST), seen(2, THIRD), seen(3, THIRD))

            made = await client.indices.get(index=f"{name}-*")
            template = (await client.indices.get_index_template(name=name))["index_templates"][0]["index_template"]
    assert list(before) == []
    assert sorted(made) == [f"{name}-2026-01", f"{name}-2026-03"]
    assert all(set(index["aliases"]) >= {name, alias(store.settings.index_prefix)} for index in made.values())
    assert all(index["mappings"]["_meta"] == {"fingerprint": fingerprint()} for index in made.values())
    assert (template["version"], template["_meta"]) == (3, {"fingerprint": fingerprint()})


@pytest.mark.elasticsearch
async def test_two_writers_that_say_another_month_at_once_agree_on_one(elasticsearch_settings: StoreSettings):
    async with opened(elasticsearch_settings) as store, opened(elasticsearch_settings) as other:
        for number in range(5):
            states = [seen(number, at, revision=REVISION + n) for n, at in enumerate((FIRST, SECOND, THIRD, FIRST))]
            await asyncio.gather(*((store, other)[n % 2].writer.put([state]) for n, state in enumerate(states)))

            kept = await store.reader.get(an_article(number).article_id)
            assert kept is not None
            assert kept.article.revision == REVISION + 3
            assert len(await months_of(elasticsearch_settings, an_article(number).article_id)) == 1


@pytest.mark.elasticsearch
@given(
    batches=st.lists(
        st.lists(
            st.tuples(st.integers(1, 3), st.sampled_from((FIRST, SECOND, THIRD)), st.integers(0, 9), st.booleans()),
            min_size=1,
            max_size=4,
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_is_put_and_deleted_in_whatever_order_no_article_is_in_two_months(
    elasticsearch_settings: StoreSettings,
    batches: Sequence[Sequence[tuple[int, datetime, int, bool]]],
):
    """Two writers by turns; a state in four is followed by a deletion of what it said."""
    asyncio.run(_put_by_turns(elasticsearch_settings, batches))


async def _put_by_turns(settings: StoreSettings, batches: Sequence[Sequence[tuple[int, datetime, int, bool]]]) -> None:
    async with opened(settings) as store, opened(settings) as other:
        offset = 10 * next(_UNUSED)
        for turn, batch in enumerate(batches):
            writer = (store, other)[turn % 2].writer
            await writer.put([seen(offset + n, at, revision=REVISION + r) for n, at, r, _ in batch])
            deleted = [a_withdrawal(offset + n, revision=REVISION + r, hard=True) for n, _, r, gone in batch if gone]
            await writer.withdraw(deleted)
        await visible(settings, store.clock)
        for number in range(offset + 1, offset + 4):
            article_id = an_article(number).article_id
            kept = await store.reader.get(article_id)
            assert len(await months_of(settings, article_id)) == (kept is not None)
            said = [r for batch in batches for n, _, r, _ in batch if offset + n == number]
            gone = [r for batch in batches for n, _, r, gone in batch if offset + n == number and gone]
            left = [r for r in said if r > max(gone, default=-1)]
            assert (kept.article.revision if kept else None) == (REVISION + max(left) if left else None)


@pytest.mark.elasticsearch
async def test_a_month_that_is_dropped_while_articles_come_loses_none(elasticsearch_settings: StoreSettings):
    months = open_months(elasticsearch_settings)
    assert months is not None
    async with opened(elasticsearch_settings) as store:
        for number in range(6):
            await asyncio.gather(months.drop_empty(SECOND), put_until_it_takes(store, seen(number, FIRST)))
            assert await store.reader.get(an_article(number).article_id) == seen(number, FIRST)

            await store.withdraw(a_withdrawal(number, hard=True))
        await months.drop_empty(SECOND)

        assert await months.before(SECOND) == []
    await months.close()


async def put_until_it_takes(store: Store, stored: StoredArticle) -> None:
    """As a stage does, which waits while the store cannot be written."""
    while True:
        with suppress(DependencyUnavailable):
            await store.writer.put([stored])
            return


@pytest.mark.elasticsearch
async def test_an_old_month_with_articles_stays_and_is_written_though_a_prune_was_killed_over_it(
    elasticsearch_settings: StoreSettings,
):
    months = open_months(elasticsearch_settings)
    assert months is not None
    async with opened(elasticsearch_settings) as store:
        await store.put(seen(1, FIRST))
        async with AsyncElasticsearch(str(elasticsearch_settings.elasticsearch_url)) as client:
            index = f"{generation_name(elasticsearch_settings.index_prefix, fingerprint())}-2026-01"
            await client.indices.add_block(index=index, block="write")

        assert await months.drop_empty(SECOND) == []

        assert [one.articles for one in await months.before(SECOND)] == [1]
        assert await months.before(FIRST) == []
        assert await store.put(seen(2, FIRST)) == ["created"]
    await months.close()


def test_the_embedded_store_has_no_months_to_drop(tantivy_settings: StoreSettings):
    assert open_months(tantivy_settings) is None
