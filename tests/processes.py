"""Other processes, as Linux tells of them: whose they are, and what they take with everything that they started."""

import os
from pathlib import Path

_PROC = Path("/proc")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Seconds of the processor that a process took, with those it started and those that have ended."""
    return sum(_with_ended_s(one) for one in _tree(pid))


def own_cpu_s(pid: int) -> float:
    """Seconds of the processor that a process took itself."""
    return sum(int(ticks) for ticks in _stat(pid)[11:13]) / _TICKS_PER_S


def memory_bytes(pid: int) -> int:
    """What a process and those it started hold of memory, a page that several share being divided among them."""
    return sum(_listed_bytes(one, "Pss:") for one in _tree(pid))


def anonymous_bytes(pid: int) -> int:
    """What a process and those it started hold of memory that is no file's: a mapped index is the kernel's cache."""
    return sum(_listed_bytes(one, "Anonymous:") for one in _tree(pid))


def services_of(supervisor: int) -> dict[str, int]:
    """The processes of the services that a supervisor runs, by name."""
    found = {}
    for child in _children(supervisor):
        words = _read(child, "cmdline").split("\0")
        if "service" in words:
            found[words[words.index("service") + 1]] = child
    return found


def is_running(pid: int) -> bool:
    """Whether a process runs; one that ended and that nobody has asked about does not."""
    return _stat(pid)[:1] not in ([], ["Z"])


def parent_of(pid: int) -> int:
    """The process that started another."""
    return int(_stat(pid)[1])


def _tree(pid: int) -> list[int]:
    return [pid, *(one for child in _children(pid) for one in _tree(child))]


def _children(pid: int) -> list[int]:
    # Each thread has those that it started.
    threads = [thread.name for thread in (_PROC / str(pid) / "task").glob("*")]
    return [int(child) for thread in threads for child in _read(pid, f"task/{thread}/children").split()]


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold spaces; none for a process that is gone."""
    return _read(pid, "stat").rpartition(")")[2].split()


def _read(pid: int, file: str) -> str:
    try:
        return (_PROC / str(pid) / file).read_text(errors="replace")
    except OSError:
        return ""


def _with_ended_s(pid: int) -> float:
    # User and system time, of itself and of children that were waited for.
    return sum(int(ticks) for ticks in _stat(pid)[11:15]) / _TICKS_PER_S


def _listed_bytes(pid: int, name: str) -> int:
    lines = _read(pid, "smaps_rollup").splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))
