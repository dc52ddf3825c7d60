import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog.testing

from shared import tracing
from shared.settings import TelemetrySettings
from tests.otlp import receiving


@contextmanager
def hanging_up() -> Iterator[tuple[str, list[str]]]:
    """The address of a receiver that takes nothing, and who asked it."""
    asked: list[str] = []

    class HangUp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked.append(str(self.client_address))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), HangUp) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def test_a_receiver_that_is_away_neither_fails_nor_keeps_a_process_and_is_named_once():
    with hanging_up() as (url, asked):
        away = TelemetrySettings(otel_exporter_otlp_endpoint=url)
        with structlog.testing.capture_logs() as lines, tracing.sending("crawler", away):
            for number in range(10_000):
                tracing.span(f"fetch {number}").end()

    # One batch is tried some times for three seconds, and then none: a service has ten to end. All of them, twice each,
    # would make forty.
    assert 1 <= len(asked) < 20
    assert [line["event"] for line in lines] == ["traces are not taken, they are left out until they are"]


def test_what_is_left_is_sent_at_the_end_and_says_which_process_it_was():
    with receiving() as receiver:
        with tracing.sending("crawler", TelemetrySettings(otel_exporter_otlp_endpoint=receiver.url + "/")):
            for number in range(1_000):
                tracing.span(f"fetch {number}").end()

        assert len(receiver.spans) == 1_000
        assert receiver.paths == {"/v1/traces"}
