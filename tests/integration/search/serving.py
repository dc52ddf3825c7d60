"""The search service on a port of its own in a thread of its own, over a real store and a real broker."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path

import uvicorn

from services.search.alerts.service import open_alerts
from services.search.alerts.settings import AlertSettings
from services.search.app import create_app
from services.search.settings import SearchSettings
from shared import commands
from shared.article_store.opening import open_reader
from shared.bus.envelope import Entry, decode
from shared.clock import SystemClock
from shared.events.commands import CommandAnswer, CrawlerCommand, Refusal
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings, HttpSettings, StoreSettings
from shared.topology import COMMANDS_CRAWLER


@contextmanager
def served(data_dir: Path, redis_url: str, key_prefix: str) -> Iterator[str]:
    """The address of the service, for the block's duration; a crawler that refuses everything answers its commands."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()
        bus = BusSettings(redis_url=redis_url, key_prefix=key_prefix)
        thread = threading.Thread(target=lambda: asyncio.run(_serve(data_dir, bus, listening, stop)))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


async def _serve(data_dir: Path, bus: BusSettings, listening: socket.socket, stop: threading.Event) -> None:
    store, clock = StoreSettings(data_dir=data_dir), SystemClock()
    reader, connection = await open_reader(store, clock), open_connection(bus)
    stack = AsyncExitStack()
    alerts = await stack.enter_async_context(open_alerts(AlertSettings(), bus, connection, reader, clock))
    app = create_app(reader, store, HttpSettings(), SearchSettings(), clock, connection, alerts)
    # A feed that has ended answers and is gone: nobody who only looks at its shape waits for it.
    app.state.live.close()
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
    serving, crawling = asyncio.create_task(server.serve(sockets=[listening])), asyncio.create_task(_crawl(connection))
    await asyncio.to_thread(stop.wait)
    server.should_exit = True
    crawling.cancel()
    with suppress(asyncio.CancelledError):
        await crawling
    await serving
    await stack.aclose()
    await connection.close()
    await reader.close()


async def _crawl(connection: RedisConnection) -> None:
    stream, after = connection.key(COMMANDS_CRAWLER.name), "0"
    while True:
        answer = await connection.client.xread({stream: after}, count=10, block=1000)
        for _, entries in answer or ():
            for after, fields in entries:
                command = decode(Entry(after, fields), CrawlerCommand).event
                said = CommandAnswer(command_id=command.command_id, result=Refusal(reason="nothing is crawled here"))
                await commands.answer(connection, said)
