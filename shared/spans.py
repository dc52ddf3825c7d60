"""What a span is to whoever does the work that it stands for, and those that stand for nothing of this process."""

from collections.abc import Mapping
from types import TracebackType
from typing import Literal, Protocol

Kind = Literal["internal", "client", "server", "producer", "consumer"]
Attributes = Mapping[str, str | int | float]


class Span(Protocol):
    """Some work with a beginning and an end; as a context it is the current one, and ends with the block."""

    @property
    def traceparent(self) -> str:
        """What whoever goes on with the trace is given; "" for none."""

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits; "" where nothing is recorded."""

    def child(self, name: str, attributes: Attributes | None = None, kind: Kind = "internal") -> "Span":
        """A part of this work, begun now."""

    def note(self, attributes: Attributes, *, name: str = "") -> None:
        """Say more about it, or what it is called after all."""

    def failed(self, error: BaseException) -> None:
        """Mark it as failed; nothing is raised."""

    def end(self) -> None:
        """End it; the first time counts."""

    def __enter__(self) -> "Span": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class _Nothing:
    """What all spans are while traces are off."""

    __slots__ = ()
    traceparent = trace_id = ""

    def child(self, name: str, attributes: Attributes | None = None, kind: Kind = "internal") -> Span:
        return self

    def note(self, attributes: Attributes, *, name: str = "") -> None:
        return None

    def failed(self, error: BaseException) -> None:
        return None

    def end(self) -> None:
        return None

    def __enter__(self) -> Span:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class _HandedOn(_Nothing):
    """A span of another process, for one that sends none: what comes of it goes on with the same trace."""

    __slots__ = ("traceparent",)

    def __init__(self, traceparent: str) -> None:
        self.traceparent = traceparent


NOTHING: Span = _Nothing()


def handed_on(traceparent: str) -> Span:
    """What stands for the span that a traceparent tells of, where traces are off: it only says it again."""
    return _HandedOn(traceparent) if traceparent else NOTHING
