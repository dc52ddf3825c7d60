"""What `newsweir reindex` says and does in each state of the indices."""

from dataclasses import replace
from uuid import uuid4

import pytest
from elasticsearch import AsyncElasticsearch

from services.cli.reindexing import Wanted, described, reindex_command, step_for
from shared.article_store.elasticsearch.writer import ElasticsearchArticleWriter
from shared.article_store.opening import open_reindexing
from shared.article_store.reindexing import IndicesState
from shared.errors import ConfigurationError
from shared.settings import StoreSettings
from tests.builders import a_stored_article
from tests.fakes import FakeClock
from tests.indices import removed_afterwards

NEW = IndicesState("own", None, None, None, 0, 0)
HERE = IndicesState("own", "own", "own", None, 7, 7)
ELSEWHERE = IndicesState("own", "older", "older", None, 7, 7)
HALF_WAY = IndicesState("own", "own", "older", None, 7, 3)
MOVED = replace(HERE, way_back="older")
LEAVING = IndicesState("own", "newer", "own", None, 7, 3)
MOVE, BACK, FINISH, PREPARE = Wanted(), Wanted(back=True), Wanted(finish=True), Wanted(prepare=True)


@pytest.mark.parametrize(
    ("state", "wanted", "action"),
    [
        (NEW, MOVE, "run"),
        (NEW, PREPARE, "run"),
        (HERE, PREPARE, None),
        (ELSEWHERE, PREPARE, None),
        (HALF_WAY, PREPARE, None),
        (HERE, MOVE, None),
        (MOVED, MOVE, None),
        (LEAVING, MOVE, None),
        (ELSEWHERE, MOVE, "run"),
        (HALF_WAY, MOVE, "run"),
        (NEW, BACK, None),
        (HERE, BACK, None),
        (ELSEWHERE, BACK, None),
        (HALF_WAY, BACK, "back"),
        (LEAVING, BACK, "back"),
        (MOVED, BACK, "back"),
        (HERE, FINISH, None),
        (HALF_WAY, FINISH, None),
        (MOVED, FINISH, "finish"),
    ],
)
def test_each_state_has_its_step(state: IndicesState, wanted: Wanted, action: str | None):
    assert step_for(state, wanted).action == action


def test_only_what_cannot_be_taken_back_is_asked_about():
    assert step_for(ELSEWHERE, MOVE).question is None
    assert step_for(MOVED, BACK).question == "Read and write older alone, and drop own?"
    assert step_for(MOVED, FINISH).question == "Drop the indices of older? There is no way back then."


def test_where_nothing_is_to_be_moved_that_is_no_failure_and_where_nothing_can_be_it_is():
    assert [step_for(state, MOVE).status for state in (HERE, MOVED, LEAVING)] == [0, 0, 1]
    assert [step_for(HERE, wanted).status for wanted in (BACK, FINISH, PREPARE)] == [1, 1, 0]


@pytest.mark.parametrize(("state", "number"), [(ELSEWHERE, 7), (HALF_WAY, 4)])
def test_what_is_there_already_is_not_copied_again(state: IndicesState, number: int):
    assert step_for(state, MOVE).will == f"{number} articles are to be copied to own"


def test_that_an_operator_went_back_before_is_said():
    assert "though an operator went back from it" in step_for(replace(ELSEWHERE, left=True), MOVE).will


def test_people_are_told_what_is_read_and_what_is_written():
    assert described(HALF_WAY) == [
        "7 articles are read, with the mapping older",
        "own is filled: it holds 3 of them; both are written",
    ]
    assert described(MOVED) == [
        "7 articles are read, with the mapping own",
        "older is written, too: the way back",
    ]


def test_the_embedded_store_is_told_apart(tmp_path):
    with pytest.raises(ConfigurationError, match="ELASTICSEARCH_URL"):
        open_reindexing(StoreSettings(data_dir=tmp_path), FakeClock())


class PassingClock(FakeClock):
    """Three seconds pass between one look and the next."""

    def monotonic_s(self) -> float:
        self.advance(3)
        return super().monotonic_s()


@pytest.mark.elasticsearch
async def test_an_empty_store_is_prepared_once_and_what_is_there_is_left_alone(
    tmp_path, elasticsearch_url: str, capsys
):
    prefix = f"test-{uuid4().hex[:12]}"
    settings = StoreSettings(data_dir=tmp_path, elasticsearch_url=elasticsearch_url, index_prefix=prefix)
    async with removed_afterwards(elasticsearch_url, prefix), AsyncElasticsearch(elasticsearch_url) as server:
        reindexing = open_reindexing(settings, FakeClock())

        statuses = [
            await reindex_command(reindexing, PREPARE, FakeClock(), dry_run=dry_run, agreed=lambda _question: False)
            for dry_run in (True, False, False)
        ]
        state = await reindexing.state()
        await reindexing.close()

        said = capsys.readouterr().err.splitlines()
        assert statuses == [0, 0, 0]
        assert said.index("nothing was changed") < said.index("template and indices are there")
        assert (state.read, state.written, state.articles) == (state.own, state.own, 0)
        assert await server.indices.exists_index_template(name=f"{prefix}-articles-{state.own}")
        made = set(await server.indices.get(index=f"{prefix}-*"))
        # A writer finds all that it would make.
        writer = await ElasticsearchArticleWriter.open(settings, FakeClock())
        await writer.close()
        assert set(await server.indices.get(index=f"{prefix}-*")) == made


@pytest.mark.elasticsearch
async def test_a_store_is_moved_and_returned(tmp_path, elasticsearch_url: str, capsys: pytest.CaptureFixture[str]):
    prefix = f"test-{uuid4().hex[:12]}"
    settings = StoreSettings(data_dir=tmp_path, elasticsearch_url=elasticsearch_url, index_prefix=prefix)
    async with removed_afterwards(elasticsearch_url, prefix):
        reindexing = open_reindexing(settings, FakeClock())
        older = await ElasticsearchArticleWriter.open(settings, FakeClock(), "0" * 12)
        await older.put([a_stored_article(number) for number in range(450)])
        await older.close()

        async def done(wanted: Wanted, *, dry_run: bool = False, agreed: bool = True) -> tuple[int, str | None]:
            clock = PassingClock()
            status = await reindex_command(reindexing, wanted, clock, dry_run=dry_run, agreed=lambda _question: agreed)
            state = await reindexing.state()
            return status, state.way_back or state.read

        assert await done(MOVE, dry_run=True) == (0, "0" * 12)
        assert await done(MOVE) == (0, "0" * 12)
        assert (await reindexing.state()).articles == 450
        assert (await done(MOVE), (await done(BACK, agreed=False))[0]) == ((0, "0" * 12), 1)
        assert await done(BACK) == (0, "0" * 12)
        assert (await reindexing.state()).way_back is None
        assert [(await done(wanted))[0] for wanted in (BACK, MOVE, FINISH)] == [1, 0, 0]
        assert (await reindexing.state()).read == (await reindexing.state()).own
        await reindexing.close()

    said = capsys.readouterr().err
    assert "400 of 450 articles copied" in said
    assert "450 articles are to be copied" in said
    assert "is read and written; run the indexing and search of its version" in said
