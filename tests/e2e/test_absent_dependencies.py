"""Services whose broker or store is not there yet, or goes away: they say so, wait, and go on by themselves."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from aiohttp import ClientError, ClientSession, web

from services.cli.embedded_valkey import bundled_binary, start_server
from shared.bus.envelope import encode
from shared.clock import SystemClock
from shared.redis_client import open_connection
from shared.settings import BusSettings, environment_for
from shared.topology import ARTICLES_CRAWLED
from tests.builders import an_article
from tests.e2e.running import free_ports, until
from tests.indices import removed_afterwards

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
OFFSETS = {"search": 0, "crawler": 1, "enrichment": 2, "indexing": 3}
LIMIT_S = 60


class Service:
    """One service in a process of its own."""

    def __init__(self, name: str, port: int, log: Path) -> None:
        self.name = name
        self.url = f"http://127.0.0.1:{port + OFFSETS[name]}"
        self.log = log

    async def ready(self) -> dict[str, str] | None:
        """What is failing by its own word; empty when ready, None while it does not answer."""
        try:
            async with httpx.AsyncClient(timeout=LIMIT_S) as client:
                return (await client.get(f"{self.url}/readyz")).json()["failing"]
        except httpx.TransportError:
            return None

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


@asynccontextmanager
async def services(*names: str, folder: Path, **settings: str) -> AsyncIterator[list[Service]]:
    port = free_ports(4)
    environment = environment_for({"data_dir": folder, "http_port": port, "elasticsearch_url": None, **settings})
    running, processes = [], []
    for name in names:
        service = Service(name, port, folder / f"{name}.log")
        with service.log.open("wb") as log:
            processes.append(
                await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "services.cli.main", "service", name, env=environment, stderr=log
                )
            )
        running.append(service)
    try:
        yield running
    finally:
        for process in processes:
            # One that ended by itself is told below by its status, rather than by its absence here.
            if process.returncode is None:
                process.terminate()
        ended = [await process.wait() for process in processes]
    assert ended == [0] * len(names)


async def test_services_wait_for_a_broker_that_comes_later(tmp_path):
    folder = tmp_path / "valkey"
    folder.mkdir()
    socket = tmp_path / "valkey.sock"

    async with services("crawler", "enrichment", "indexing", folder=tmp_path, redis_url=f"unix://{socket}") as waiting:

        async def all_say_that_it_is_away() -> bool:
            failing = [await service.ready() for service in waiting]
            return all(said is not None and "broker" in said for said in failing)

        async def all_are_ready() -> bool:
            return [await service.ready() for service in waiting] == [{}] * len(waiting)

        await until(all_say_that_it_is_away, LIMIT_S, "each service says that the broker is away")
        server = await start_server(bundled_binary(), folder, socket, SystemClock(), log=folder / "server.log")
        await until(all_are_ready, LIMIT_S, "each service is ready")
        complaints = [service.said() for service in waiting]
        log_s = [len(said.splitlines()) for said in complaints]
    await server.stop(SystemClock())

    assert all(str(socket) in said for said in complaints), "the log names the address"
    assert max(log_s) < 20, "waiting is not logged over and over"


async def test_articles_wait_for_a_store_that_goes_away_and_comes_back(tmp_path, valkey_url, elasticsearch_url):
    """A door before the real Elasticsearch, shut at first and again later."""
    door = Door(elasticsearch_url)
    prefix = f"e2e-{uuid4().hex[:8]}"
    settings = {"redis_url": valkey_url, "key_prefix": f"{prefix}:", "index_prefix": prefix}
    connection = open_connection(BusSettings(redis_url=valkey_url, key_prefix=f"{prefix}:"))

    async def publish(number: int) -> None:
        await connection.client.xadd(connection.key(ARTICLES_CRAWLED.name), encode(an_article(number)))

    async with (
        removed_afterwards(elasticsearch_url, prefix),
        door.listening() as url,
        services("enrichment", "indexing", "search", folder=tmp_path, elasticsearch_url=url, **settings) as running,
    ):
        search = running[2]

        async def found(number: int) -> bool:
            async with httpx.AsyncClient(timeout=LIMIT_S) as client:
                answer = await client.get(f"{search.url}/v1/articles", params={"facet": "none", "copies": "show"})
            return answer.status_code == httpx.codes.OK and answer.json()["total"]["value"] == number

        async def says_unavailable() -> bool:
            async with httpx.AsyncClient(timeout=LIMIT_S) as client:
                answer = await client.get(f"{search.url}/v1/articles")
            return answer.status_code == httpx.codes.SERVICE_UNAVAILABLE and "retry-after" in answer.headers

        await publish(1)
        await until(lambda: _failing(search, "store"), LIMIT_S, "search says that the store is away")
        assert await says_unavailable()
        door.open = True
        await until(lambda: found(1), LIMIT_S, "the first article is found")
        door.open = False
        await publish(2)
        await until(says_unavailable, LIMIT_S, "search says that the store is away")
        door.open = True
        await until(lambda: found(2), LIMIT_S, "the second article is found")
    await connection.close()


async def _failing(service: Service, probe: str) -> bool:
    return probe in (await service.ready() or {})


class Door:
    """Passes requests on to a server, or hangs up while it is shut."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.open = False

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        port = free_ports(1)
        async with ClientSession() as self._client:
            runner = web.ServerRunner(web.Server(self._pass_on))
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()
            yield f"http://127.0.0.1:{port}"
            await runner.cleanup()

    async def _pass_on(self, request: web.BaseRequest) -> web.Response:
        if not self.open:
            assert request.transport is not None
            request.transport.close()
            return web.Response(status=503)
        headers = {name: value for name, value in request.headers.items() if name.lower() != "host"}
        try:
            async with self._client.request(
                request.method, self.target + request.path_qs, data=await request.read(), headers=headers
            ) as answer:
                kept = {n: v for n, v in answer.headers.items() if n.lower() in ("content-type", "x-elastic-product")}
                return web.Response(status=answer.status, body=await answer.read(), headers=kept)
        except ClientError:
            return web.Response(status=502)
