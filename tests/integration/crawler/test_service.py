"""The service as it is started, in a process of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from shared import commands
from shared.clock import SystemClock
from shared.settings import environment_for
from tests.e2e.running import free_ports, until

pytestmark = pytest.mark.asyncio(loop_scope="package")
SYSTEM = SystemClock()
PATIENCE_S = 60
COMMAND = (sys.executable, "-m", "services.cli.main")


@asynccontextmanager
async def crawler_service(newsroom, valkey_url, tmp_path) -> AsyncIterator[str]:
    """A crawler beside the test's newsroom; yields the address of its probes. It ends well when told to."""
    port = free_ports(2)
    environment = {**environment_of(newsroom, valkey_url, tmp_path), "NEWSWEIR_HTTP_PORT": str(port)}
    process = await asyncio.create_subprocess_exec(*COMMAND, "service", "crawler", env=environment)
    try:
        yield f"http://127.0.0.1:{port + 1}"
    finally:
        process.terminate()
        status = await process.wait()
    assert status == 0


def environment_of(newsroom, valkey_url, tmp_path) -> dict[str, str]:
    return environment_for(
        {
            "data_dir": tmp_path,
            "elasticsearch_url": None,
            "redis_url": valkey_url,
            "key_prefix": newsroom.connection.prefix,
            "archive_dir": tmp_path / "warc",
            "allow_loopback": True,
            "host_delay_s": 0.01,
        }
    )


@pytest.mark.slow
async def test_a_running_crawler_finds_the_doors_of_a_site_and_visits_a_source_when_asked(
    newsroom, site, valkey_url, tmp_path
):
    site.page("/", '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>')
    site.article("/a", "locks")
    site.feed("/a")

    async with crawler_service(newsroom, valkey_url, tmp_path) as probes:
        found = await commands.discover(newsroom.connection, site.url, SYSTEM, timeout_s=PATIENCE_S)
        await newsroom.open()
        due = await commands.visit_now(newsroom.connection, "weir-post", SYSTEM, timeout_s=PATIENCE_S)
        await until(newsroom.events, PATIENCE_S, "the article is handed over")
        async with httpx.AsyncClient() as client:
            ready = await client.get(f"{probes}/readyz")
            metrics = (await client.get(f"{probes}/metrics")).text

    assert [(door.kind, door.url, door.chosen) for door in found.doors] == [("feed", f"{site.url}/feed.xml", True)]
    assert due.doors == 1
    assert (ready.status_code, ready.json()["failing"]) == (200, {})
    assert 'newsweir_crawler_paused{reason="disk"} 0.0' in metrics
    assert 'newsweir_sources{state="new"}' in metrics


@pytest.mark.slow
async def test_pages_that_a_crawler_archived_are_replayed_by_the_command(newsroom, site, valkey_url, tmp_path):
    site.article("/a", "locks")
    site.feed("/a")
    await newsroom.open()
    async with crawler_service(newsroom, valkey_url, tmp_path):
        await until(newsroom.events, PATIENCE_S, "the article is handed over")
    asked = len(site.requests)
    files = sorted((tmp_path / "warc").iterdir())

    environment = environment_of(newsroom, valkey_url, tmp_path)
    process = await asyncio.create_subprocess_exec(
        *COMMAND, "replay-warc", "--dry-run", *map(str, files), env=environment, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()

    assert [path.name.endswith(".warc.gz") for path in files] == [True]
    assert process.returncode == 0
    assert b"1 page read: 0 would be handed over, 1 would be dropped (unchanged 1)" in said
    assert len(site.requests) == asked
