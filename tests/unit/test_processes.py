"""What processes take is counted with all that they started."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.processes import anonymous_bytes, cpu_s, is_running, memory_bytes, own_cpu_s, parent_of, services_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")

_SPINS = "import time\nwhile time.process_time() < 0.3: pass\n"
_HOLDS = "held = bytearray(b'x') * 50_000_000\n"
_WAITS = "print('done', flush=True)\ninput()\n"


@pytest.fixture
def parent() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that has started another one, which took 0.3 s and holds 50 MB."""
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {_SPINS + _HOLDS + _WAITS!r}])\n"
    with subprocess.Popen([sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"done\n"
        yield process
        process.communicate(b"\n")


def test_the_processor_and_the_memory_of_a_child_are_its_parents(parent: "subprocess.Popen[bytes]") -> None:
    spent_s, held_bytes = cpu_s(parent.pid), memory_bytes(parent.pid)

    assert spent_s >= 0.28
    assert held_bytes >= 50_000_000


def test_what_a_process_takes_itself_is_told_without_its_children(parent: "subprocess.Popen[bytes]") -> None:
    assert own_cpu_s(parent.pid) < cpu_s(parent.pid) - 0.28


def test_what_ended_is_still_counted_once_it_was_waited_for() -> None:
    before_s = cpu_s(os.getpid())

    subprocess.run([sys.executable, "-c", _SPINS], check=True)

    assert 0.28 <= cpu_s(os.getpid()) - before_s < 5


def test_a_process_that_is_gone_takes_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()

    assert (cpu_s(process.pid), memory_bytes(process.pid)) == (0.0, 0)


def test_memory_of_files_is_not_a_process_s_own(parent: "subprocess.Popen[bytes]") -> None:
    assert 50_000_000 < anonymous_bytes(parent.pid) <= memory_bytes(parent.pid) + 20_000_000


def test_a_process_runs_until_it_has_ended_whoever_asks() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        assert is_running(process.pid)
        assert parent_of(process.pid) == os.getpid()

        process.communicate(b"\n")

    assert not is_running(process.pid)


def test_services_are_found_by_what_they_were_started_with() -> None:
    waiting = [sys.executable, "-c", "input('?')", "service", "search"]

    with subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        # Once it asks, it has its arguments: the system tells none a moment after it was started.
        process.stdout.read(1)
        assert services_of(os.getpid()).get("search") == process.pid
        process.communicate(b"\n")
