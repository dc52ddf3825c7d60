import asyncio
import os
import signal

import pytest
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import BusyLoadingError, OutOfMemoryError, ReadOnlyError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from services.cli.data_folder import read_note
from services.cli.embedded_valkey import ValkeyServer, new_socket, start_server
from services.cli.with_broker import broken_off, with_broker
from shared import tracing
from shared.clock import SystemClock
from shared.errors import DependencyUnavailable, InvalidInput
from shared.redis_client import RedisConnection
from shared.settings import variable_of
from tests.otlp import receiving


def test_work_is_done_on_a_valkey_that_ends_with_it(tmp_path, monkeypatch):
    monkeypatch.delenv(variable_of("redis_url"), raising=False)
    monkeypatch.setenv(variable_of("data_dir"), str(tmp_path))
    holders = []

    async def work(connection: RedisConnection) -> str:
        holders.append(read_note(tmp_path))
        await connection.client.set(connection.key("a"), "kept")
        return str(await connection.client.get(connection.key("a")))

    result = with_broker("newsweir test", work)

    assert result == "kept"
    assert holders[0] is not None
    assert (holders[0].command, holders[0].shares) == ("newsweir test", False)
    assert read_note(tmp_path) is None


def test_work_that_begins_traces_sends_them_and_other_work_does_not(tmp_path, monkeypatch):
    monkeypatch.delenv(variable_of("redis_url"), raising=False)
    monkeypatch.setenv(variable_of("data_dir"), str(tmp_path))

    async def work(connection: RedisConnection) -> None:
        tracing.span("import article").end()

    with receiving() as receiver:
        monkeypatch.setenv(variable_of("otel_exporter_otlp_endpoint"), receiver.url)
        with_broker("newsweir test", work)
        before = receiver.spans
        with_broker("newsweir test", work, traced=True)

    assert before == []
    assert [(span.service, span.name) for span in receiver.spans] == [("cli", "import article")]


async def kill(connection: RedisConnection) -> None:
    info = await connection.client.info("server")
    os.kill(int(info["process_id"]), signal.SIGKILL)


def test_a_broker_that_is_killed_in_the_middle_is_told_in_one_line_that_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delenv(variable_of("redis_url"), raising=False)
    monkeypatch.setenv(variable_of("data_dir"), str(tmp_path))

    async def work(connection: RedisConnection) -> None:
        connection.client.set_retry(Retry(NoBackoff(), 0))
        await kill(connection)
        await connection.client.get("a")
        await connection.client.get("a")

    with pytest.raises(DependencyUnavailable) as told:
        with_broker("newsweir test", work)

    assert "\n" not in str(told.value)
    assert "`newsweir test`" in str(told.value)
    assert "do the same again" in str(told.value)


@pytest.mark.parametrize(
    "error",
    [
        RedisTimeoutError("no answer"),
        BusyLoadingError("LOADING"),
        OutOfMemoryError("OOM"),
        ReadOnlyError("READONLY"),
        ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
    ],
)
def test_whatever_fails_in_the_broker_is_an_error_of_ours(error, tmp_path, monkeypatch):
    monkeypatch.delenv(variable_of("redis_url"), raising=False)
    monkeypatch.setenv(variable_of("data_dir"), str(tmp_path))

    async def work(connection: RedisConnection) -> None:
        raise error

    with pytest.raises(DependencyUnavailable, match=str(error)):
        with_broker("newsweir test", work)


def test_a_reader_that_has_had_enough_is_no_failure_of_the_broker(tmp_path, monkeypatch):
    monkeypatch.delenv(variable_of("redis_url"), raising=False)
    monkeypatch.setenv(variable_of("data_dir"), str(tmp_path))

    async def work(connection: RedisConnection) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        with_broker("newsweir test", work)


@pytest.mark.slow
def test_a_broker_that_comes_back_is_waited_for(tmp_path, monkeypatch, redis_server_binary):
    """Away for longer than a service asks for again."""
    folder, clock = tmp_path / "broker", SystemClock()
    socket = new_socket()
    server = asyncio.run(start_server(redis_server_binary, folder, socket, clock, log=tmp_path / "log"))
    monkeypatch.setenv(variable_of("redis_url"), server.url)
    again: list[ValkeyServer] = []

    async def come_back() -> None:
        await asyncio.sleep(6)
        again.append(await start_server(redis_server_binary, folder, socket, clock, log=tmp_path / "log"))

    async def work(connection: RedisConnection) -> str:
        await connection.client.set("a", "kept")
        await connection.client.save()
        server.process.kill()
        server.process.wait()
        returning = asyncio.create_task(come_back())
        found = await connection.client.get("a")
        await returning
        return str(found)

    try:
        assert with_broker("newsweir test", work) == "kept"
    finally:
        for one in again:
            asyncio.run(one.stop(clock))


def test_what_was_done_so_far_is_said_when_the_broker_or_the_store_goes_away():
    done = ["one"]
    with pytest.raises(DependencyUnavailable) as told, broken_off(lambda: f"{len(done)} were done", "go on so"):
        done.append("two")
        raise RedisTimeoutError("no answer")

    with (
        pytest.raises(DependencyUnavailable, match=r"^the store is away; 2 were done; go on so$"),
        broken_off(lambda: f"{len(done)} were done", "go on so"),
    ):
        raise DependencyUnavailable("the store is away")
    with pytest.raises(InvalidInput, match=r"^no$"), broken_off(str, "go on so"):
        raise InvalidInput("no")

    assert str(told.value) == "the broker failed: no answer; 2 were done; go on so"
