"""Sentinels: whoever is the primary is the broker, and a failover is a short absence."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.bus.broker import StageReader, create_group
from shared.redis_client import RedisConnection, open_connection, refuse_unfit_server
from shared.settings import BusSettings
from shared.topology import ENRICHMENT
from tests.e2e.running import free_ports, until

pytestmark = [pytest.mark.redis_server, pytest.mark.slow]


@pytest.fixture
async def settings(redis_server_binary: Path, tmp_path: Path) -> AsyncIterator[BusSettings]:
    """A primary, a replica of it, and a sentinel that watches them."""
    ports = free_ports(3)
    primary, replica, sentinel = ports, ports + 1, ports + 2
    (tmp_path / "sentinel.conf").write_text(
        f"port {sentinel}\nsentinel monitor news 127.0.0.1 {primary} 1\n"
        "sentinel down-after-milliseconds news 2000\nsentinel failover-timeout news 4000\n"
    )
    commands = [
        ["--port", str(primary), "--save", ""],
        ["--port", str(replica), "--save", "", "--replicaof", "127.0.0.1", str(primary)],
        [str(tmp_path / "sentinel.conf"), "--sentinel"],
    ]
    servers = [
        await asyncio.create_subprocess_exec(
            redis_server_binary, *arguments, cwd=tmp_path, stdout=asyncio.subprocess.DEVNULL
        )
        for arguments in commands
    ]
    # A failover needs a replica that the sentinel has seen in step.
    watcher = open_connection(BusSettings(redis_url=f"redis://127.0.0.1:{sentinel}"))
    await until(lambda: _sees_a_replica(watcher), 30, "the sentinel knows the replica")
    yield BusSettings(redis_url=f"redis+sentinel://127.0.0.1:{sentinel}/news", key_prefix="team:")
    await watcher.close()
    for server in servers:
        if server.returncode is None:
            server.kill()
            await server.wait()


async def _sees_a_replica(watcher: RedisConnection) -> bool:
    try:
        replicas = await watcher.client.execute_command("SENTINEL", "REPLICAS", "news")
    except Exception:
        return False
    return any(replica["master-link-status"] == "ok" for replica in replicas)


async def test_events_are_read_before_and_after_a_failover(settings: BusSettings):
    connection, read = open_connection(settings), asyncio.Queue[str]()

    async def process(entries) -> None:
        for entry in entries:
            read.put_nowait(entry.fields["number"])

    await refuse_unfit_server(connection)
    await create_group(connection, ENRICHMENT)
    reader = StageReader(ENRICHMENT, "one", settings, process, drain_s=1)
    await reader.start()
    stream = connection.key(ENRICHMENT.reads.name)
    try:
        await connection.client.xadd(stream, {"number": "1"})
        before = await asyncio.wait_for(read.get(), 30)
        # What was written just before the primary dies may be lost with it: wait until the replica has it.
        await connection.client.execute_command("WAIT", "1", "5000")

        await _end_the_primary(connection)
        await until(lambda: _added(connection, stream), 40, "a new primary takes writes")
        after = await asyncio.wait_for(read.get(), 30)
    finally:
        await reader.stop()
        await connection.close()

    assert (before, after) == ("1", "2")


async def _end_the_primary(connection: RedisConnection) -> None:
    try:
        await connection.client.execute_command("SHUTDOWN", "NOSAVE", "FORCE")
    except Exception:
        return


async def _added(connection: RedisConnection, stream: str) -> bool:
    try:
        await connection.client.xadd(stream, {"number": "2"})
    except Exception:
        return False
    return True
