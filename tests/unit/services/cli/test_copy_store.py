"""A store copied to another one: with its past, what was deleted, its facts and its stories."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from services.cli.copy_store import Copy, copy_store, counts
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.query import ArticleQuery
from shared.errors import InvalidInput
from shared.settings import StoreSettings
from tests.builders import (
    REVISION,
    a_quote,
    a_stored_article,
    a_story_changed,
    a_withdrawal,
    an_article,
    an_enrichment,
)
from tests.fakes import FakeClock
from tests.indices import removed_afterwards

COUNT = 250


@pytest.fixture
async def source(tmp_path: Path, clock: FakeClock):
    """An embedded store: articles with revisions, one hidden, one deleted, facts and a story."""
    settings = StoreSettings(data_dir=tmp_path / "source")
    writer, reader = await open_writer(settings, clock), await open_reader(settings, clock)
    said = an_enrichment(quotes=(a_quote(),))
    await writer.put([a_stored_article(number, said) for number in range(1, COUNT + 1)])
    await writer.put([a_stored_article(1, said, text="New.", revision=REVISION + 900)])
    await writer.withdraw([a_withdrawal(2, reason="retired"), a_withdrawal(3, hard=True, reason="forgotten")])
    await writer.change_stories([a_story_changed(4, 5), a_story_changed(7, members=(), size=0, merged_into="a" * 16)])
    await writer.close()
    clock.advance(1)
    yield settings, reader
    await reader.close()


async def everything(reader) -> dict[str, object]:
    return {stored.article_id: stored async for stored in reader.scan(ArticleQuery(hidden=True))}


async def assert_the_same(reader, copied) -> None:
    assert await everything(copied) == await everything(reader)
    assert await counts(copied) == await counts(reader)
    first = an_article(1).article_id
    assert await copied.revisions(first) == await reader.revisions(first)
    assert len(await copied.revisions(first)) == 2


@pytest.fixture
async def target(tmp_path: Path, clock: FakeClock):
    settings = StoreSettings(data_dir=tmp_path / "target")
    writer, reader = await open_writer(settings, clock), await open_reader(settings, clock)
    yield writer, reader
    await reader.close()
    await writer.close()


async def test_a_copy_has_articles_past_facts_and_stories_and_what_was_deleted_stays_so(
    source, target, tmp_path, clock
):
    _, reader = source
    writer, copied = target

    await Copy(reader, writer, tmp_path / "note.json", "t", clock).run()
    clock.advance(1)

    await assert_the_same(reader, copied)
    assert (await writer.put([a_stored_article(3)]))[0].result == "stale"
    assert not (tmp_path / "note.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("puts", [0, 1, 2])
async def test_broken_off_it_goes_on_where_it_was(source, target, tmp_path, clock, puts):
    _, reader = source
    writer, copied = target

    class Failing:
        """Puts so many batches, then the store is away."""

        left = puts
        withdraw, change_stories = writer.withdraw, writer.change_stories

        async def put(self, articles):
            if not self.left:
                raise ConnectionError("away")
            self.left -= 1
            return await writer.put(articles)

    copy = Copy(reader, Failing(), tmp_path / "note.json", "t", clock)
    with pytest.raises(ConnectionError):
        await copy.run()
    assert (tmp_path / "note.json").exists() == (puts > 0)

    batches = [batch async for batch in replace(copy, writer=writer)._batches()]
    await replace(copy, writer=writer).run()
    clock.advance(1)

    await assert_the_same(reader, copied)
    assert COUNT - 1 - puts * 100 <= sum(map(len, batches)) <= COUNT - puts * 100


async def test_a_note_about_another_target_does_not_count(source, target, tmp_path, clock):
    _, reader = source
    writer, _ = target
    await Copy(reader, writer, tmp_path / "note.json", "one", clock).run()
    (tmp_path / "note.json").write_text('{"target": "two", "published_at": "1990-01-01T00:00:00Z"}')

    assert [batch async for batch in Copy(reader, writer, tmp_path / "note.json", "one", clock)._batches()] != []


async def test_without_an_embedded_store_there_is_nothing_to_copy(tmp_path, clock):
    with pytest.raises(InvalidInput, match="no embedded store"):
        await copy_store(StoreSettings(data_dir=tmp_path), "http://127.0.0.1:9", clock, dry_run=False)


@pytest.mark.elasticsearch
async def test_the_command_copies_to_elasticsearch_and_compares(source, elasticsearch_url, capsys):
    from shared.clock import SystemClock

    settings, reader = source
    settings = settings.model_copy(update={"index_prefix": f"test-{uuid.uuid4().hex[:12]}"})
    async with removed_afterwards(elasticsearch_url, settings.index_prefix):
        looked = await copy_store(settings, elasticsearch_url, SystemClock(), dry_run=True)
        said_before = capsys.readouterr().err
        status = await copy_store(settings, elasticsearch_url, SystemClock(), dry_run=False)

        copied = await open_reader(settings.model_copy(update={"elasticsearch_url": elasticsearch_url}))
        await assert_the_same(reader, copied)
        await copied.close()

    assert (looked, status) == (0, 0)
    assert "there: 0 articles, 0 facts, 0 stories" in said_before
    assert "nothing was copied" in said_before
    assert "249 articles, 249 facts, 2 stories" in capsys.readouterr().err
