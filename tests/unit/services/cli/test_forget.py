"""One article out of everything that holds it, on a real broker and a real store."""

import asyncio
import random
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from services.cli.forget import Forgetting, archived, forget_command, named
from services.cli.import_articles import Importer, ImportLine
from services.crawler.archive import Archive, Exchange
from services.crawler.frontier import Frontier, Queued, offered
from services.crawler.registry_guard import RegistryGuard
from services.crawler.visits import Visit
from services.enrichment.llm.memory import Bounds, Memory
from services.enrichment.stories.placing import PlaceArticles
from services.enrichment.stories.state import StoryState
from services.indexing.handle import IndexArticles, KeepStories, WithdrawArticles
from shared.article_store.fact_query import FactQuery
from shared.article_store.opening import open_reader, open_writer
from shared.bus.dead_letters import DeadLetters, LetterFilter
from shared.bus.envelope import encode
from shared.bus.outcome import Failed
from shared.dispositions import read_ledger
from shared.errors import InvalidInput, TemporaryFailure
from shared.events.articles import ArticleWithdrawn
from shared.registry import mark_complete, read_entry
from shared.settings import StoreSettings
from shared.topology import ALERTS_OUTBOX, ARTICLES_CRAWLED, ARTICLES_WITHDRAWN, COMMANDS_ENRICHMENT
from tests.builders import (
    REVISION,
    a_quote,
    a_story_changed,
    an_article,
    an_enriched_article,
    an_enrichment,
)
from tests.fakes import FakeClock
from tests.prose import a_newcomer, prose
from tests.scene import Scene
from tests.unit.services.search.alerts.scene import a_fired_article, a_notice

ARTICLE = an_article(1)


class IndexingClock(FakeClock):
    """While somebody sleeps, indexing takes back what it was told to."""

    def __init__(self) -> None:
        super().__init__()
        self.indexing = None

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.indexing is not None:
            await self.indexing()


@pytest.fixture
def clock() -> IndexingClock:
    return IndexingClock()


@pytest.fixture
async def world(tmp_path, connection, clock):
    """A scene, a writer, and who forgets; indexing reads withdrawals while somebody waits."""
    settings = StoreSettings(data_dir=tmp_path)
    writer, reader = await open_writer(settings, clock), await open_reader(settings, clock)

    async def read_withdrawals() -> None:
        for _, fields in await connection.client.xrange(connection.key(ARTICLES_WITHDRAWN.name)):
            await WithdrawArticles(writer)([ArticleWithdrawn.model_validate_json(fields["payload"])])

    clock.indexing = read_withdrawals
    yield Scene(connection, clock), writer, Forgetting(connection, reader, clock, tmp_path / "archive")
    await reader.close()
    await writer.close()


async def fill(scene: Scene, writer) -> None:
    """The first article in the store, in a story, in a stream, among the retries and the dead letters; and another."""
    said = an_enrichment(quotes=(a_quote(),))
    await IndexArticles(writer, scene.clock)([an_enriched_article(1, said), an_enriched_article(2)])
    await KeepStories(writer)([a_story_changed(1, 2)])
    await scene.bury(1, 2, fetch_id="buried")
    await scene.publish(await scene.fetch(1, fetch_id="retried"))
    await scene.settle(Failed(TemporaryFailure("later")))
    await scene.publish(await scene.fetch(1, fetch_id="waiting"))
    await scene.publish(await scene.fetch(2, fetch_id="other"))


def yes(_question: str) -> bool:
    return True


async def test_everything_that_is_held_is_named_and_nothing_changed_in_a_dry_run(world, capsys):
    scene, writer, forgetting = world
    await fill(scene, writer)

    status = await forget_command(ARTICLE.url, forgetting, dry_run=True, agreed=yes)

    out = " ".join(capsys.readouterr().err.split())
    assert status == 0
    assert "1 revisions, 1 facts, in story" in out
    assert "3 stream entries, 1 waiting retries, 1 dead letters, known to the registry" in out
    assert "nothing was changed" in out
    assert await forgetting.reader.get(ARTICLE.article_id) is not None


async def test_an_article_is_gone_from_store_stories_streams_retries_and_letters_and_another_stays(world, capsys):
    scene, writer, forgetting = world
    await fill(scene, writer)

    assert await forget_command(ARTICLE.article_id, forgetting, dry_run=False, agreed=yes) == 0

    left = await forgetting.look(ARTICLE.article_id)
    assert (left.stored, left.revisions, left.facts, left.traces.total, left.traces.registered) == (
        None,
        0,
        0,
        0,
        False,
    )
    story = await forgetting.reader.story(a_story_changed(1, 2).story_id)
    assert story is not None
    assert [member.article_id for member in story.members] == [an_article(2).article_id]
    assert await forgetting.reader.get(an_article(2).article_id) is not None
    other = await forgetting.look(an_article(2).article_id)
    assert (other.traces.entries, other.traces.letters) == (2, 1)
    assert (await read_ledger(scene.connection)).by_disposition["dropped:forgotten"] == 2
    assert "the store is rid of it" in capsys.readouterr().err


async def test_what_was_forgotten_is_neither_put_nor_imported_nor_replayed_again(world):
    scene, writer, forgetting = world
    await mark_complete(scene.connection)
    await forgetting.forget(ARTICLE.article_id)
    await scene.bury(1)
    [letter] = [letter async for letter in DeadLetters(scene.connection).find(LetterFilter())]
    waiting = await scene.connection.client.xlen(scene.connection.key(ARTICLES_CRAWLED.name))

    guard = RegistryGuard(scene.connection, StoreSettings(), scene.clock)
    line = ImportLine(url=ARTICLE.url, title="Again", text="Again.")
    imported = await Importer(scene.connection, scene.clock, guard).add(line)
    replayed = await DeadLetters(scene.connection).end([letter], "replay")
    await IndexArticles(writer, scene.clock)([an_enriched_article(1, revision=REVISION * 2)])

    assert (imported, replayed) == ("crawled", 0)
    assert await scene.connection.client.xlen(scene.connection.key(ARTICLES_CRAWLED.name)) == waiting
    assert await forgetting.reader.get(ARTICLE.article_id) is None
    assert (await forgetting.reader.facts(FactQuery(hidden=True))).total.value == 0


async def test_an_import_of_what_was_forgotten_says_so(world):
    scene, _, forgetting = world
    await mark_complete(scene.connection)
    await forgetting.forget(ARTICLE.article_id)
    guard = RegistryGuard(scene.connection, StoreSettings(), scene.clock)

    line = ImportLine(url=ARTICLE.url, title="Again", text="Again.")

    assert await Importer(scene.connection, scene.clock, guard).add(line) == "forgotten"
    assert await read_entry(scene.connection, ARTICLE.article_id) is None


@pytest.mark.slow
@pytest.mark.parametrize("step", range(6))
async def test_killed_at_any_step_and_repeated_it_ends_the_same(world, step):
    """The broker goes away at the `step`-th command from then on; the second time nothing does."""
    scene, writer, forgetting = world
    await fill(scene, writer)
    connection, calls = scene.connection, 0
    script, xadd = connection.script, connection.client.xadd

    def failing(call):
        def counted(*args, **kwargs):
            nonlocal calls
            calls += 1
            if calls > step * 3:
                raise ConnectionError("the broker went away")
            return call(*args, **kwargs)

        return counted

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection), "script", lambda self, text: failing(script)(text))
        patch.setattr(connection.client, "xadd", failing(xadd))
        with suppress(ConnectionError):
            await forgetting.forget(ARTICLE.article_id)
    await forgetting.forget(ARTICLE.article_id)

    left = await forgetting.look(ARTICLE.article_id)
    assert (left.stored, left.traces.total) == (None, 0)
    assert (await read_ledger(connection)).by_disposition["dropped:forgotten"] == 2


async def test_a_store_that_does_not_come_to_it_is_named(world, capsys, clock):
    scene, writer, forgetting = world
    await fill(scene, writer)
    clock.indexing = None

    assert await forget_command(ARTICLE.url, forgetting, dry_run=False, agreed=yes) == 1

    assert "the store still holds it" in capsys.readouterr().err


@pytest.mark.slow
async def test_a_story_that_no_enrichment_takes_it_out_of_is_named(world, capsys, clock):
    scene, writer, forgetting = world
    await fill(scene, writer)
    text = prose(1)
    placing = PlaceArticles(StoryState(scene.connection), clock, random.Random(1))
    await placing([a_newcomer(1, text), a_newcomer(2, text)])

    assert await forget_command(ARTICLE.url, forgetting, dry_run=False, agreed=yes) == 0

    assert "the command to forget it waits until enrichment runs again" in " ".join(capsys.readouterr().err.split())
    assert await scene.connection.client.xlen(scene.connection.key(COMMANDS_ENRICHMENT.name)) == 1


async def test_its_page_is_not_asked_for_again_and_what_a_model_said_is_gone(world, clock):
    scene, writer, forgetting = world
    await fill(scene, writer)
    frontier = Frontier(scene.connection)
    visit = Visit(kind="article", url=ARTICLE.url, source_id="example", found_by="feed", door="https://news.example/f")
    await frontier.add([Queued(visit, clock.now_ms())])
    await Memory(scene.connection, clock, Bounds(10, 30, 1_000)).remember("a", "{}", ARTICLE.article_id)

    await forgetting.forget(ARTICLE.article_id)
    await frontier.add([offered(visit, clock.now_ms())])

    left = (await forgetting.look(ARTICLE.article_id)).remembered
    assert (left.pages, left.visits, left.answers) == (0, 0, 0)
    assert await frontier.size() == 0


async def test_nothing_is_changed_where_nobody_agrees(world):
    scene, writer, forgetting = world
    await fill(scene, writer)

    assert await forget_command(ARTICLE.url, forgetting, dry_run=False, agreed=lambda _: False) == 1

    assert await read_entry(scene.connection, ARTICLE.article_id) is not None


async def test_archived_pages_are_named_with_their_file_and_time(tmp_path, clock):
    archive = Archive(tmp_path, "newsweir", clock, max_file_bytes=10**9)
    for number in (1, 2):
        url = an_article(number).url
        at = datetime(2026, 3, 2, 12, tzinfo=UTC)
        archive.append(Exchange(url, url, 200, {"content-type": "text/html"}, b"<p>x", at, "example", "feed"))
    archive.close()

    [found] = await asyncio.to_thread(lambda: list(archived(tmp_path, ARTICLE.article_id, set())))

    assert found.endswith("record of 2026-03-02 12:00:00 UTC")
    assert list(archived(None, ARTICLE.article_id, set())) == []


def test_an_article_is_named_by_its_url_or_its_id():
    assert named(ARTICLE.url + "#comments") == named(ARTICLE.article_id) == ARTICLE.article_id
    with pytest.raises(InvalidInput, match="name the article by its URL, or by its id"):
        named("not a url")


async def test_a_notice_of_an_alert_that_was_not_delivered_yet_goes_too(world, connection):
    _, _, forgetting = world
    outbox = connection.key(ALERTS_OUTBOX.name)
    about = [a_fired_article(1), a_fired_article(2)]
    for number, articles in enumerate(((about[0],), (about[1],), tuple(about))):
        await connection.client.xadd(outbox, encode(a_notice(number, articles=articles)))

    forgotten = await forgetting.forget(ARTICLE.article_id)

    left = [fields.get("article_id") for _, fields in await connection.client.xrange(outbox)]
    assert forgotten.cleared.entries == 1
    assert left == [an_article(2).article_id, None]
