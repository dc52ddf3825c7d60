import json
from dataclasses import replace

import pytest

from services.cli.audit.accounts import Scope
from services.cli.audit.command import audit_command, end_lost_command, scope_of
from shared.bus.outcome import Done
from shared.dispositions import INDEXED, read_ledger
from shared.errors import InvalidInput
from shared.registry import read_entry
from shared.settings import StoreSettings
from tests.scene import Scene

EVERYTHING = Scope()


@pytest.fixture
def scene(connection, clock) -> Scene:
    return Scene(connection, clock)


async def status(scene: Scene, scope: Scope = EVERYTHING, store: StoreSettings | None = None) -> int:
    scene.clock.advance(60)
    return await audit_command(scene.connection, store, scene.clock, scope, by_day=False, as_json=True)


async def test_when_everything_adds_up_the_status_is_0(scene):
    await scene.crawl(1)
    await scene.settle(Done(INDEXED))
    await scene.crawl(2)

    assert await status(scene) == 0


async def test_when_something_is_missing_the_status_is_1_and_it_is_named(scene, capsysbinary):
    await scene.fetch(1)

    assert await status(scene) == 1

    [found] = json.loads(capsysbinary.readouterr().out)["findings"]
    assert (found["kind"], found["ids"]) == ("lost", ["fetch-1"])


async def test_the_store_is_compared_only_where_that_is_asked_for(scene, tmp_path):
    await scene.end(await scene.fetch(1))

    assert await status(scene) == 0
    assert await status(scene, store=StoreSettings(data_dir=tmp_path)) == 1


async def test_an_empty_broker_adds_up(scene):
    assert await status(scene) == 0


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope("nobody"), "nothing was fetched of a source 'nobody': `newsweir audit --by-day`"),
        (Scope(day="2020-01-01"), "nothing was fetched on 2020-01-01"),
    ],
)
async def test_a_source_or_day_without_a_fetch_is_no_success(scene, scope, said):
    await scene.crawl(1)

    with pytest.raises(InvalidInput, match=said):
        await status(scene, scope)


def test_a_day_is_understood_in_any_iso_form():
    assert scope_of("a", "20260302") == Scope("a", "2026-03-02")
    assert scope_of("", "") == Scope()


@pytest.mark.parametrize("day", ["yesterday", "2026-02-30", "2026-03-02T10:00"])
def test_what_is_no_day_is_refused(day):
    with pytest.raises(InvalidInput, match=r"--day: .* is no day: write it as 2026-03-02"):
        scope_of(None, day)


async def end_lost(scene: Scene, *, yes: bool, scope: Scope = EVERYTHING) -> int:
    scene.clock.advance(60)
    return await end_lost_command(scene.connection, scene.clock, scope, yes=yes)


async def test_lost_fetches_are_named_first_and_nothing_changes(scene, capsys):
    await scene.fetch(1)
    before = await read_ledger(scene.connection)

    assert await end_lost(scene, yes=False) == 1

    assert "1 lost fetch would be ended: fetch-1; with --yes" in capsys.readouterr().err
    assert await read_ledger(scene.connection) == before


async def test_a_fetch_that_was_lost_is_ended_once_and_everything_adds_up_again(scene, capsys):
    await scene.fetch(1)
    await scene.crawl(2)

    ended = [await end_lost(scene, yes=True), await end_lost(scene, yes=True)]

    ledger = await read_ledger(scene.connection)
    assert ended == [0, 0]
    assert [line.split(" ", 1)[0] for line in capsys.readouterr().err.splitlines()] == ["1", "0"]
    assert (ledger.by_disposition, ledger.in_flight, ledger.fetched) == ({"dropped:lost": 1}, 1, 2)
    assert await status(scene) == 0


async def test_a_letter_that_was_deleted_by_hand_is_ended_too(scene):
    await scene.bury(1)
    await scene.connection.client.delete(scene.connection.key("dead.enrichment"))
    assert await status(scene) == 1

    await end_lost(scene, yes=True)

    assert (await read_ledger(scene.connection)).by_disposition == {"dropped:lost": 1, "dead-lettered": 0}
    assert await status(scene) == 0


async def test_the_article_of_a_lost_fetch_is_news_again_with_its_first_sight(scene):
    event = await scene.fetch(1)
    before = await read_entry(scene.connection, event.article_id)

    await end_lost(scene, yes=True)

    assert await read_entry(scene.connection, event.article_id) == replace(before, content_hash="")


async def test_only_what_the_scope_covers_is_ended(scene):
    await scene.fetch(1, source_id="a")
    await scene.fetch(2, source_id="b")

    await end_lost(scene, yes=True, scope=Scope("a"))

    assert (await read_ledger(scene.connection)).by_source["b"] == {"fetched": 1}


async def test_where_nothing_is_lost_nothing_is_ended(scene, capsys):
    await scene.crawl(1)

    assert await end_lost(scene, yes=False) == 0
    assert "0 lost fetches would be ended" in capsys.readouterr().err
