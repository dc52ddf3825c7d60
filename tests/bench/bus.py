"""Measures the bus on the embedded Valkey: python -m tests.bench.bus.

One stage with a handler that does next to nothing, beside loops written by hand that validate and serialise with the
same models; what a message costs the broker; and how long the batch of a killed worker lies still.
"""

import asyncio
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from services.cli.embedded_valkey import bundled_binary, new_socket, start_server
from shared.clock import SystemClock
from shared.redis_client import open_connection
from shared.settings import BusSettings, TelemetrySettings
from shared.telemetry import configure_logging
from shared.topology import ENRICHMENT
from tests.bench import broker_memory, recovery, throughput
from tests.bench.broker_memory import Memory
from tests.bench.comparison import Speed, median_speed, ratio

# Of the messages per second of the asyncio loop; the rest pays for labels, ledger, retries, fencing and upkeep.
FLOOR = 0.5
_ROUNDS_S = 35.0
_LIMIT_S = 90.0
_SHOWN = {"stage": "the stage", "asyncio": "asyncio loop", "blocking": "blocking loop"}


@dataclass(frozen=True)
class Result:
    """All that was measured; recovery in seconds."""

    server: str
    memory: Memory
    speeds: dict[str, list[Speed]]
    recovery_s: float


def main() -> int:
    # As a service logs: what is said of each article at debug is not written.
    configure_logging("bench", TelemetrySettings())
    with tempfile.TemporaryDirectory(prefix="newsweir-bench-") as folder:
        try:
            result = asyncio.run(asyncio.wait_for(_measure(Path(folder)), _LIMIT_S))
        except TimeoutError:
            sys.stderr.write(f"not done after {_LIMIT_S:.0f} s: is the machine busy?\n")
            return 1
    sys.stdout.write(table(result))
    reached = ratio(result.speeds["stage"], result.speeds["asyncio"]).median
    if reached < FLOOR:
        sys.stderr.write(f"below the floor: the stage reaches {reached:.2f} of the asyncio loop, not {FLOOR}\n")
        return 1
    return 0


async def _measure(folder: Path) -> Result:
    clock = SystemClock()
    server = await start_server(bundled_binary(), folder, new_socket(), clock, log=folder / "server.log")
    connection = open_connection(BusSettings(redis_url=server.url, key_prefix="bench:"))
    try:
        information = await connection.client.info("server")
        version = information.get("valkey_version") or information["redis_version"]
        template = connection.key("template")
        memory = await broker_memory.measure(connection, ENRICHMENT, template, throughput.MESSAGES)
        speeds = await throughput.rounds(ENRICHMENT, server.url, template, clock, seconds=_ROUNDS_S)
        recovery_s = await recovery.measure(server.url, folder / "holder.log", clock)
    finally:
        await connection.close()
        await server.stop(clock)
    return Result(f"Valkey {version}", memory, speeds, recovery_s)


def table(result: Result) -> str:
    """What is printed."""
    speeds, memory = result.speeds, result.memory
    lines = [
        f"{result.server} on a unix socket, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}",
        f"{len(speeds['stage'])} rounds of {throughput.MESSAGES} messages of {memory.payload:,.0f} bytes, "
        f"in batches of {ENRICHMENT.batch_size}",
        "",
        f"{'':<15}{'messages/s':>11}{'CPU µs each':>13}   stage in proportion, median (lowest to highest)",
    ]
    for name, shown in _SHOWN.items():
        speed = median_speed(speeds[name])
        proportion = "" if name == "stage" else str(ratio(speeds["stage"], speeds[name]))
        floor = f", floor {FLOOR}" if name == "asyncio" else ""
        lines.append(f"{shown:<15}{speed.messages_per_s:>11,.0f}{speed.cpu_us:>13.0f}   {proportion}{floor}".rstrip())
    visibility_s = ENRICHMENT.visibility_s
    lines += [
        "",
        f"broker memory  {memory.waiting:,.0f} bytes for a message that waits ({memory.stream:,.0f} by MEMORY USAGE), "
        f"{memory.held:,.0f} more while it is held",
        f"recovery       {result.recovery_s:.1f} s after SIGKILL of a worker that held a batch: "
        f"{result.recovery_s / visibility_s:.2f} visibility timeouts of {visibility_s:.0f} s",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
