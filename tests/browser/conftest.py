"""The search service on a port of its own, and a browser before it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.article_store.opening import open_reader, open_writer
from shared.clock import SystemClock
from shared.settings import HttpSettings, StoreSettings
from tests.browser.chromium import Tab, a_tab, executable
from tests.integration.search.newsroom import articles


@pytest.fixture
def chromium(request: pytest.FixtureRequest) -> str:
    """The browser; skipped where there is none, unless --require-browser."""
    binary = executable()
    if binary is None:
        if request.config.getoption("--require-browser"):
            pytest.fail("no Chromium on the PATH: apt-get install chromium")
        pytest.skip("no Chromium on the PATH")
    return binary


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a service over the articles of the search tests."""
    store, clock = StoreSettings(data_dir=tmp_path / "data"), SystemClock()
    writer = await open_writer(store, clock)
    await writer.put(articles())
    await writer.close()
    reader = await open_reader(store, clock)
    app = create_app(reader, store, HttpSettings(), SearchSettings(), clock)
    # Bound and listening before the server runs: the browser's first request waits instead of failing.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await serving
    await reader.close()


@pytest.fixture
async def tab(chromium: str, tmp_path: Path) -> AsyncIterator[Tab]:
    """An empty tab."""
    async with a_tab(chromium, tmp_path / "profile") as opened:
        yield opened
