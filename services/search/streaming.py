"""Answers that last: only so many at once, and each gives its place back however it ends."""

from collections.abc import AsyncIterator, Mapping

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared.errors import TemporaryFailure

_RETRY_AFTER_S = 5.0


class Busy(TemporaryFailure):
    """As much is done for others as can be done at once."""


class Turns:
    """Places for answers that last; `what` is what they are called to those who find none."""

    def __init__(self, what: str, most: int) -> None:
        self._what = what
        self._most = most
        self.taken = 0

    def take(self) -> "Turn":
        """A place; raises Busy where all are taken."""
        if self.taken >= self._most:
            raise Busy(f"{self._most} {self._what} are under way already", retry_after_s=_RETRY_AFTER_S)
        self.taken += 1
        return Turn(self)


class Turn:
    """One place, until it is given back."""

    def __init__(self, turns: Turns) -> None:
        self._turns: Turns | None = turns

    def give_back(self) -> None:
        """Let others have it; does nothing the second time."""
        if self._turns is not None:
            self._turns.taken -= 1
            self._turns = None


class Streamed(StreamingResponse):
    """An answer in pieces that gives its place back when it ends, breaks or is left by the client."""

    def __init__(
        self, pieces: AsyncIterator[bytes], turn: Turn, *, media_type: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._turn = turn

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._turn.give_back()
