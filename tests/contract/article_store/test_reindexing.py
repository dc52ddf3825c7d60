"""Articles move to the indices of another mapping while they are read and written, and back; nothing is lost.

The older program is one of the same code whose mapping has another name.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shared.article_store.document import StoredArticle
from shared.article_store.elasticsearch.generations import Generations
from shared.article_store.elasticsearch.layout import generation_name
from shared.article_store.elasticsearch.mapping import alias, fingerprint, source_of
from shared.article_store.elasticsearch.reindexing import ElasticsearchReindexing
from shared.article_store.elasticsearch.writer import ElasticsearchArticleWriter
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.query import ArticleQuery
from shared.errors import ConfigurationError, DependencyUnavailable
from shared.settings import StoreSettings
from tests.builders import REVISION, a_stored_article, a_withdrawal, an_article
from tests.contract.article_store.stores import opened
from tests.fakes import FakeClock

pytestmark = pytest.mark.elasticsearch
OLDER = "0" * 12
MONTHS = tuple(datetime(2026, month, 15, tzinfo=UTC) for month in (1, 2))


class BrokenOff(Exception):
    """What ends a command between two pages."""


def seen(number: int, month: int = 0, **fields: object) -> StoredArticle:
    return a_stored_article(number, first_seen_at=MONTHS[month], **fields)


def nothing(_done: int, _total: int) -> None:
    """Nobody watches."""


@asynccontextmanager
async def older_writer(settings: StoreSettings) -> AsyncIterator[ElasticsearchArticleWriter]:
    writer = await ElasticsearchArticleWriter.open(settings, FakeClock(), OLDER)
    try:
        yield writer
    finally:
        await writer.close()


@asynccontextmanager
async def reindexing(settings: StoreSettings, own: str | None = None) -> AsyncIterator[ElasticsearchReindexing]:
    one = ElasticsearchReindexing(settings, FakeClock(), own)
    try:
        yield one
    finally:
        await one.close()


async def writes_move(settings: StoreSettings) -> None:
    """The first step of a move, and no more."""
    async with AsyncElasticsearch(str(settings.elasticsearch_url)) as client:
        await Generations(client, settings.index_prefix, fingerprint()).begin(by_itself=False)


async def held(settings: StoreSettings, name: str) -> dict[str, dict[str, Any]]:
    """All that an alias stands for: what is kept of each article, by article_id; twice the same fails."""
    async with AsyncElasticsearch(str(settings.elasticsearch_url)) as client:
        await client.indices.refresh(index=name, ignore_unavailable=True)
        answer = await client.search(index=name, size=1_000, ignore_unavailable=True)
    found = [source_of(hit).model_dump(mode="json") for hit in answer["hits"]["hits"]]
    by_id = {item["article"]["article_id"]: item for item in found}
    assert len(by_id) == len(found)
    return by_id


def of(settings: StoreSettings, generation: str) -> str:
    return generation_name(settings.index_prefix, generation)


async def test_a_store_moves_to_this_programs_mapping_and_keeps_the_older_indices(
    elasticsearch_settings: StoreSettings,
):
    articles = [seen(number, number % 2) for number in range(1, 7)]
    async with older_writer(elasticsearch_settings) as older:
        await older.put(articles)
    told: list[tuple[int, int]] = []

    async with reindexing(elasticsearch_settings) as one:
        before = await one.state()
        await one.run(lambda done, total: told.append((done, total)))
        after = await one.state()

    assert (before.read, before.written, before.articles) == (OLDER, OLDER, 6)
    assert (after.read, after.written, after.way_back, after.articles) == (fingerprint(), fingerprint(), OLDER, 6)
    assert told == [(6, 6)]
    read = await held(elasticsearch_settings, alias(elasticsearch_settings.index_prefix))
    assert read == {a.article_id: a.model_dump(mode="json") for a in articles}
    assert read == await held(elasticsearch_settings, of(elasticsearch_settings, OLDER))


async def test_once_writes_moved_the_older_program_waits_and_the_newer_writes_both(
    elasticsearch_settings: StoreSettings,
):
    async with older_writer(elasticsearch_settings) as older:
        await older.put([seen(1), seen(2), seen(3)])
        await writes_move(elasticsearch_settings)

        with pytest.raises(DependencyUnavailable, match="written with the mapping"):
            await older.put([seen(1, revision=REVISION + 50)])
    async with opened(elasticsearch_settings) as store:
        later = seen(1, revision=REVISION + 60, title="Later", ingested_at=datetime(2027, 1, 1, tzinfo=UTC))
        results = await store.put(later, seen(4, 1))
        gone = await store.withdraw(a_withdrawal(2, hard=True), a_withdrawal(3, reason="retired"))

        read = await held(elasticsearch_settings, alias(elasticsearch_settings.index_prefix))

    assert (results, gone) == (["updated", "created"], ["deleted", "withdrawn"])
    assert {i: item["article"]["title"] for i, item in read.items()} == {
        an_article(1).article_id: "Later",
        an_article(3).article_id: "Council discusses matter 3",
        an_article(4).article_id: "Council discusses matter 4",
    }
    kept = read[an_article(1).article_id]
    assert kept["ingested_at"] == seen(1).model_dump(mode="json")["ingested_at"]
    assert kept["standing"]["revisions"] == 2
    assert read[an_article(3).article_id]["standing"]["withdrawal"]["reason"] == "retired"


async def test_what_changed_before_the_copy_came_to_it_stays_changed_and_what_was_deleted_stays_away(
    elasticsearch_settings: StoreSettings,
):
    async with older_writer(elasticsearch_settings) as older:
        await older.put([seen(1), seen(2), seen(3)])
    await writes_move(elasticsearch_settings)
    async with opened(elasticsearch_settings) as store:
        await store.put(seen(1, revision=REVISION + 60, title="Later"))
        await store.withdraw(a_withdrawal(2, hard=True))

        async with reindexing(elasticsearch_settings) as one:
            await one.run(nothing)

        assert await store.titles(sort="oldest") == ["Later", "Council discusses matter 3"]
        assert await store.put(seen(2)) == ["stale"]


async def test_back_leaves_what_was_put_since_and_the_newer_program_waits(elasticsearch_settings: StoreSettings):
    async with older_writer(elasticsearch_settings) as older:
        await older.put([seen(1), seen(2)])
    async with reindexing(elasticsearch_settings) as one:
        await one.run(nothing)
        async with opened(elasticsearch_settings) as store:
            await store.put(seen(1, revision=REVISION + 60, title="Later"), seen(3, 1))
            await store.withdraw(a_withdrawal(2, hard=True))

            assert await one.back() == OLDER

            with pytest.raises(DependencyUnavailable, match="written with the mapping"):
                await store.writer.put([seen(4)])
        state = await one.state()

    assert (state.read, state.written, state.way_back, state.left) == (OLDER, OLDER, None, True)
    with pytest.raises(DependencyUnavailable, match="went back"):
        await open_writer(elasticsearch_settings, FakeClock())
    async with older_writer(elasticsearch_settings) as older:
        outcomes = await older.put([seen(3, 1), seen(5)])
        assert [outcome.result for outcome in outcomes] == ["unchanged", "created"]
    read = await held(elasticsearch_settings, alias(elasticsearch_settings.index_prefix))
    assert sorted(item["article"]["title"] for item in read.values()) == [
        "Council discusses matter 3",
        "Council discusses matter 5",
        "Later",
    ]
    assert await held(elasticsearch_settings, of(elasticsearch_settings, fingerprint())) == {}


async def test_after_going_back_the_command_moves_again(elasticsearch_settings: StoreSettings):
    async with older_writer(elasticsearch_settings) as older:
        await older.put([seen(1)])
    async with reindexing(elasticsearch_settings) as one:
        await one.run(nothing)
        await one.back()
        await one.run(nothing)

    async with opened(elasticsearch_settings) as store:
        assert await store.put(seen(1), seen(2)) == ["unchanged", "created"]


async def test_finishing_drops_the_older_indices_and_there_is_no_way_back(elasticsearch_settings: StoreSettings):
    async with older_writer(elasticsearch_settings) as older:
        await older.put([seen(1), seen(2, 1)])
    async with reindexing(elasticsearch_settings) as one, opened_after(one, elasticsearch_settings) as store:
        await one.finish()

        with pytest.raises(ConfigurationError, match="no older"):
            await one.back()
        assert await store.put(seen(1), seen(3)) == ["unchanged", "created"]
    assert await held(elasticsearch_settings, of(elasticsearch_settings, OLDER)) == {}
    assert len(await held(elasticsearch_settings, alias(elasticsearch_settings.index_prefix))) == 3


@asynccontextmanager
async def opened_after(one: ElasticsearchReindexing, settings: StoreSettings) -> AsyncIterator[Any]:
    await one.run(nothing)
    async with opened(settings) as store:
        yield store


async def test_a_copy_that_is_broken_off_goes_on_where_it_was(elasticsearch_settings: StoreSettings):
    async with older_writer(elasticsearch_settings) as older:
        await older.put([seen(number) for number in range(250)])
    told: list[tuple[int, int]] = []

    def end(_done: int, _total: int) -> None:
        raise BrokenOff

    async with reindexing(elasticsearch_settings) as one:
        with pytest.raises(BrokenOff):
            await one.run(end)
        half = await one.state()
        await one.run(lambda done, total: told.append((done, total)))

    assert (half.read, half.written, half.way_back) == (OLDER, fingerprint(), None)
    assert told == [(250, 250)]
    assert len(await held(elasticsearch_settings, alias(elasticsearch_settings.index_prefix))) == 250


async def test_a_start_of_indexing_moves_by_itself_and_keeps_nothing_older(elasticsearch_settings: StoreSettings):
    async with older_writer(elasticsearch_settings) as older:
        await older.put([seen(1), seen(2, 1)])

    async with opened(elasticsearch_settings) as store:
        await store.put()
        assert await store.titles(sort="oldest") == ["Council discusses matter 1", "Council discusses matter 2"]

    assert await held(elasticsearch_settings, of(elasticsearch_settings, OLDER)) == {}
    with pytest.raises(ConfigurationError, match="no older"):
        async with reindexing(elasticsearch_settings) as one:
            await one.back()


async def test_while_articles_are_copied_the_reader_of_the_newer_program_waits_and_says_why(
    elasticsearch_settings: StoreSettings,
):
    async with older_writer(elasticsearch_settings) as older:
        await older.put([seen(1)])
    await writes_move(elasticsearch_settings)
    reader = await open_reader(elasticsearch_settings, FakeClock())

    with pytest.raises(DependencyUnavailable, match="newsweir reindex"):
        await reader.search(ArticleQuery())
    assert await reader.get(an_article(1).article_id) == seen(1)
    async with reindexing(elasticsearch_settings) as one:
        await one.run(nothing)
    assert (await reader.search(ArticleQuery())).total.value == 1

    await reader.close()


async def test_the_older_program_does_not_take_the_store_back_by_itself(elasticsearch_settings: StoreSettings):
    """As when one of its processes is started again while the newer ones are rolled out."""
    async with older_writer(elasticsearch_settings) as older:
        await older.put([seen(1)])
    async with reindexing(elasticsearch_settings) as one:
        await one.run(nothing)

    with pytest.raises(DependencyUnavailable, match="reindex --back"):
        async with older_writer(elasticsearch_settings):
            pass
    with pytest.raises(ConfigurationError, match="reindex --back"):
        async with reindexing(elasticsearch_settings, OLDER) as by_mistake:
            await by_mistake.run(nothing)


CHANGES = st.lists(
    st.tuples(st.integers(1, 6), st.integers(0, 1), st.integers(0, 9), st.sampled_from(("put", "hide", "delete"))),
    min_size=1,
    max_size=6,
)


@given(before=CHANGES, while_copied=CHANGES, after=CHANGES)
@hypothesis_settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_happens_while_articles_move_both_generations_end_the_same(
    elasticsearch_settings: StoreSettings,
    before: Sequence[tuple[int, int, int, str]],
    while_copied: Sequence[tuple[int, int, int, str]],
    after: Sequence[tuple[int, int, int, str]],
):
    own = elasticsearch_settings.model_copy(
        update={"index_prefix": f"{elasticsearch_settings.index_prefix}-{abs(hash((*before, *while_copied, *after)))}"}
    )
    asyncio.run(_moved(own, before, while_copied, after))


async def _moved(settings: StoreSettings, before: Any, while_copied: Any, after: Any) -> None:
    async with older_writer(settings) as older:
        await _change(older, before)
    await writes_move(settings)
    writer = await open_writer(settings, FakeClock())
    async with reindexing(settings) as one:
        await asyncio.gather(one.run(nothing), _change(writer, while_copied))
    await _change(writer, after)
    await writer.close()

    older_holds, newer_holds = [await held(settings, of(settings, name)) for name in (OLDER, fingerprint())]

    assert newer_holds == older_holds
    assert newer_holds == await held(settings, alias(settings.index_prefix))
    changes = [*before, *while_copied, *after]
    for number in range(1, 7):
        gone = max((r for n, _, r, what in changes if n == number and what == "delete"), default=-1)
        left = [r for n, _, r, what in changes if n == number and what == "put" and r > gone]
        kept = newer_holds.get(an_article(number).article_id)
        assert (kept["article"]["revision"] if kept else None) == (REVISION + max(left) if left else None)


async def _change(writer: Any, changes: Sequence[tuple[int, int, int, str]]) -> None:
    for number, month, revision, what in changes:
        if what == "put":
            await writer.put([seen(number, month, revision=REVISION + revision)])
        else:
            hard = what == "delete"
            event = a_withdrawal(number, revision=REVISION + revision, hard=hard, reason="retired")
            await writer.withdraw([event])
