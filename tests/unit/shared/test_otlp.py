import structlog.testing

from shared import tracing
from shared.clock import SystemClock
from shared.settings import TelemetrySettings
from tests.otlp import receiving


def test_a_receiver_that_is_away_neither_fails_nor_keeps_a_process_and_is_named_once():
    nobody = TelemetrySettings(otel_exporter_otlp_endpoint="http://127.0.0.1:9")
    clock = SystemClock()
    started_s = clock.monotonic_s()

    with structlog.testing.capture_logs() as lines, tracing.sending("crawler", nobody):
        for number in range(10_000):
            tracing.span(f"fetch {number}").end()

    # The drain of a service takes ten.
    assert clock.monotonic_s() - started_s < 8
    assert [line["event"] for line in lines] == ["traces are not taken, they are left out until they are"]


def test_what_is_left_is_sent_at_the_end_and_says_which_process_it_was():
    with receiving() as receiver:
        with tracing.sending("crawler", TelemetrySettings(otel_exporter_otlp_endpoint=receiver.url + "/")):
            for number in range(1_000):
                tracing.span(f"fetch {number}").end()
            assert receiver.spans == [] or len(receiver.spans) < 1_000

        assert len(receiver.spans) == 1_000
        assert receiver.paths == {"/v1/traces"}
