"""What a process of an isolated pool does: it works on one order after the other, and answers over a socket.

A frame is its length in eight bytes and a pickle: of the setup, ``(memory limit in MB, warm-up or None)``; of orders,
``(function, args, kwargs)``; of answers, ``(whether it is the result, the result or the exception)``, the first of
which says that the worker is ready.
"""

import ctypes
import gc
import os
import pickle
import resource
import signal
import socket
import struct
import sys
import traceback
from pathlib import Path
from typing import Any

LENGTH = struct.Struct("!Q")
_PR_SET_PDEATHSIG = 1
_STATM = Path("/proc/self/statm")


def framed(value: object) -> bytes:
    """The frame of a value; raises what pickle raises of one that cannot be pickled."""
    pickled = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(pickled)) + pickled


def serve(descriptor: int, parent: int) -> None:
    """Work until the other end of the socket is closed, or the parent dies."""
    # Whoever interrupts a run means its parent, which ends this process when it has finished.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with(parent)
    with socket.socket(fileno=descriptor) as channel:
        setup = _received(channel)
        if setup is None:
            return
        memory_limit_mb, warm_up = pickle.loads(setup)  # noqa: S301  # from the parent, and from nobody else
        if warm_up is not None:
            warm_up()
        # What is loaded by now stays, and need not be looked at whenever garbage is collected.
        gc.freeze()
        _limit_memory(memory_limit_mb * 1024 * 1024)
        channel.sendall(framed((True, None)))
        while (order := _received(channel)) is not None:
            channel.sendall(_answer(order))


def _answer(order: bytearray) -> bytes:
    try:
        function, args, kwargs = pickle.loads(order)  # noqa: S301  # as above
        return framed((True, function(*args, **kwargs)))
    except Exception as error:  # whatever the function raises is the caller's
        return framed((False, _portable(error)))


def _portable(error: Exception) -> Exception:
    """The exception with its traceback as a note, or its words where it cannot be taken elsewhere."""
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # written just now
    except Exception:  # a class may break whatever way it likes
        return RuntimeError(repr(error))
    return error


def _received(channel: socket.socket) -> bytearray | None:
    """The pickle of the next frame; None at the end."""
    if (header := _exactly(channel, LENGTH.size)) is None:
        return None
    return _exactly(channel, LENGTH.unpack(header)[0])


def _exactly(channel: socket.socket, size: int) -> bytearray | None:
    received = bytearray(size)
    rest: memoryview[Any] = memoryview(received)
    while rest:
        count = channel.recv_into(rest)
        if count == 0:
            return None
        rest = rest[count:]
    return received


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent has died before the worker was ready")


def _limit_memory(additional_bytes: int) -> None:
    used = int(_STATM.read_text().split()[0]) * resource.getpagesize() if _STATM.exists() else 0
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = used + additional_bytes
    resource.setrlimit(resource.RLIMIT_AS, (limit if hard == resource.RLIM_INFINITY else min(limit, hard), hard))
