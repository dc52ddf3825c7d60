import json

import pytest

from services.cli.audit.accounts import Scope
from services.cli.audit.command import audit_command, scope_of
from shared.bus.outcome import Done
from shared.dispositions import INDEXED
from shared.errors import InvalidInput
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
