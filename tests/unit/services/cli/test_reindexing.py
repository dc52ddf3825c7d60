"""What `newsweir reindex` says and does in each state of the indices."""

from dataclasses import replace

import pytest

from services.cli.reindexing import Wanted, reindex_command
from shared.article_store.opening import open_reindexing, open_writer
from shared.article_store.reindexing import IndicesState, Report
from shared.errors import ConfigurationError
from shared.settings import StoreSettings
from tests.builders import a_stored_article
from tests.fakes import FakeClock
from tests.indices import removed_afterwards

HERE = IndicesState("own", "own", "own", None, 7, 7)
ELSEWHERE = IndicesState("own", "older", "older", None, 7, 7)
HALF_WAY = IndicesState("own", "own", "older", None, 7, 3)
MOVED = replace(HERE, way_back="older")


class Shelves:
    """A Reindexing whose articles are where it is told; remembers what was asked of it."""

    def __init__(self, state: IndicesState, clock: FakeClock) -> None:
        self.now = state
        self.clock = clock
        self.done: list[str] = []

    async def state(self) -> IndicesState:
        return self.now

    async def run(self, report: Report) -> None:
        self.done.append("run")
        for number in range(1, 8):
            self.clock.advance(3)
            report(number, 7)
        self.now = MOVED

    async def back(self) -> str:
        self.done.append("back")
        return "older"

    async def finish(self) -> None:
        self.done.append("finish")

    async def close(self) -> None:
        pass


async def told(capsys: pytest.CaptureFixture[str], state: IndicesState, *, agreed: bool = True, **wanted: bool):
    """The exit status, what was done, and what was said."""
    shelves = Shelves(state, FakeClock())
    status = await reindex_command(shelves, Wanted(**wanted), shelves.clock, agreed=lambda _question: agreed)
    return status, shelves.done, capsys.readouterr().err


async def test_articles_move_while_progress_is_told_every_few_seconds(capsys: pytest.CaptureFixture[str]):
    status, done, said = await told(capsys, ELSEWHERE)

    assert (status, done) == (0, ["run"])
    assert [line for line in said.splitlines() if line.endswith("copied")] == [
        "2 of 7 articles copied",
        "4 of 7 articles copied",
        "6 of 7 articles copied",
    ]
    assert "7 articles are read with the mapping own now" in said


@pytest.mark.parametrize(("state", "number"), [(ELSEWHERE, 7), (HALF_WAY, 4)])
async def test_a_dry_run_says_how_many_are_left_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], state: IndicesState, number: int
):
    status, done, said = await told(capsys, state, dry_run=True)

    assert (status, done) == (0, [])
    assert f"{number} articles would be copied to own; nothing was changed" in said


async def test_a_dry_run_says_that_an_operator_went_back_before(capsys: pytest.CaptureFixture[str]):
    _, _, said = await told(capsys, replace(ELSEWHERE, left=True), dry_run=True)

    assert "though an operator went back from it" in said


@pytest.mark.parametrize("state", [HERE, IndicesState("own", None, None, None, 0, 0)])
async def test_where_this_programs_mapping_is_in_use_there_is_nothing_to_do(
    capsys: pytest.CaptureFixture[str], state: IndicesState
):
    assert (await told(capsys, state))[:2] == (0, [])


async def test_what_another_program_moves_is_left_to_it(capsys: pytest.CaptureFixture[str]):
    status, done, said = await told(capsys, IndicesState("own", "newer", "own", None, 7, 3))

    assert (status, done) == (1, [])
    assert "newer is another program's" in said


@pytest.mark.parametrize("state", [MOVED, HALF_WAY])
async def test_one_goes_back_after_the_move_and_in_the_middle_of_it(
    capsys: pytest.CaptureFixture[str], state: IndicesState
):
    assert (await told(capsys, state, back=True))[:2] == (0, ["back"])
    assert (await told(capsys, state, back=True, dry_run=True))[:2] == (0, [])
    assert (await told(capsys, state, back=True, agreed=False))[:2] == (1, [])


async def test_only_what_is_finished_can_be_dropped(capsys: pytest.CaptureFixture[str]):
    assert (await told(capsys, MOVED, finish=True))[:2] == (0, ["finish"])
    assert (await told(capsys, MOVED, finish=True, dry_run=True))[:2] == (0, [])
    assert (await told(capsys, MOVED, finish=True, agreed=False))[:2] == (1, [])
    assert (await told(capsys, HALF_WAY, finish=True))[:2] == (1, [])
    assert (await told(capsys, HERE, finish=True))[:2] == (1, [])


async def test_without_an_older_mapping_there_is_no_way_back(capsys: pytest.CaptureFixture[str]):
    assert (await told(capsys, HERE, back=True))[:2] == (1, [])


def test_the_embedded_store_is_told_apart(tmp_path):
    with pytest.raises(ConfigurationError, match="ELASTICSEARCH_URL"):
        open_reindexing(StoreSettings(data_dir=tmp_path), FakeClock())


@pytest.mark.elasticsearch
async def test_a_real_store_says_what_is_in_use(tmp_path, elasticsearch_url: str, capsys: pytest.CaptureFixture[str]):
    settings = StoreSettings(data_dir=tmp_path, elasticsearch_url=elasticsearch_url, index_prefix="test-cli-reindexing")
    async with removed_afterwards(elasticsearch_url, settings.index_prefix):
        reindexing = open_reindexing(settings, FakeClock())
        before = await reindex_command(reindexing, Wanted(), FakeClock(), agreed=lambda _question: True)
        writer = await open_writer(settings, FakeClock())
        await writer.put([a_stored_article(1)])
        await writer.close()

        after = await reindex_command(reindexing, Wanted(dry_run=True), FakeClock(), agreed=lambda _question: True)
        await reindexing.close()

    assert (before, after) == (0, 0)
    assert "there are no indices yet" in (said := capsys.readouterr().err)
    assert "1 articles are read" in said
