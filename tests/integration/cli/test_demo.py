"""The demo as a person meets it: one command, interrupted and started again, with a service killed on the way."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.settings import environment_for
from tests.unit.services.cli.processes import is_running

pytestmark = pytest.mark.slow
NEWSWEIR = [sys.executable, "-m", "services.cli.main"]
# Four outlets and, from 10 further on, four services.
PORTS = 14


class Demo:
    """`newsweir demo` on ports and in a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._port = free_ports(PORTS)
        self._environment = environment_for(
            {"data_dir": folder, "newsroom_port": self._port, "http_port": self._port + 10, "redis_url": None}
        )
        self.output = folder.with_suffix(".out")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.output.open("wb") as out:
            self.process = subprocess.Popen([*NEWSWEIR, "demo"], stdout=out, stderr=out, env=self._environment)

    def wait_for(self, words: str) -> None:
        assert self.process is not None
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            time.sleep(0.05)

    def said(self) -> str:
        return self.output.read_text()

    def interrupt(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait()

    def command(self, *arguments: str, data_dir: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Another command, over the demo's own data folder unless told otherwise."""
        environment = {**self._environment, "NEWSWEIR_DATA_DIR": str(data_dir or self.folder / "demo")}
        return subprocess.run([*NEWSWEIR, *arguments], capture_output=True, text=True, env=environment)

    def status(self) -> dict[str, object]:
        answer: dict[str, object] = json.loads(self.command("status", "--json").stdout)
        return answer

    def wait_until_settled(self) -> dict[str, object]:
        """The status once every page that was fetched has its end, for three looks in a row."""
        calm = 0
        while True:
            status = self.status()
            settled = sum(status["dispositions"].values())  # type: ignore[attr-defined]  # it is JSON
            calm = calm + 1 if settled >= 60 and status["in_flight"] == 0 else 0
            if calm == 3:
                return status
            time.sleep(0.5)

    def processes(self) -> list[int]:
        """All processes that run on this data folder."""
        return [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and is_running(int(entry.name)) and str(self.folder) in environment_of(entry)
        ]


def environment_of(process: Path) -> str:
    try:
        return (process / "environ").read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def free_ports(count: int) -> int:
    """The first of some ports that nobody listens on."""
    for first in range(20_000 + os.getpid() % 5_000, 60_000, count):
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no free ports")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "a folder")
    yield demo
    if demo.process is not None and demo.process.poll() is None:
        demo.process.kill()
        demo.process.wait()


def service_pid(demo: Demo, name: str) -> int:
    for pid in demo.processes():
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if command[-3:-1] == [b"service", name.encode()]:
            return pid
    raise AssertionError(f"{name} does not run")


@pytest.mark.timeout(240)
def test_the_demo_comes_up_survives_a_kill_stops_clean_and_goes_on(demo: Demo):
    demo.start()
    started_s = time.perf_counter()
    demo.wait_for("ready: open http://127.0.0.1:")
    assert time.perf_counter() - started_s < 15

    second = demo.command("demo", data_dir=demo.folder)
    assert second.returncode == 2
    assert "is held by `newsweir demo` (process" in second.stderr

    os.kill(service_pid(demo, "enrichment"), signal.SIGKILL)
    demo.wait_for("enrichment was killed by SIGKILL; starting it again")
    first = demo.wait_until_settled()
    found = json.loads(demo.command("search", "--json").stdout)["total"]["value"]
    exported = demo.command("export").stdout.splitlines()
    assert found == len(exported) > 40

    assert demo.interrupt() == 0
    assert "Traceback" not in demo.said()
    assert demo.processes() == []

    demo.start()
    demo.wait_for("ready: open http://127.0.0.1:")
    again = demo.status()
    assert json.loads(demo.command("search", "--json").stdout)["total"]["value"] >= found
    assert again["fetched"] - first["fetched"] < 60  # type: ignore[operator]  # it is JSON
    assert demo.interrupt() == 0
