"""One trace of what becomes of a page, across all services: spans sent by OTLP where an endpoint is set, else nothing.

Between services a trace travels as a W3C traceparent (``00-TRACE-SPAN-01``), beside the event and not in it: whoever
does not know the field passes it over, and an event without it begins a trace of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Protocol

from shared.errors import ConfigurationError
from shared.secrecy import without_secrets
from shared.settings import TelemetrySettings

if TYPE_CHECKING:
    from opentelemetry import trace

Kind = Literal["internal", "client", "server", "producer", "consumer"]
Attributes = Mapping[str, str | int | float]
_LONGEST_ATTRIBUTE = 1_000


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


NOTHING: Span = _Nothing()
_tracer: "trace.Tracer | None" = None
_current: ContextVar[Span] = ContextVar("current span", default=NOTHING)
# The spans of the events that a handler has before it, by the identity of the event.
_carried: ContextVar[Mapping[int, Span] | None] = ContextVar("spans of events", default=None)


def enabled() -> bool:
    """Whether spans are sent anywhere."""
    return _tracer is not None


def current() -> Span:
    """The span of the innermost block; NOTHING outside of any."""
    return _current.get()


def span(name: str, attributes: Attributes | None = None, *, parent: str = "", kind: Kind = "internal") -> Span:
    """A span begun now: a part of the current one, or of what a traceparent tells of, or the first of a trace."""
    if _tracer is None:
        return NOTHING
    if parent:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        # One that cannot be read is as good as none.
        return _begun(name, attributes, kind, TraceContextTextMapPropagator().extract({"traceparent": parent}))
    within = _current.get()
    return _begun(name, attributes, kind, None) if within is NOTHING else within.child(name, attributes, kind)


@contextmanager
def carrying(spans: Mapping[int, Span]) -> Iterator[None]:
    """Let `of` and `each` know, within the block, the span that each event belongs to, by ``id(event)``."""
    if not spans:
        yield
        return
    token = _carried.set(spans)
    try:
        yield
    finally:
        _carried.reset(token)


def of(event: object) -> Span:
    """The span under which the event is handled; NOTHING where there is none."""
    return (_carried.get() or {}).get(id(event), NOTHING)


@contextmanager
def each(name: str, events: Sequence[object], attributes: Attributes | None = None) -> Iterator[None]:
    """A part of the span of each event, all of which last as long as the block: for work that is done at once."""
    if _tracer is None:
        yield
        return
    parts = [of(event).child(name, {"batch.size": len(events), **(attributes or {})}) for event in events]
    try:
        yield
    except BaseException as error:
        for part in parts:
            part.failed(error)
        raise
    finally:
        for part in parts:
            part.end()


@contextmanager
def sending(service: str, settings: TelemetrySettings) -> Iterator[None]:
    """Send spans within the block where an endpoint is set; what is left is sent at its end, for seconds at most.

    Raises:
        ConfigurationError: an endpoint is set, and the extra `telemetry` is not installed.
    """
    global _tracer
    if not settings.otel_exporter_otlp_endpoint:
        yield
        return
    try:
        # Imported here: a process that sends no traces needs none of it.
        from shared.otlp import open_provider
    except ImportError as error:
        raise ConfigurationError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, and what sends traces is not installed: install newsweir[telemetry]"
        ) from error
    provider = open_provider(service, settings.otel_exporter_otlp_endpoint, settings)
    _tracer = provider.get_tracer("newsweir", version("newsweir"))
    try:
        yield
    finally:
        _tracer = None
        provider.shutdown()


def _begun(name: str, attributes: Attributes | None, kind: Kind, context: object) -> Span:
    from opentelemetry.context import Context
    from opentelemetry.trace import SpanKind

    if _tracer is None:
        return NOTHING
    # Never what a library has made current: our spans are parts of our spans.
    within = context if isinstance(context, Context) else Context()
    return _Recorded(
        _tracer.start_span(name, within, SpanKind[kind.upper()], _clean(attributes), record_exception=False)
    )


def _clean(attributes: Attributes | None) -> dict[str, str | int | float]:
    return {
        name: without_secrets(value) if isinstance(value, str) else value for name, value in (attributes or {}).items()
    }


class _Recorded:
    """A span that is sent, unless its trace was left out of the share that is."""

    def __init__(self, span: "trace.Span") -> None:
        self._span = span

    @property
    def traceparent(self) -> str:
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    @property
    def trace_id(self) -> str:
        return f"{self._span.get_span_context().trace_id:032x}"

    def child(self, name: str, attributes: Attributes | None = None, kind: Kind = "internal") -> Span:
        from opentelemetry.context import Context
        from opentelemetry.trace import set_span_in_context

        return _begun(name, attributes, kind, set_span_in_context(self._span, Context()))

    def note(self, attributes: Attributes, *, name: str = "") -> None:
        self._span.set_attributes(_clean(attributes))
        if name:
            self._span.update_name(name)

    def failed(self, error: BaseException) -> None:
        from opentelemetry.trace import Status, StatusCode

        self.note({"error.type": type(error).__name__})
        self._span.set_status(Status(StatusCode.ERROR, without_secrets(str(error))[:_LONGEST_ATTRIBUTE]))

    def end(self) -> None:
        if self._span.is_recording():
            self._span.end()

    def __enter__(self) -> Span:
        self._token = _current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _current.reset(self._token)
        if error is not None:
            self.failed(error)
        self.end()
