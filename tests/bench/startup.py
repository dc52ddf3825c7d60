"""Measures how soon things are there: python -m tests.bench.startup [--rounds N].

The help of the command; each service from its start until /readyz answers 200, over an embedded Valkey; the demo from
its start until its articles are found. Each in processes of its own, caches of the disk warm after a first round. The
command fails where a goal is missed.
"""

import argparse
import asyncio
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from services.cli.child_process import spawn
from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from services.newsroom.settings import OUTLET_COUNT
from shared.clock import SystemClock
from shared.settings import environment_for
from tests.e2e.running import free_ports, newsweir, until

# Each with its port, counted from that of the search service.
SERVICES = {"search": 0, "crawler": 1, "enrichment": 2, "indexing": 3}
# What is searchable of the demo when people look: the outlets have 72 pages, of which some come late on purpose.
_ARTICLES = 50
_LIMIT_S = 120
_NEWSWEIR = (sys.executable, "-m", "services.cli.main")
_GOALS_S = {"newsweir --help": 0.3, **{f"service {name}": 3.0 for name in SERVICES}, "demo, searchable": 15.0}


async def help_s() -> float:
    """Seconds until `newsweir --help` has ended."""
    began_s = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*_NEWSWEIR, "--help", stdout=subprocess.DEVNULL)
    await process.wait()
    return time.perf_counter() - began_s


async def service_s(name: str, redis_url: str, folder: Path) -> float:
    """Seconds until a service that was just started is ready."""
    port = free_ports(4)
    environment = environment_for(
        {"redis_url": redis_url, "elasticsearch_url": None, "data_dir": folder, "http_port": port}
    )
    address = f"http://127.0.0.1:{port + SERVICES[name]}/readyz"
    began_s = time.perf_counter()
    with (folder / f"{name}.log").open("wb") as output:
        process = spawn([*_NEWSWEIR, "service", name], output=output, environment=environment)
    try:
        async with httpx.AsyncClient() as client:
            await until(lambda: _ready(client, address), _LIMIT_S, f"{name} is ready")
        return time.perf_counter() - began_s
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


async def _ready(client: httpx.AsyncClient, address: str) -> bool:
    try:
        return (await client.get(address)).status_code == 200
    except httpx.TransportError:
        return False


async def demo_s(folder: Path) -> float:
    """Seconds until most of the demo's articles are found."""
    settings = {"NEWSWEIR_NEWSROOM_PORT": str(free_ports(OUTLET_COUNT)), "ELASTICSEARCH_URL": ""}
    began_s = time.perf_counter()
    async with newsweir("demo", data_dir=folder, settings=settings) as demo:

        async def enough() -> bool:
            return await demo.total() >= _ARTICLES

        await demo.until(enough, _LIMIT_S, "the demo's articles are found")
        return time.perf_counter() - began_s


async def measure(rounds: int, folder: Path) -> dict[str, list[float]]:
    """Seconds of every round after the first."""
    clock = SystemClock()
    server = await start_server(bundled_binary(), folder / "valkey", new_socket(), clock, log=folder / "valkey.log")

    def in_a_folder(what: Callable[[Path], Awaitable[float]], name: str) -> Callable[[], Awaitable[float]]:
        async def in_its_own() -> float:
            return await what(Path(tempfile.mkdtemp(prefix=name, dir=folder)))

        return in_its_own

    def ready(name: str) -> Callable[[Path], Awaitable[float]]:
        return lambda place: service_s(name, server.url, place)

    measured: dict[str, Callable[[], Awaitable[float]]] = {
        "newsweir --help": help_s,
        **{f"service {name}": in_a_folder(ready(name), name) for name in SERVICES},
        "demo, searchable": in_a_folder(demo_s, "demo"),
    }
    try:
        return {name: [await once() for _ in range(rounds + 1)][1:] for name, once in measured.items()}
    finally:
        await server.stop(clock)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="newsweir-startup-") as folder:
        found = asyncio.run(measure(rounds, Path(folder)))
    sys.stdout.write(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    for name, seconds in found.items():
        missed = ": missed" if statistics.median(seconds) > _GOALS_S[name] else ""
        sys.stdout.write(
            f"{name:<20}{statistics.median(seconds):>7.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), "
            f"goal {_GOALS_S[name]} s{missed}\n"
        )
    return 1 if any(statistics.median(seconds) > _GOALS_S[name] for name, seconds in found.items()) else 0


if __name__ == "__main__":
    sys.exit(main())
