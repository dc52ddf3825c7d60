"""Starts `newsweir` as a user would, in a process of its own, and asks its API."""

import asyncio
import itertools
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from services.cli.embedded_valkey import broker
from shared.bus.dead_letters import letter_fields
from shared.bus.envelope import Entry, encode
from shared.clock import SystemClock
from shared.errors import PermanentFailure
from shared.events.articles import ArticleCrawled
from shared.redis_client import open_connection
from shared.settings import BusSettings, environment_for
from shared.topology import ENRICHMENT

# More than a slow machine needs: what is waited for comes in a tenth of it.
START_LIMIT_S = 120
STOP_LIMIT_S = 60
_ASK_EVERY_S = 0.25


# Ports that were handed out are not handed out again, although nobody listens there yet. Below those that the system
# takes for outgoing connections, which would come between; each process begins elsewhere.
_FIRST, _END = 20_000, 32_000
_candidates = itertools.count(os.getpid() * 613)
_taken: list[socket.socket] = []


def free_ports(count: int) -> int:
    """The first of `count` ports in a row that nobody listens on, and that no other run of tests was given."""
    row: list[int] = []
    while len(row) < count:
        port = _FIRST + next(_candidates) % (_END - _FIRST)
        follows = not row or port == row[-1] + 1
        row = [*(row if follows else []), port] if _is_free(port) and _is_taken_now(port) else []
    return row[0]


def _is_taken_now(port: int) -> bool:
    """Takes the port from other processes until this one ends, by its namesake of UDP, which no server here needs."""
    claim = socket.socket(type=socket.SOCK_DGRAM)
    try:
        claim.bind(("127.0.0.1", port))
    except OSError:
        claim.close()
        return False
    _taken.append(claim)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class Running:
    """A `newsweir run` or `demo` with its API."""

    def __init__(self, process: asyncio.subprocess.Process, api: httpx.AsyncClient, settings: dict[str, str]) -> None:
        self.process = process
        self.api = api
        self.settings = settings

    async def get(self, path: str, **parameters: Any) -> dict[str, Any]:
        answer = await self.api.get(path, params=parameters or None)
        answer.raise_for_status()
        return answer.json()

    async def total(self, **parameters: Any) -> int:
        """How many articles match, copies of others counted."""
        return (await self.get("/v1/articles", **{"copies": "show", **parameters}))["total"]["value"]

    async def all_articles(self) -> list[dict[str, Any]]:
        """Every article, copies of others too, by walking the cursor."""
        articles: list[dict[str, Any]] = []
        following: str | None = "/v1/articles?size=50&sort=newest&facet=none&copies=show"
        while following:
            page = await self.get(following)
            articles += page["articles"]
            following = page["next"]
        return articles

    async def command(self, *arguments: str) -> str:
        """What a command prints, beside the run."""
        return await command(*arguments, environment=self.settings)

    async def status(self) -> dict[str, Any]:
        return json.loads(await self.command("status", "--json"))

    async def until(self, true: Callable[[], Awaitable[bool]], limit_s: float, what: str) -> None:
        """Wait as `until` does, as long as the run goes on; what is too busy to answer is asked again."""

        async def true_while_running() -> bool:
            assert self.process.returncode is None, f"newsweir ended with {self.process.returncode}"
            return await unless_busy(true)

        await until(true_while_running, limit_s, what)


async def unless_busy(true: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it is true; not yet, where a service gave no answer in time or said that it cannot give one now."""
    try:
        return await true()
    except httpx.TimeoutException:
        return False
    except httpx.HTTPStatusError as error:
        if error.response.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            raise
        return False


async def until(true: Callable[[], Awaitable[bool]], limit_s: float, what: str) -> None:
    """Ask again and again; fails after the limit, saying what did not come about."""
    try:
        async with asyncio.timeout(limit_s):
            while not await true():  # noqa: ASYNC110 (other processes have no event for it)
                await asyncio.sleep(_ASK_EVERY_S)
    except TimeoutError:
        raise AssertionError(f"not within {limit_s} s: {what}") from None


async def bury(running: Running, article: ArticleCrawled) -> None:
    """Puts an article into the dead letters of enrichment, as if it had been given up an hour ago."""
    settings = BusSettings()
    async with broker(Path(running.settings["NEWSWEIR_DATA_DIR"]), settings, "a test", SystemClock()) as url:
        connection = open_connection(settings.model_copy(update={"redis_url": url}))
        gone_wrong = PermanentFailure("the model was away")
        fields = letter_fields(
            Entry("1-0", encode(article)), ENRICHMENT, gone_wrong, SystemClock().now_ms() - 3_600_000
        )
        await connection.client.xadd(connection.key(ENRICHMENT.dead_letters), fields)
        await connection.close()


async def command(*arguments: str, environment: dict[str, str] | None = None) -> str:
    """What a command prints on standard output; it must end with 0."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli.main", *arguments, env=environment, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, f"newsweir {' '.join(arguments)} ended with {process.returncode}"
    return output.decode()


@asynccontextmanager
async def newsweir(*arguments: str, data_dir: Path, settings: dict[str, str]) -> AsyncIterator[Running]:
    """Run it until the block ends, then stop it with SIGINT as a terminal does; it must end with 0."""
    environment = {**environment_for({"data_dir": data_dir, "http_port": free_ports(4)}), **settings}
    log = (data_dir / "output.log").open("ab")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.cli.main", *arguments, env=environment, stdout=log, stderr=log,
        start_new_session=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{environment['NEWSWEIR_HTTP_PORT']}"
    async with httpx.AsyncClient(base_url=address, timeout=20) as api:
        # The demo keeps a folder of its own within the data folder.
        folder = data_dir / "demo" if arguments[0] == "demo" else data_dir
        running = Running(process, api, {**environment, "NEWSWEIR_DATA_DIR": str(folder)})
        try:
            await running.until(lambda: _ready(api), START_LIMIT_S, "search answers")
            yield running
            process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(process.wait(), STOP_LIMIT_S) == 0
        finally:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
            log.close()


async def _ready(api: httpx.AsyncClient) -> bool:
    try:
        return (await api.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False
