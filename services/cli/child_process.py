"""Starts a child in a session of its own that ends with this process, whatever ends it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1


def spawn(
    command: Sequence[str],
    *,
    output: IO[bytes],
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    keep_open: Sequence[int] = (),
) -> "subprocess.Popen[bytes]":
    """Start a command with its standard output and error going to `output`.

    A session of its own keeps a terminal's Ctrl-C away from it. On Linux the kernel kills it when the thread that
    called this ends: call from the main thread. `keep_open` are file descriptors that the child shares.

    Raises:
        OSError: the command cannot be started.
    """
    return subprocess.Popen(  # noqa: S603 (the commands are our own)
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        cwd=cwd,
        env=environment,
        pass_fds=tuple(keep_open),
        start_new_session=True,
        preexec_fn=_dies_with_parent(),
    )


def _dies_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    # Looked up before the fork: the child of a process with threads may not load a library.
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def arrange() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return arrange
