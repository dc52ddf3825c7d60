"""Where spans go: by OTLP over HTTP, in batches from a thread; imported only where an endpoint is set."""

import logging
import os
import socket
import threading
from collections.abc import Sequence
from contextvars import ContextVar, Token
from importlib.metadata import version
from types import TracebackType

import structlog
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.re import parse_env_headers

from shared.clock import Clock, SystemClock
from shared.secrecy import without_secrets
from shared.settings import TelemetrySettings
from shared.spans import Attributes, Kind, Span

_log = structlog.get_logger()
# A receiver that is away costs spans, neither memory nor time: what does not fit in the queue is left out.
_QUEUE_SPANS = 4_096
_EXPORT_TIMEOUT_S = 3.0
_LEFT_ALONE_S = 15.0
_LONGEST_ATTRIBUTE = 1_000
_SPAN_MASK = (1 << 64) - 1
_KINDS: dict[Kind, SpanKind] = {
    "internal": SpanKind.INTERNAL,
    "client": SpanKind.CLIENT,
    "server": SpanKind.SERVER,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}
# Our spans are parts of our spans, never of what a library has made current.
_NOWHERE = Context()
_propagator = TraceContextTextMapPropagator()


class Tracer:
    """Begins spans, and sends those that have ended.

    Args:
        current: where a span notes that its block is the innermost.
    """

    def __init__(self, service: str, endpoint: str, settings: TelemetrySettings, current: ContextVar[Span]) -> None:
        self._provider = _open_provider(service, endpoint, settings)
        self._tracer = self._provider.get_tracer("newsweir", version("newsweir"))
        self._current = current

    def begin(
        self, name: str, attributes: Attributes | None, parent: str, kind: Kind, links: Sequence[str] = ()
    ) -> Span:
        """A span of the trace that a traceparent tells of; of a new one where it is empty or cannot be read."""
        return self.within(_context_of(parent), name, attributes, kind, links)

    def within(
        self, context: Context, name: str, attributes: Attributes | None, kind: Kind, links: Sequence[str] = ()
    ) -> Span:
        """A span of what the context holds."""
        linked = [trace.get_current_span(_context_of(each)).get_span_context() for each in links if each]
        readable = [Link(one) for one in linked if one.is_valid]
        started = self._tracer.start_span(name, context, _KINDS[kind], links=readable, record_exception=False)
        span = Recorded(self, started)
        if attributes:
            span.note(attributes)
        return span

    def enter(self, span: Span) -> Token[Span]:
        return self._current.set(span)

    def leave(self, token: Token[Span]) -> None:
        self._current.reset(token)

    def close(self) -> None:
        """Send what is left, for seconds at most."""
        self._provider.shutdown()


class Recorded:
    """A span that is sent, unless its trace was left out of the share that is."""

    def __init__(self, tracer: Tracer, span: trace.Span) -> None:
        self._tracer = tracer
        self._span = span

    @property
    def traceparent(self) -> str:
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"

    @property
    def trace_id(self) -> str:
        return f"{self._span.get_span_context().trace_id:032x}"

    def child(self, name: str, attributes: Attributes | None = None, kind: Kind = "internal") -> Span:
        return self._tracer.within(set_span_in_context(self._span, _NOWHERE), name, attributes, kind)

    def note(self, attributes: Attributes, *, name: str = "") -> None:
        if not self._span.is_recording():
            return
        for key, value in attributes.items():
            self._span.set_attribute(key, without_secrets(value) if isinstance(value, str) else value)
        if name:
            self._span.update_name(name)

    def failed(self, error: BaseException) -> None:
        if self._span.is_recording():
            self.note({"error.type": type(error).__name__})
            self._span.set_status(Status(StatusCode.ERROR, without_secrets(str(error))[:_LONGEST_ATTRIBUTE]))

    def end(self) -> None:
        if self._span.is_recording():
            self._span.end()

    def __enter__(self) -> Span:
        self._token = self._tracer.enter(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tracer.leave(self._token)
        if error is not None:
            self.failed(error)
        self.end()


class _Ids(RandomIdGenerator):
    """Random ids; but the first span of a trace has the trace's last digits, so that `tracing.of_fetch` can name it."""

    def __init__(self) -> None:
        self._began = threading.local()

    def generate_trace_id(self) -> int:
        # The library asks for it, and then for that of the span, while one call begins the span.
        trace_id = super().generate_trace_id()
        self._began.span_id = trace_id & _SPAN_MASK
        return trace_id

    def generate_span_id(self) -> int:
        first: int = getattr(self._began, "span_id", 0)
        self._began.span_id = 0
        return first or super().generate_span_id()


def _context_of(traceparent: str) -> Context:
    return _propagator.extract({"traceparent": traceparent}, _NOWHERE) if traceparent else _NOWHERE


def _open_provider(service: str, endpoint: str, settings: TelemetrySettings) -> TracerProvider:
    exporter = OTLPSpanExporter(
        endpoint=f"{endpoint.rstrip('/')}/v1/traces",
        headers=parse_env_headers(settings.otel_exporter_otlp_headers or "", liberal=True),
        timeout=_EXPORT_TIMEOUT_S,
    )
    receiver = _Receiver(endpoint, SystemClock())

    class Exporter(SpanExporter):
        """Leaves a receiver alone that did not answer, so that what waits for it ends a process in seconds."""

        def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
            if receiver.is_left_alone:
                return SpanExportResult.FAILURE
            result = exporter.export(spans)
            receiver.answered(result is SpanExportResult.SUCCESS)
            return result

        def shutdown(self) -> None:
            exporter.shutdown()  # type: ignore[no-untyped-call]  # theirs has no types

    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.trace_share)),
        resource=Resource.create(_resource(service)),
        shutdown_on_exit=False,
        id_generator=_Ids(),
        span_limits=SpanLimits(max_attribute_length=_LONGEST_ATTRIBUTE),
    )
    provider.add_span_processor(BatchSpanProcessor(Exporter(), max_queue_size=_QUEUE_SPANS))
    # It has a line for each attempt; ours say when it begins and ends.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    return provider


class _Receiver:
    """Remembers whether spans are taken, and says when that changes; asked by one thread."""

    def __init__(self, endpoint: str, clock: Clock) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._away_since_s: float | None = None

    @property
    def is_left_alone(self) -> bool:
        """Whether it did not answer a moment ago."""
        return self._away_since_s is not None and self._clock.monotonic_s() - self._away_since_s < _LEFT_ALONE_S

    def answered(self, taken: bool) -> None:
        if taken and self._away_since_s is not None:
            _log.info("traces are taken again", endpoint=self._endpoint)
        elif not taken and self._away_since_s is None:
            _log.warning("traces are not taken, they are left out until they are", endpoint=self._endpoint)
        self._away_since_s = None if taken else self._clock.monotonic_s()


def _resource(service: str) -> dict[str, str | bool | int | float]:
    return {
        "service.name": service,
        "service.namespace": "newsweir",
        "service.version": version("newsweir"),
        "service.instance.id": f"{socket.gethostname()}-{os.getpid()}",
    }
