"""Measures what traces cost: python -m tests.bench.traces.

A span while traces are off, beside an empty call; and a stage whose handler does next to nothing, with traces off,
with a tenth of them and with all, sent to a receiver in another process.
"""

import asyncio
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from multiprocessing.connection import Connection
from pathlib import Path

from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from shared import tracing
from shared.clock import SystemClock
from shared.redis_client import open_connection
from shared.settings import BusSettings, TelemetrySettings
from shared.telemetry import configure_logging
from shared.topology import ENRICHMENT
from tests.bench import throughput
from tests.bench.comparison import Speed, median_speed
from tests.otlp import receiving

_CALLS, _REPEATS, _ROUNDS = 200_000, 5, 5
_SHARES = {"off": None, "a tenth": 0.1, "all": 1.0}


def main() -> int:
    # As a service logs: what is said of each article at debug is not written.
    configure_logging("bench", TelemetrySettings())
    span_ns = _each_ns(_one_span) - _each_ns(lambda: None)
    ours, theirs = multiprocessing.Pipe()
    receiver = multiprocessing.get_context("spawn").Process(target=_receive, args=(theirs,), daemon=True)
    receiver.start()
    try:
        speeds = asyncio.run(_measure(ours.recv()))
    finally:
        receiver.terminate()
    off = median_speed(speeds["off"])
    sys.stdout.write(f"a span while traces are off: {span_ns:.0f} ns of CPU\n\n")
    sys.stdout.write(f"{'traces':<10}{'messages/s':>11}{'CPU µs each':>13}{'more than off':>15}\n")
    for name, rounds in speeds.items():
        speed = median_speed(rounds)
        sys.stdout.write(
            f"{name:<10}{speed.messages_per_s:>11,.0f}{speed.cpu_us:>13.0f}{speed.cpu_us - off.cpu_us:>15.0f}\n"
        )
    return 0


def _one_span() -> None:
    with tracing.span("fetch", {"url.full": "https://news.example/a"}):
        pass


def _each_ns(call: Callable[[], None]) -> float:
    """The least of several runs: whatever else the machine does only adds."""
    least = float("inf")
    for _ in range(_REPEATS):
        started = time.process_time()
        for _ in range(_CALLS):
            call()
        least = min(least, time.process_time() - started)
    return 1e9 * least / _CALLS


def _receive(pipe: Connection) -> None:
    with receiving() as receiver:
        pipe.send(receiver.url)
        pipe.poll(None)


async def _measure(url: str) -> dict[str, list[Speed]]:
    clock = SystemClock()
    speeds: dict[str, list[Speed]] = {name: [] for name in _SHARES}
    with tempfile.TemporaryDirectory(prefix="newsweir-bench-") as folder:
        log = Path(folder) / "server.log"
        server = await start_server(bundled_binary(), Path(folder), new_socket(), clock, log=log)
        connection = open_connection(BusSettings(redis_url=server.url, key_prefix="bench:"))
        try:
            template = connection.key("template")
            await throughput.fill(connection, template, throughput.MESSAGES)
            for _ in range(_ROUNDS):
                for name, share in _SHARES.items():
                    with _sending(url, share):
                        speeds[name].append(await throughput.leg("stage", ENRICHMENT, server.url, template, clock))
        finally:
            await connection.close()
            await server.stop(clock)
    return speeds


def _sending(url: str, share: float | None):
    if share is None:
        return nullcontext()
    return tracing.sending("enrichment", TelemetrySettings(otel_exporter_otlp_endpoint=url, trace_share=share))


if __name__ == "__main__":
    sys.exit(main())
