"""A worker process of an isolated pool, as its parent sees it: started, asked, answering, and ended."""

import asyncio
import os
import pickle
import socket
import subprocess
import sys
from typing import Any

from shared.isolation.worker import LENGTH

# The parent's path, whatever it was started with; nothing else of the parent is loaded there.
_PROGRAM = (
    "import sys; sys.path[:] = {path!r}; from shared.isolation.worker import serve; serve({descriptor}, {parent})"
)
_PART_BYTES = 65_536
_ENDING_S = 1.0
# Most pages go in one call then; the system may grant less.
_SENT_AT_ONCE_BYTES = 1_048_576


class WasDead(Exception):
    """The process had ended before it had all of its order, or before it was ready."""


class Died(Exception):
    """The process ended with an order in hand."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"exit code {exit_code}")
        self.exit_code = exit_code


class WorkerProcess:
    """One process; starts with the object.

    Args:
        setup: its frame.

    Attributes:
        items: how many it has answered.
        is_free: it has nothing in hand.
    """

    def __init__(self, setup: bytes) -> None:
        self.items = 0
        self.is_free = True
        self._is_ready = False
        self._channel, theirs = socket.socketpair()
        with theirs:
            program = _PROGRAM.format(path=sys.path, descriptor=theirs.fileno(), parent=os.getpid())
            self._process = subprocess.Popen(  # noqa: S603  # this interpreter, and nothing of anybody's
                [sys.executable, "-c", program], stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()]
            )
        # A few hundred bytes, which nobody has to read for them to be taken.
        self._channel.sendall(setup)
        self._channel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SENT_AT_ONCE_BYTES)
        self._channel.setblocking(False)

    async def ready(self) -> None:
        """Return when it can take orders; raises WasDead where it has ended instead."""
        if self._is_ready:
            return
        self.is_free = False
        try:
            await self._received()
        except Died as error:
            raise WasDead from error
        self._is_ready = self.is_free = True

    async def answer(self, order: bytes) -> tuple[bool, Any]:
        """What came of an order's frame: whether it is the result, and the result or the exception. One at a time; a
        worker whose answer was not waited for is of no more use.

        Raises:
            WasDead, Died: as they say.
        """
        self.is_free = False
        try:
            await asyncio.get_running_loop().sock_sendall(self._channel, order)
            received = await self._received()
        except ConnectionError as error:
            # Closed with something unread: it had not begun.
            raise WasDead from error
        self.items += 1
        self.is_free = True
        is_result, value = pickle.loads(received)  # noqa: S301  # written by our own code
        return is_result, value

    async def end(self) -> int:
        """Kill it, and return its exit code when it is gone."""
        self._process.kill()
        self._channel.close()
        return await asyncio.to_thread(self._process.wait)

    async def _ended(self) -> int:
        """The exit code of a process that has closed its socket, and is about to be gone for its own reasons."""
        try:
            return await asyncio.to_thread(self._process.wait, _ENDING_S)
        except subprocess.TimeoutExpired:
            return await self.end()

    async def _received(self) -> memoryview:
        loop, received, size = asyncio.get_running_loop(), bytearray(), None
        while size is None or len(received) < size:
            part = await loop.sock_recv(self._channel, _PART_BYTES)
            if not part:
                raise Died(await self._ended())
            received += part
            if size is None and len(received) >= LENGTH.size:
                size = LENGTH.size + LENGTH.unpack_from(received)[0]
        return memoryview(received)[LENGTH.size :]
