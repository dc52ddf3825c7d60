import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.cli.supervisor import Child, ChildKeepsDying, Supervisor
from tests.processes import is_running, parent_of
from tests.unit.services.cli.processes import QuickClock, start_python, until

SAYS_WHO_IT_IS = "echo $$; exec sleep 60"
IGNORES_SIGTERM = "trap '' TERM; echo $$; while :; do sleep 60; done"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
async def supervisor(said: list[str]) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(QuickClock(), said.append)
    yield supervisor
    supervisor.hurry()
    await supervisor.stop()


def a_child(tmp_path: Path, script: str, name: str = "child") -> Child:
    return Child(name, ("/bin/sh", "-c", script), tmp_path / "logs" / f"{name}.log")


def pids(child: Child) -> list[int]:
    return [int(line) for line in child.log.read_text().split()] if child.log.exists() else []


async def first_pid(child: Child) -> int:
    await until(lambda: bool(pids(child)))
    return pids(child)[0]


async def given_up(supervisor: Supervisor) -> str:
    """What the supervisor says when it gives a child up."""
    messages: list[str] = []

    def has_given_up() -> bool:
        try:
            supervisor.check()
        except ChildKeepsDying as error:
            messages.append(str(error))
        return bool(messages)

    await until(has_given_up)
    return messages[0]


async def test_a_killed_child_comes_back(tmp_path, supervisor, said):
    child = a_child(tmp_path, SAYS_WHO_IT_IS)
    supervisor.start(child)

    os.kill(await first_pid(child), signal.SIGKILL)
    await until(lambda: len(pids(child)) == 2)

    first, second = pids(child)
    assert first != second
    assert is_running(second)
    assert said == [f"child was killed by SIGKILL; starting it again in 0.25 s ({child.log})"]
    supervisor.check()


async def test_what_a_dead_child_has_started_ends_before_it_comes_back(tmp_path, supervisor):
    child = a_child(tmp_path, "sleep 60 & echo $!; wait")
    supervisor.start(child)
    orphan = await first_pid(child)

    os.kill(parent_of(orphan), signal.SIGKILL)
    await until(lambda: len(pids(child)) == 2)

    assert not is_running(orphan)


async def test_a_child_that_dies_five_times_within_a_minute_is_given_up_with_its_last_words(tmp_path, supervisor, said):
    child = a_child(tmp_path, "echo 1; exit 7")
    supervisor.start(child)
    message = await given_up(supervisor)

    assert len(pids(child)) == 5
    assert message.startswith("child ended 5 times within a minute:\n  1\n")
    assert str(child.log) in message
    assert [line.split(";")[1] for line in said] == [
        f" starting it again in {seconds} s ({child.log})" for seconds in ("0.25", "0.5", "1", "2")
    ]


async def test_a_child_with_a_wrong_setting_is_not_started_again(tmp_path, supervisor):
    supervisor.start(a_child(tmp_path, "echo newsweir: NEWSWEIR_X does not fit; exit 2"))
    message = await given_up(supervisor)

    assert "child cannot start:\n  newsweir: NEWSWEIR_X does not fit" in message


async def test_groups_stop_in_the_reverse_of_the_order_they_were_started_in(tmp_path, supervisor):
    order = tmp_path / "order"
    for name in ("broker", "service"):
        script = f"trap 'echo {name} >> {order}; exit 0' TERM; echo $$; while :; do sleep 0.01; done"
        child = a_child(tmp_path, script, name)
        supervisor.start(child)
        await first_pid(child)

    await supervisor.stop()

    assert order.read_text().split() == ["service", "broker"]


async def test_a_child_that_is_stopped_does_not_come_back(tmp_path, supervisor):
    child = a_child(tmp_path, SAYS_WHO_IT_IS)
    supervisor.start(child)
    pid = await first_pid(child)

    await supervisor.stop()

    assert not is_running(pid)
    assert len(pids(child)) == 1


async def test_hurrying_kills_a_child_that_does_not_end(tmp_path, supervisor):
    child = a_child(tmp_path, IGNORES_SIGTERM)
    supervisor.start(child)
    pid = await first_pid(child)

    supervisor.hurry()
    await supervisor.stop()

    assert not is_running(pid)


async def test_a_child_is_in_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it(tmp_path, supervisor):
    child = a_child(tmp_path, SAYS_WHO_IT_IS)
    supervisor.start(child)
    pid = await first_pid(child)

    assert os.getsid(pid) == pid
    assert os.getsid(pid) != os.getsid(0)


KILLED = """
import asyncio, sys
from pathlib import Path
from services.cli.supervisor import Child, Supervisor
from shared.clock import SystemClock

async def main():
    supervisor = Supervisor(SystemClock(), print)
    supervisor.start(Child("child", ("/bin/sh", "-c", "echo $$; exec sleep 60"), Path(sys.argv[1])))
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux alone ends a child with its parent")
async def test_a_killed_supervisor_leaves_nothing_running(tmp_path):
    log = tmp_path / "child.log"
    command = start_python(KILLED, str(log))
    child = Child("child", (), log)
    pid = await first_pid(child)

    command.kill()
    command.wait()

    await until(lambda: not is_running(pid))
