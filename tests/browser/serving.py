"""The search service over articles of its own, at an address that a browser can open."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from services.search.app import create_app
from services.search.settings import SearchSettings
from shared.article_store.opening import open_reader, open_writer
from shared.clock import SystemClock
from shared.redis_client import RedisConnection
from shared.settings import HttpSettings, StoreSettings
from tests.integration.search.newsroom import articles


@asynccontextmanager
async def serving(
    folder: Path, settings: SearchSettings, connection: RedisConnection | None = None
) -> AsyncIterator[str]:
    """The address of a service over the articles of the search tests, for the block's duration."""
    store, clock = StoreSettings(data_dir=folder), SystemClock()
    writer = await open_writer(store, clock)
    await writer.put(articles())
    await writer.close()
    reader = await open_reader(store, clock)
    app = create_app(reader, store, HttpSettings(), settings, clock, connection)
    # Bound and listening before the server runs: the browser's first request waits instead of failing.
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        running = asyncio.create_task(server.serve(sockets=[listening]))
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await running
    await reader.close()
