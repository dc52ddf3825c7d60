"""Where spans go: by OTLP over HTTP, in batches from a thread; imported only where an endpoint is set."""

import logging
import os
import socket
from collections.abc import Sequence
from importlib.metadata import version

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.util.re import parse_env_headers

from shared.clock import Clock, SystemClock
from shared.settings import TelemetrySettings

_log = structlog.get_logger()
# A receiver that is away costs spans, neither memory nor time: what does not fit in the queue is left out.
_QUEUE_SPANS = 4_096
_EXPORT_TIMEOUT_S = 3.0
_LEFT_ALONE_S = 15.0
_LONGEST_ATTRIBUTE = 1_000


def open_provider(service: str, endpoint: str, settings: TelemetrySettings) -> TracerProvider:
    """What hands out spans and sends them; its `shutdown` sends what is left, for seconds at most."""
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
