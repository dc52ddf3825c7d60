"""One trace of what becomes of a page, across all services: spans sent by OTLP where an endpoint is set, else nothing.

Between services a trace travels as a W3C traceparent (``00-TRACE-SPAN-01``), beside the event and not in it: whoever
does not know the field passes it over, and an event without it begins a trace of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import uuid4

from shared.errors import ConfigurationError
from shared.settings import TelemetrySettings
from shared.spans import NOTHING, Attributes, Kind, Span

if TYPE_CHECKING:
    from shared.otlp import Tracer

_TRACE_DIGITS, _SPAN_DIGITS, _DIGITS = 32, 16, frozenset("0123456789abcdef")
_tracer: "Tracer | None" = None
_current: ContextVar[Span] = ContextVar("current span", default=NOTHING)
# The spans of the events that a handler has before it, by the identity of the event.
_carried: ContextVar[Mapping[int, Span] | None] = ContextVar("spans of events", default=None)


def enabled() -> bool:
    """Whether spans are sent anywhere."""
    return _tracer is not None


def current() -> Span:
    """The span of the innermost block; NOTHING outside of any."""
    return _current.get()


def span(
    name: str,
    attributes: Attributes | None = None,
    *,
    parent: str = "",
    kind: Kind = "internal",
    links: Sequence[str] = (),
) -> Span:
    """A span begun now: a part of the current one, or of what a traceparent tells of, or the first of a trace.

    Args:
        links: traceparents of what it comes of without being a part of it, for the first span of a trace; "" is none.
    """
    if _tracer is None:
        return NOTHING
    within = NOTHING if parent else _current.get()
    if within is NOTHING:
        return _tracer.begin(name, attributes, parent, kind, links)
    return within.child(name, attributes, kind)


def new_fetch_id() -> str:
    """An id for a fetch, 32 hexadecimal digits: that of the trace in which it is made, where there is one."""
    return current().trace_id or uuid4().hex


def of_fetch(fetch_id: str) -> str:
    """The traceparent of the first span of a fetch's trace, to link to it when the fetch is long over; "" for an id
    that is of no trace. Whether that trace was sent is not known.
    """
    first = fetch_id[-_SPAN_DIGITS:]
    readable = len(fetch_id) == _TRACE_DIGITS and set(fetch_id) <= _DIGITS and first.strip("0")
    return f"00-{fetch_id}-{first}-01" if readable else ""


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
        from shared.otlp import Tracer
    except ImportError as error:
        raise ConfigurationError(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, and what sends traces is not installed: install newsweir[telemetry]"
        ) from error
    _tracer = opened = Tracer(service, settings.otel_exporter_otlp_endpoint, settings, _current)
    try:
        yield
    finally:
        _tracer = None
        opened.close()
