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


@asynccontextmanager
async def crawler_service(newsroom, valkey_url, tmp_path) -> AsyncIterator[str]:
    """A crawler beside the test's newsroom; yields the address of its probes. It ends well when told to."""
    port = free_ports(2)
    environment = environment_for(
        {
            "data_dir": tmp_path,
            "elasticsearch_url": None,
            "redis_url": valkey_url,
            "key_prefix": newsroom.connection.prefix,
            "http_port": port,
            "allow_loopback": True,
            "host_delay_s": 0.01,
        }
    )
    arguments = ("-m", "services.cli.main", "service", "crawler")
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, env=environment)
    try:
        yield f"http://127.0.0.1:{port + 1}"
    finally:
        process.terminate()
        status = await process.wait()
    assert status == 0


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
