"""What only the store on one machine promises: one writer, readers in other processes, rebuild for a new schema."""

import asyncio
import json
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from shared.article_store.document import revision_of
from shared.article_store.fact_query import FactQuery
from shared.article_store.opening import open_reader, open_writer
from shared.article_store.past import Past, plan
from shared.article_store.query import ArticleQuery, FacetFilter
from shared.article_store.tantivy import facts, snapshot
from shared.article_store.tantivy import writer as writing
from shared.article_store.tantivy.building import Indexes
from shared.article_store.tantivy.past import open_writer as open_writer_of_past
from shared.article_store.tantivy.past import write_revisions, write_withdrawals
from shared.article_store.tantivy.schema import fingerprint
from shared.article_store.tantivy.tiers import TieredWriter
from shared.clock import SystemClock
from shared.errors import ConfigurationError, DependencyUnavailable
from shared.settings import StoreSettings
from tests.builders import (
    REVISION,
    a_quote,
    a_relation,
    a_stored_article,
    a_story_changed,
    a_withdrawal,
    an_article,
    an_enrichment,
)
from tests.contract.article_store.stores import opened
from tests.fakes import FakeClock

OLDER = "0" * 12


@asynccontextmanager
async def writer_process(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that has put three articles and is still the writer."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.contract.article_store.writer_process", str(folder)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"put\n"
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def make_older(settings: StoreSettings) -> Path:
    """Give the index the name that another schema would have given it."""
    articles = settings.data_dir / "articles"
    name = (articles / "CURRENT").read_text()
    older = f"{name.split('-')[0]}-{OLDER}"
    (articles / name).rename(articles / older)
    (articles / "CURRENT").write_text(older)
    return articles / older


@contextmanager
def committed_past(settings: StoreSettings) -> Iterator[TieredWriter]:
    """The writer of revisions and withdrawals, committed afterwards: as far as a killed writer came."""
    articles = settings.data_dir / "articles"
    writer = open_writer_of_past(articles / (articles / "CURRENT").read_text())
    yield writer
    writer.commit()
    writer.close()


def committed(settings: StoreSettings, index: str = "") -> int:
    """The number of the last commit of the articles, or of another index; it rises with every operation."""
    articles = settings.data_dir / "articles"
    meta = json.loads((articles / (articles / "CURRENT").read_text() / index / "meta.json").read_text())
    return int(meta["opstamp"])


async def test_a_second_writer_stands_by_until_the_first_is_closed(tantivy_settings: StoreSettings):
    first = await open_writer(tantivy_settings, FakeClock())

    with pytest.raises(DependencyUnavailable, match="another indexing process holds"):
        await open_writer(tantivy_settings, FakeClock())
    await first.close()

    second = await open_writer(tantivy_settings, FakeClock())
    await second.close()


async def test_a_reader_sees_what_another_process_has_put(tantivy_settings: StoreSettings):
    reader = await open_reader(tantivy_settings, FakeClock())

    async with writer_process(tantivy_settings.data_dir):
        result = await reader.search(ArticleQuery())

    assert result.total.value == 3


async def test_what_was_put_outlives_a_killed_writer_whose_place_is_free_at_once(tantivy_settings: StoreSettings):
    async with writer_process(tantivy_settings.data_dir) as process:
        process.kill()
        await process.wait()

    async with opened(tantivy_settings) as store:
        assert await store.put(a_stored_article(1), a_stored_article(4)) == ["unchanged", "created"]
        assert (await store.search()).total.value == 4


async def test_an_index_of_another_schema_is_rebuilt_from_what_it_keeps(tantivy_settings: StoreSettings):
    articles = [a_stored_article(number) for number in range(1, 8)]
    async with opened(tantivy_settings) as store:
        await store.put(*articles)
    older = make_older(tantivy_settings)

    async with opened(tantivy_settings) as store:
        assert await store.titles(sort="oldest") == [stored.article.title for stored in articles]
        assert await store.reader.get(articles[0].article_id) == articles[0]
        assert await store.put(articles[0], a_stored_article(1, revision=1)) == ["unchanged", "stale"]
    assert not older.exists()


async def test_a_rebuild_keeps_revisions_and_withdrawals(tantivy_settings: StoreSettings):
    async with opened(tantivy_settings) as store:
        await store.put(a_stored_article(1, text="Old."), a_stored_article(2), a_stored_article(3))
        await store.put(a_stored_article(1, text="New.", revision=REVISION + 9))
        await store.withdraw(a_withdrawal(2, reason="retired"), a_withdrawal(3, hard=True))
        revisions = await store.reader.revisions(an_article(1).article_id)
    make_older(tantivy_settings)

    async with opened(tantivy_settings) as store:
        assert await store.reader.revisions(an_article(1).article_id) == revisions
        assert await store.titles(filters=(FacetFilter("edited", ("true",)),)) == ["Council discusses matter 1"]
        assert await store.put(a_stored_article(2), a_stored_article(3)) == ["unchanged", "stale"]
        assert (await store.search()).total.value == 1


async def test_an_index_from_before_revisions_were_kept_is_rebuilt_and_its_articles_count_as_the_first(
    tantivy_settings: StoreSettings,
):
    async with opened(tantivy_settings) as store:
        await store.put(a_stored_article(1, text="Old."))
    shutil.rmtree(make_older(tantivy_settings) / "revisions")

    async with opened(tantivy_settings) as store:
        await store.put(a_stored_article(1, text="New.", revision=REVISION + 9))

        found = await store.reader.revisions(an_article(1).article_id)
        assert [revision.text for revision in found] == ["Old.", "New."]


async def test_a_writer_killed_between_its_two_commits_is_made_good_by_the_redelivery(tantivy_settings: StoreSettings):
    late = a_stored_article(1, revision=REVISION + 9, text="Late.")
    newest = a_stored_article(1, revision=REVISION + 20, text="Newest.")
    gone = a_stored_article(2)
    async with opened(tantivy_settings) as store:
        await store.put(newest, gone)
    with committed_past(tantivy_settings) as writer:
        write_revisions(writer, {late.article_id: plan(Past(), [revision_of(late)])})
        write_withdrawals(writer, gone.article_id, Past(erased=a_withdrawal(2, hard=True)))

    async with opened(tantivy_settings) as store:
        assert await store.put(late) == ["stale"]
        assert await store.withdraw(a_withdrawal(2, hard=True)) == ["deleted"]

        kept = await store.reader.get(newest.article_id)
        assert await store.reader.get(gone.article_id) is None
        assert await store.reader.revisions(gone.article_id) == ()
    assert kept is not None
    assert kept.edited


async def test_facts_of_a_writer_killed_before_it_committed_the_article_are_replaced_by_the_redelivery(
    tantivy_settings: StoreSettings,
):
    before = a_stored_article(1, an_enrichment(quotes=(a_quote("Old."), a_quote("Older."))))
    newest = a_stored_article(1, revision=REVISION + 20, text="Nothing is said.")
    lost = a_stored_article(1, an_enrichment(quotes=(a_quote("Lost."),)), revision=REVISION + 9, text="Another.")
    async with opened(tantivy_settings) as store:
        await store.put(before)
    articles = tantivy_settings.data_dir / "articles"
    folder = articles / (articles / "CURRENT").read_text()
    writer = facts.open_writer(folder)
    facts.replace(writer, facts.opened(folder).searcher(), {lost.article_id: lost})
    writer.commit()
    writer.close()

    async with opened(tantivy_settings) as store:
        assert [fact.evidence.text for fact in (await store.reader.facts(FactQuery())).facts] == ["Lost."]
        await store.put(newest)
        assert await store.put(lost) == ["stale"]
        assert (await store.reader.facts(FactQuery(hidden=True))).total.value == 0


async def test_a_rebuild_makes_the_facts_of_the_articles_again(tantivy_settings: StoreSettings):
    async with opened(tantivy_settings) as store:
        await store.put(a_stored_article(1, an_enrichment(relations=(a_relation(),), quotes=(a_quote(),))))
        before = await store.reader.facts(FactQuery())
    shutil.rmtree(make_older(tantivy_settings) / "facts")

    async with opened(tantivy_settings) as store:
        assert await store.reader.facts(FactQuery()) == before


async def test_a_reader_waits_for_the_rebuild_and_follows_it(tantivy_settings: StoreSettings):
    async with opened(tantivy_settings) as store:
        await store.put(a_stored_article(1))
    make_older(tantivy_settings)
    clock = FakeClock()
    reader = await open_reader(tantivy_settings, clock)

    with pytest.raises(DependencyUnavailable, match="another schema"):
        await reader.check()
    writer = await open_writer(tantivy_settings, clock)
    await writer.close()
    clock.advance(1)

    await reader.check()
    assert await reader.get(an_article(1).article_id) is not None


async def test_what_a_killed_rebuild_left_is_removed(tantivy_settings: StoreSettings):
    left = tantivy_settings.data_dir / "articles" / f"0007-{fingerprint()}"
    left.mkdir(parents=True)

    async with opened(tantivy_settings) as store:
        await store.put(a_stored_article(1))

    assert not left.exists()


async def test_a_reader_does_not_look_again_within_50_ms(tantivy_settings: StoreSettings):
    async with opened(tantivy_settings) as store:
        assert (await store.search()).total.value == 0

        await store.writer.put([a_stored_article(1)])

        assert (await store.search()).total.value == 0
        store.clock.advance(0.1)
        assert (await store.search()).total.value == 1


async def test_reader_and_writer_open_their_indexes_anew_after_so_many_commits_and_nothing_is_missed(
    tantivy_settings: StoreSettings, monkeypatch: pytest.MonkeyPatch
):
    openings: list[str] = []

    def noting(who: str, opens: Callable[[Path], Indexes]) -> Callable[[Path], Indexes]:
        def noted(path: Path) -> Indexes:
            openings.append(who)
            return opens(path)

        return noted

    for who, module, name in (("reader", snapshot, "opened"), ("writer", writing, "current")):
        monkeypatch.setattr(module, "COMMITS_UNTIL_OPENED_ANEW", 2)
        monkeypatch.setattr(module, name, noting(who, getattr(module, name)))

    async with opened(tantivy_settings) as store:
        found = []
        for number in range(1, 6):
            await store.put(a_stored_article(number))
            found.append((await store.search()).total.value)

    assert found == [1, 2, 3, 4, 5]
    assert Counter(openings) == {"writer": 3, "reader": 3}


async def test_many_readers_at_once_get_the_same_answer(tantivy_settings: StoreSettings):
    async with opened(tantivy_settings) as store:
        await store.put(*(a_stored_article(number) for number in range(1, 30)))

        results = await asyncio.gather(*(store.titles(size=200) for _ in range(20)))

    assert all(result == results[0] for result in results)


async def test_a_damaged_index_is_named_with_what_to_do(tantivy_settings: StoreSettings):
    async with opened(tantivy_settings) as store:
        await store.put(a_stored_article(1))
    for meta in (tantivy_settings.data_dir / "articles").glob("*/meta.json"):
        meta.write_text("{")

    with pytest.raises(DependencyUnavailable, match="restore the folder from a backup"):
        await open_writer(tantivy_settings, FakeClock())
    reader = await open_reader(tantivy_settings, SystemClock())
    with pytest.raises(DependencyUnavailable, match="cannot read the index"):
        await reader.check()


async def test_a_current_that_names_nothing_is_refused(tantivy_settings: StoreSettings):
    articles = tantivy_settings.data_dir / "articles"
    articles.mkdir()
    (articles / "CURRENT").write_text("../../etc")

    reader = await open_reader(tantivy_settings, FakeClock())

    with pytest.raises(DependencyUnavailable, match="does not name an index"):
        await reader.search(ArticleQuery())


async def test_a_folder_that_cannot_be_made_is_a_matter_of_configuration(tmp_path: Path):
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match="NEWSWEIR_DATA_DIR"):
        await open_writer(StoreSettings(data_dir=tmp_path / "file"), FakeClock())


async def test_a_story_that_changes_no_article_costs_the_articles_no_commit(tantivy_settings: StoreSettings):
    own = a_story_changed(1)
    claimed = an_enrichment(story_id=own.story_id, story_version=REVISION)

    async with opened(tantivy_settings) as store:
        await store.put(a_stored_article(1, claimed), a_stored_article(2))
        before = committed(tantivy_settings)
        await store.change_stories(own)
        untouched = committed(tantivy_settings)
        await store.change_stories(a_story_changed(1, 2, version=REVISION + 1))

        assert untouched == before
        assert committed(tantivy_settings) > before
        assert [hit.stored.story_size for hit in (await store.search()).hits] == [2, 2]


async def test_facts_are_written_again_when_their_article_becomes_a_copy_and_not_when_its_story_grows(
    tantivy_settings: StoreSettings,
):
    said = an_enrichment(quotes=(a_quote(),))
    grown = a_story_changed(1, 2, version=REVISION + 1)
    original, copy = a_story_changed(1, 2, version=REVISION + 2).members
    with_copy = grown.model_copy(
        update={
            "version": REVISION + 2,
            "members": (original, copy.model_copy(update={"copy_of": original.article_id})),
        }
    )
    async with opened(tantivy_settings) as store:
        await store.put(a_stored_article(1, said), a_stored_article(2, said))
        await store.change_stories(a_story_changed(1))
        before = committed(tantivy_settings, "facts")
        await store.change_stories(grown)
        assert committed(tantivy_settings, "facts") == before
        assert [hit.stored.story_id for hit in (await store.search()).hits] == [grown.story_id] * 2

        await store.change_stories(with_copy)

        assert committed(tantivy_settings, "facts") > before
        assert (await store.reader.facts(FactQuery(copies="hide"))).total.value == 1
