"""Articles that an operator takes back, by events through indexing."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from services.cli.audit.findings import Registered, store_gaps
from services.cli.retiring import Retiring, prune_command, withdraw_command
from services.indexing.handle import IndexArticles, WithdrawArticles
from shared.article_store.months import OldMonth
from shared.article_store.opening import open_months, open_reader, open_writer
from shared.article_store.query import ArticleQuery
from shared.errors import InvalidInput
from shared.events.articles import ArticleWithdrawn
from shared.registry import read_entry
from shared.settings import StoreSettings
from shared.topology import ARTICLES_WITHDRAWN
from tests.builders import NOON, an_article, an_enriched_article
from tests.fakes import FakeClock
from tests.indices import removed_afterwards
from tests.scene import Scene


@pytest.fixture
async def world(tmp_path, connection, clock):
    settings = StoreSettings(data_dir=tmp_path)
    writer, reader = await open_writer(settings, clock), await open_reader(settings, clock)
    yield Scene(connection, clock), writer, reader
    await reader.close()
    await writer.close()


async def carry_out(scene: Scene, writer) -> list[ArticleWithdrawn]:
    """What indexing does with the withdrawals that wait."""
    entries = await scene.connection.client.xrange(scene.connection.key(ARTICLES_WITHDRAWN.name))
    events = [ArticleWithdrawn.model_validate_json(fields["payload"]) for _, fields in entries]
    await WithdrawArticles(writer)(events)
    scene.clock.advance(1)
    return events


async def found(reader, **query) -> int:
    return (await reader.search(ArticleQuery(**query))).total.value


def yes(_question: str) -> bool:
    return True


@pytest.mark.parametrize(("delete", "left"), [(False, 1), (True, 0)])
async def test_an_article_is_hidden_or_deleted_until_its_page_says_something_newer(world, delete, left):
    scene, writer, reader = world
    await scene.register(1, an_article(1).revision)
    await IndexArticles(writer, scene.clock)([an_enriched_article(1)])

    await withdraw_command(an_article(1).url, Retiring(scene.connection, scene.clock), reader, delete=delete)
    [event] = await carry_out(scene, writer)

    assert (await found(reader), await found(reader, hidden=True)) == (0, left)
    entry = await read_entry(scene.connection, event.article_id)
    assert entry is not None
    assert (entry.revision, entry.content_hash) == (event.revision, "")
    await IndexArticles(writer, scene.clock)([an_enriched_article(1, revision=event.revision + 1)])
    scene.clock.advance(1)
    assert await found(reader) == 1


async def test_what_the_store_does_not_have_cannot_be_taken_back(world):
    scene, _, reader = world

    with pytest.raises(InvalidInput, match="no article"):
        await withdraw_command(an_article(1).url, Retiring(scene.connection, scene.clock), reader, delete=False)


async def test_only_what_was_published_and_first_seen_before_is_pruned_and_the_audit_misses_nothing(world, capsys):
    scene, writer, reader = world
    old, late, new = NOON - timedelta(days=400), NOON - timedelta(days=400), NOON
    articles = [
        an_enriched_article(1, published_at=old),
        an_enriched_article(2, published_at=late, first_seen_at=NOON),
        an_enriched_article(3, published_at=new),
    ]
    for number in (1, 2, 3):
        await scene.register(number, an_article(number).revision)
    await IndexArticles(writer, scene.clock)(articles)
    scene.clock.advance(1)
    retiring = Retiring(scene.connection, scene.clock)

    assert await prune_command(365, retiring, reader, dry_run=True, agreed=yes) == 0
    assert await carry_out(scene, writer) == []
    assert await prune_command(365, retiring, reader, dry_run=False, agreed=lambda _: False) == 1
    assert await prune_command(365, retiring, reader, dry_run=False, agreed=yes) == 0
    [event] = await carry_out(scene, writer)

    assert (event.article_id, event.reason, event.hard) == (an_article(1).article_id, "retired", True)
    assert await found(reader, hidden=True) == 2
    entry = await read_entry(scene.connection, event.article_id)
    assert entry is not None
    registered = {event.article_id: Registered(entry.revision, withdrawn=not entry.content_hash)}
    assert store_gaps(registered, {}, set()) == set()
    assert "1 articles are deleted" in capsys.readouterr().err


class IndexingClock(FakeClock):
    """While somebody sleeps, indexing takes back what it was told to."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        await self.carry_out()


@pytest.mark.elasticsearch
async def test_a_month_of_which_all_is_older_is_dropped_once_it_is_empty(
    tmp_path, connection, elasticsearch_url: str, capsys
):
    clock = IndexingClock()
    settings = StoreSettings(data_dir=tmp_path, elasticsearch_url=elasticsearch_url, index_prefix="test-cli-pruning")
    async with removed_afterwards(elasticsearch_url, settings.index_prefix):
        writer, reader, months = await open_writer(settings, clock), await open_reader(settings), open_months(settings)
        assert months is not None
        scene = Scene(connection, clock)
        clock.carry_out = partial(carry_out, scene, writer)
        ages = (800, 800, 500, 500, 20)
        for number in range(len(ages)):
            await scene.register(number, an_article(number).revision)
        # Of the fourth article's month the third is old, it itself was published late.
        articles = [an_enriched_article(n, published_at=NOON - timedelta(days=days)) for n, days in enumerate(ages)]
        articles[3] = an_enriched_article(3, published_at=NOON, first_seen_at=NOON - timedelta(days=500))
        await IndexArticles(writer, clock)(articles)
        before = NOON - timedelta(days=365)
        assert [(m.articles, m.published_since) for m in await months.before(before)] == [(2, 0), (2, 1)]
        retiring = Retiring(connection, clock)

        for dry_run in (True, False):
            await prune_command(365, retiring, reader, dry_run=dry_run, agreed=yes, months=months)

        assert [(m.articles, m.published_since) for m in await months.before(before)] == [(1, 1)]
        assert await reader.get(an_article(0).article_id) is None
        # Late, and of a month that is gone: made again.
        [_] = await IndexArticles(writer, clock)([an_enriched_article(7, published_at=NOON - timedelta(days=800))])
        assert (await reader.get(an_article(7).article_id)) is not None
        for part in (writer, reader, months):
            await part.close()
    said = capsys.readouterr().err
    assert said.count("all that is in 2023-12 is older") == 2
    assert "2023-12 is dropped" in said


class EmptyMonth:
    """A store's months of which one holds nothing any more, as a run that was broken off leaves it."""

    def __init__(self) -> None:
        self.left = ["2023-12"]

    async def before(self, before: datetime) -> list[OldMonth]:
        return [OldMonth(month, articles=0, published_since=0) for month in self.left]

    async def drop_empty(self, before: datetime) -> list[str]:
        dropped, self.left = self.left, []
        return dropped

    async def close(self) -> None:
        """Nothing to release."""


async def test_where_only_an_empty_month_is_left_it_is_dropped_and_nobody_is_asked(world, capsys):
    scene, _, reader = world
    months, asked = EmptyMonth(), []

    status = await prune_command(
        365, Retiring(scene.connection, scene.clock), reader, dry_run=False, agreed=asked.append, months=months
    )

    said = capsys.readouterr().err
    assert (status, asked, months.left) == (0, [], [])
    assert "2023-12 is dropped" in said
    assert "deleted" not in said


async def test_without_a_number_of_days_nothing_is_pruned(world):
    scene, _, reader = world

    with pytest.raises(InvalidInput, match="NEWSWEIR_RETENTION_DAYS"):
        await prune_command(None, Retiring(scene.connection, scene.clock), reader, dry_run=True, agreed=yes)
