import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from services.cli.data_folder import Holder, read_note, try_to_hold
from services.cli.embedded_valkey import (
    broker,
    bundled_binary,
    hold,
    new_socket,
    remove_left_over,
    socket_url,
    start_server,
)
from shared.clock import SystemClock
from shared.errors import ConfigurationError
from shared.settings import BusSettings
from tests.fakes import FakeClock
from tests.processes import is_running
from tests.unit.services.cli.processes import start_python, until

NO_URL = BusSettings()


async def set_value(url: str, value: str) -> None:
    async with Redis.from_url(url) as client:
        await client.set("key", value)


async def get_value(url: str) -> str | None:
    async with Redis.from_url(url, decode_responses=True) as client:
        return await client.get("key")


def socket_of(url: str) -> Path:
    return Path(url.removeprefix("unix://"))


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_a_broker_keeps_its_data_from_one_command_to_the_next_even_with_a_space_in_the_path(tmp_path):
    folder = tmp_path / 'data folder\'s "own"'

    async with broker(folder, NO_URL, "first", SystemClock()) as url:
        await set_value(url, "kept")
    async with broker(folder, NO_URL, "second", SystemClock()) as url:
        value = await get_value(url)

    assert value == "kept"


async def test_redis_url_is_used_as_it_is_and_the_data_folder_is_left_alone(tmp_path):
    async with broker(tmp_path / "none", BusSettings(redis_url="redis://elsewhere:1"), "test", SystemClock()) as url:
        assert url == "redis://elsewhere:1"

    assert not (tmp_path / "none").exists()


async def test_nothing_is_left_when_the_block_ends(tmp_path):
    async with broker(tmp_path, NO_URL, "test", SystemClock()) as url:
        socket = socket_of(url)
        before = mode_of(socket)

    assert before == 0o700
    assert not socket.parent.exists()
    assert read_note(tmp_path) is None


async def test_the_socket_is_closed_to_other_users_and_its_path_is_short(tmp_path):
    async with broker(tmp_path / ("long" * 40), NO_URL, "test", SystemClock()) as url:
        socket = socket_of(url)

        assert mode_of(socket) == 0o700
        assert mode_of(socket.parent) == 0o700
        assert len(str(socket)) < 104


async def test_what_is_written_is_kept_in_an_append_only_file_and_never_evicted(tmp_path):
    async with (
        broker(tmp_path, NO_URL, "test", SystemClock()) as url,
        Redis.from_url(url, decode_responses=True) as client,
    ):
        settings = await client.config_get("*")

    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "everysec"
    assert settings["maxmemory-policy"] == "noeviction"
    assert settings["port"] == "0"


async def test_a_command_uses_the_broker_of_the_run_that_holds_the_folder(tmp_path, valkey_url):
    socket = socket_of(valkey_url)
    with try_to_hold(tmp_path) as held:
        assert held is not None
        held.write_note(Holder(pid=1, command="newsweir run", shares=True, socket=socket))

        async with broker(tmp_path, NO_URL, "test", SystemClock()) as url:
            assert url == valkey_url


async def test_a_second_run_is_told_who_holds_the_folder(tmp_path, valkey_url):
    socket = socket_of(valkey_url)
    with try_to_hold(tmp_path) as held:
        assert held is not None
        held.write_note(Holder(pid=4711, command="newsweir demo", shares=True, socket=socket))

        with pytest.raises(ConfigurationError, match=r"held by `newsweir demo` \(process 4711\)"):
            async with hold(tmp_path, SystemClock()):
                pass


async def test_a_run_whose_broker_is_elsewhere_is_named_at_once(tmp_path):
    clock = FakeClock()
    with try_to_hold(tmp_path) as held:
        assert held is not None
        held.write_note(Holder(pid=4711, command="newsweir run", shares=True))

        with pytest.raises(ConfigurationError, match="whose broker is elsewhere: set REDIS_URL as it does"):
            async with broker(tmp_path, NO_URL, "test", clock):
                pass

    assert clock.slept == []


async def test_a_command_that_does_not_end_is_named_after_a_while(tmp_path):
    with try_to_hold(tmp_path) as held:
        assert held is not None
        held.write_note(Holder(pid=4711, command="newsweir import"))

        with pytest.raises(ConfigurationError, match="held by `newsweir import`"):
            async with broker(tmp_path, NO_URL, "test", FakeClock()):
                pass


async def test_a_command_waits_for_one_that_ends_soon(tmp_path):
    async with broker(tmp_path, NO_URL, "first", SystemClock()):
        second = asyncio.create_task(use_broker(tmp_path))
        await asyncio.sleep(0)

    assert await second


async def use_broker(folder: Path) -> bool:
    async with broker(folder, NO_URL, "second", SystemClock()) as url:
        return await get_value(url) is None


async def test_the_note_and_the_socket_of_a_killed_run_are_cleared_away(tmp_path):
    socket = new_socket()
    socket.touch()
    with try_to_hold(tmp_path) as held:
        assert held is not None
        held.write_note(Holder(pid=1, command="newsweir run", shares=True, socket=socket))

        remove_left_over(held)

    assert not socket.parent.exists()
    assert read_note(tmp_path) is None


async def test_a_stale_note_misleads_nobody(tmp_path):
    note = Holder(pid=1, command="newsweir run", shares=True, socket=new_socket())
    (tmp_path / "holder.json").write_text(note.model_dump_json())

    async with broker(tmp_path, NO_URL, "test", SystemClock()) as url:
        assert await get_value(url) is None


async def test_a_server_that_cannot_start_is_quoted(tmp_path):
    binary = tmp_path / "server"
    binary.write_text("#!/bin/sh\necho the file is broken\nexit 1\n")
    binary.chmod(0o700)

    with pytest.raises(ConfigurationError, match=r"server\.log says: the file is broken"):
        await start_server(binary, tmp_path / "data", new_socket(), SystemClock(), log=tmp_path / "server.log")


async def test_a_folder_that_cannot_be_made_names_the_setting(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match="NEWSWEIR_DATA_DIR"):
        async with broker(tmp_path / "file" / "data", NO_URL, "test", SystemClock()):
            pass


HOLDER = """
import asyncio, sys
from pathlib import Path
from services.cli.embedded_valkey import broker
from shared.clock import SystemClock
from shared.settings import BusSettings

async def main():
    async with broker(Path(sys.argv[1]), BusSettings(), "killed", SystemClock()) as url:
        print(url, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux alone ends a child with its parent")
async def test_a_killed_command_leaves_no_server_and_loses_nothing(tmp_path):
    command = start_python(HOLDER, str(tmp_path))
    assert command.stdout is not None
    url = command.stdout.readline().strip()
    async with Redis.from_url(url) as client:
        server = (await client.info("server"))["process_id"]
    await set_value(url, "acknowledged")

    os.kill(command.pid, signal.SIGKILL)
    command.wait()
    await until(lambda: not is_running(server))

    async with broker(tmp_path, NO_URL, "test", SystemClock()) as url:
        assert await get_value(url) == "acknowledged"


async def test_a_server_keeps_the_folder_for_as_long_as_it_lives(tmp_path):
    """Two servers over one append-only file would ruin it."""
    clock = SystemClock()
    with try_to_hold(tmp_path) as held:
        assert held is not None
        server = await start_server(
            bundled_binary(), tmp_path / "valkey", new_socket(), clock, log=tmp_path / "log", lock=held.lock
        )

    try:
        with try_to_hold(tmp_path) as second:
            assert second is None
    finally:
        await server.stop(clock)

    with try_to_hold(tmp_path) as third:
        assert third is not None


def test_a_socket_becomes_a_url():
    assert socket_url(Path("/tmp/a/valkey.sock")) == "unix:///tmp/a/valkey.sock"
