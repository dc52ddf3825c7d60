"""The log files of child processes: kept small, quoted when a child dies, and searched for warnings."""

import json
import re
from pathlib import Path

# What one service writes in some days of ordinary work; the file before it is kept.
_MAX_BYTES = 5_000_000
_TAIL_BYTES = 16_384
_ALARMING = frozenset({"warning", "error", "critical"})
# Of a line as people read it: its level in brackets, after the time and before what happened.
_LEVEL = re.compile(r"^(?:\S+ )?\[(\w+)\s*\]")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_SAID_BEFORE = frozenset({"level", "event", "timestamp", "service", "exception"})
_MAX_LINE_CHARACTERS = 300


def rotate(log: Path) -> None:
    """Put a log that has grown too large aside, in place of the one put aside before."""
    if log.exists() and log.stat().st_size > _MAX_BYTES:
        log.replace(log.with_name(log.name + ".1"))


def last_lines(log: Path, count: int) -> list[str]:
    """The last lines of a log that say anything, as people read them; fewer where there are not so many."""
    if not log.exists():
        return []
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _TAIL_BYTES))
        text = file.read().decode("utf-8", "replace")
    return [read_line(line)[1] for line in text.splitlines() if line.strip()][-count:]


def read_line(line: str) -> tuple[str, str]:
    """The level of a log line, "" for one that has none, and what it says to people; text and JSON are both read."""
    bare = _COLOURS.sub("", line)
    if (fields := _fields(bare)) is not None:
        return str(fields["level"]), _as_text(fields)
    found = _LEVEL.match(bare)
    return (found[1] if found else ""), bare


def _fields(line: str) -> dict[str, object] | None:
    if not line.startswith("{"):
        return None
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) and {"level", "event"} <= fields.keys() else None


def _as_text(fields: dict[str, object]) -> str:
    details = [f"{name}={value}" for name, value in fields.items() if name not in _SAID_BEFORE]
    if error := str(fields.get("exception", "")).strip():
        details.append(error.splitlines()[-1])
    head = f"{fields.get('timestamp', '')} [{fields['level']}] {fields['event']}".lstrip()
    return " ".join([head, *details])


class Warnings:
    """Follows a log and picks out the lines that a person should see."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._read_to = log.stat().st_size if log.exists() else 0
        self._rest = b""

    def new(self) -> list[str]:
        """Warnings and errors written since the last call, each cut to a line's length."""
        if not self._log.exists():
            return []
        if self._log.stat().st_size < self._read_to:
            self._read_to, self._rest = 0, b""
        with self._log.open("rb") as file:
            file.seek(self._read_to)
            data = file.read(_MAX_BYTES)
        self._read_to += len(data)
        *lines, self._rest = (self._rest + data).split(b"\n")
        # A line without an end is not kept for ever.
        self._rest = self._rest[-_TAIL_BYTES:]
        read = (read_line(line.decode("utf-8", "replace")) for line in lines)
        return [text[:_MAX_LINE_CHARACTERS] for level, text in read if level in _ALARMING]
