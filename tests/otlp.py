"""A receiver of traces as collectors are: OTLP over HTTP, protobuf, on a port of its own."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class ReceivedSpan:
    """A span as it came over the wire; ids in hexadecimal digits, `parent` "" for the first of a trace.

    Attributes:
        links: the traces that it is linked to, each as TRACE-SPAN.
    """

    service: str
    name: str
    trace_id: str
    span_id: str
    parent: str
    kind: int
    failed: bool
    attributes: dict[str, object]
    start_ns: int
    end_ns: int
    links: frozenset[str] = frozenset()


class Receiver:
    """What came in so far."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.headers: list[dict[str, str]] = []
        self.paths: set[str] = set()
        self._spans: list[ReceivedSpan] = []
        self._lock = threading.Lock()

    @property
    def spans(self) -> list[ReceivedSpan]:
        with self._lock:
            return list(self._spans)

    def trace(self, trace_id: str) -> list[ReceivedSpan]:
        """The spans of a trace, by the time that they began."""
        return sorted((s for s in self.spans if s.trace_id == trace_id), key=lambda s: s.start_ns)

    def named(self, name: str) -> list[ReceivedSpan]:
        return [span for span in self.spans if span.name == name]

    def take(self, path: str, headers: dict[str, str], body: bytes) -> None:
        message = ExportTraceServiceRequest.FromString(body)
        with self._lock:
            self.paths.add(path)
            self.headers.append(headers)
            self._spans += _spans_of(message)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for the block's duration."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            receiver.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _spans_of(message: ExportTraceServiceRequest) -> Iterator[ReceivedSpan]:
    for resource in message.resource_spans:
        named = {a.key: a.value.string_value for a in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield ReceivedSpan(
                    service=named["service.name"],
                    name=span.name,
                    trace_id=span.trace_id.hex(),
                    span_id=span.span_id.hex(),
                    parent=span.parent_span_id.hex(),
                    kind=span.kind,
                    failed=span.status.code == 2,
                    attributes={a.key: getattr(a.value, str(a.value.WhichOneof("value"))) for a in span.attributes},
                    start_ns=span.start_time_unix_nano,
                    end_ns=span.end_time_unix_nano,
                    links=frozenset(f"{link.trace_id.hex()}-{link.span_id.hex()}" for link in span.links),
                )
