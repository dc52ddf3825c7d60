"""What processes take of the machine, as Linux tells it: each counted with everything that it started."""

import os
from pathlib import Path

_PROC = Path("/proc")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Seconds of the processor that a process took, with those it started and those that have ended."""
    return sum(_own_s(one) for one in _tree(pid))


def memory_bytes(pid: int) -> int:
    """What a process and those it started hold of memory, a page that several share being divided among them."""
    return sum(_proportional_bytes(one) for one in _tree(pid))


def _tree(pid: int) -> list[int]:
    try:
        below = (_PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in below for one in _tree(int(child)))]


def _own_s(pid: int) -> float:
    try:
        # The name before them may hold spaces; user and system time, of itself and of children that were waited for.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(ticks) for ticks in fields[11:15]) / _TICKS_PER_S


def _proportional_bytes(pid: int) -> int:
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
