import asyncio
import subprocess
import sys

import pytest

from shared import tracing
from shared.settings import TelemetrySettings
from shared.spans import NOTHING
from tests.otlp import Receiver, receiving

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
NOT_SAMPLED = PARENT[:-2] + "00"


def settings(receiver: Receiver, **fields: object) -> TelemetrySettings:
    return TelemetrySettings(otel_exporter_otlp_endpoint=receiver.url, **fields)


def test_without_an_endpoint_every_span_is_the_same_nothing():
    with tracing.sending("crawler", TelemetrySettings()), tracing.span("fetch", {"a": 1}, parent=PARENT) as span:
        span.note({"b": 2})
        span.failed(ValueError())

        assert span is NOTHING is span.child("extract")
        assert (span.traceparent, span.trace_id, tracing.enabled()) == ("", "", False)


def test_a_process_that_sends_no_traces_imports_nothing_of_it():
    code = (
        "import sys; from shared import tracing; from shared.settings import TelemetrySettings\n"
        "with tracing.sending('crawler', TelemetrySettings()), tracing.span('fetch'): pass\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_spans_within_spans_are_one_trace_and_say_who_sent_them():
    with receiving() as receiver:
        with (
            tracing.sending("crawler", settings(receiver, otel_exporter_otlp_headers="x-tenant=press")),
            tracing.span("visit article", {"url.full": "https://news.example/a?token=s3cret"}) as visit,
            tracing.span("fetch", kind="client"),
        ):
            assert tracing.current() is not visit

        [outer], [inner] = receiver.named("visit article"), receiver.named("fetch")
        assert (inner.trace_id, inner.parent, outer.parent) == (outer.trace_id, outer.span_id, "")
        assert (outer.service, outer.trace_id) == ("crawler", visit.trace_id)
        assert outer.attributes["url.full"] == "https://news.example/a?token=***"
        assert receiver.paths == {"/v1/traces"}
        assert receiver.headers[0]["x-tenant"] == "press"


def test_a_trace_that_began_elsewhere_goes_on():
    with receiving() as receiver:
        with tracing.sending("indexing", settings(receiver)), tracing.span("process", parent=PARENT) as span:
            assert span.traceparent.startswith(PARENT[:36])

        [received] = receiver.spans
        assert f"00-{received.trace_id}-{received.parent}-01" == PARENT


@pytest.mark.parametrize("broken", ["nonsense", "00-0-0-0", "ff-" + PARENT[3:], "00-" + "0" * 32 + PARENT[35:]])
def test_a_trace_that_cannot_be_read_is_begun_anew(broken: str):
    with receiving() as receiver:
        with tracing.sending("indexing", settings(receiver)), tracing.span("process", parent=broken):
            pass

        assert [span.parent for span in receiver.spans] == [""]


def test_whoever_begins_a_trace_decides_whether_it_is_sent():
    with receiving() as receiver:
        with tracing.sending("crawler", settings(receiver, trace_share=0.0)):
            with tracing.span("left out") as span:
                assert int(span.traceparent[-2:], 16) & 1 == 0
            with tracing.span("begun elsewhere", parent=PARENT):
                pass
        with tracing.sending("indexing", settings(receiver)), tracing.span("left out there", parent=NOT_SAMPLED):
            pass

        assert [span.name for span in receiver.spans] == ["begun elsewhere"]


def test_what_raises_marks_its_span_and_goes_on_raising():
    with receiving() as receiver:
        with (
            tracing.sending("crawler", settings(receiver)),
            pytest.raises(ValueError, match="no"),
            tracing.span("fetch"),
        ):
            raise ValueError("no")

        [span] = receiver.spans
        assert (span.failed, span.attributes["error.type"]) == (True, "ValueError")


def test_work_that_is_done_at_once_is_a_part_of_the_trace_of_each_event():
    events = ["one", "two"]
    with receiving() as receiver:
        with tracing.sending("indexing", settings(receiver)):
            spans = {id(event): tracing.span("process", {"event": event}) for event in events}
            with tracing.carrying(spans), tracing.each("store put", events):
                assert tracing.of(events[0]) is spans[id(events[0])]
            assert tracing.of(events[0]) is NOTHING
            for span in spans.values():
                span.end()

        parts, wholes = receiver.named("store put"), receiver.named("process")
        assert {part.parent for part in parts} == {whole.span_id for whole in wholes}
        assert {part.attributes["batch.size"] for part in parts} == {2}


async def test_tasks_side_by_side_keep_their_spans_apart():
    async def visit(number: int) -> None:
        with tracing.span(f"visit {number}"):
            await asyncio.sleep(0)
            with tracing.span(f"fetch {number}"):
                await asyncio.sleep(0)

    with receiving() as receiver:
        with tracing.sending("crawler", settings(receiver)):
            await asyncio.gather(*(visit(number) for number in range(5)))

        for number in range(5):
            [visited], [fetched] = receiver.named(f"visit {number}"), receiver.named(f"fetch {number}")
            assert fetched.parent == visited.span_id


def test_an_endpoint_without_the_library_is_said_to_lack_it():
    code = (
        "import sys; sys.modules['opentelemetry'] = None\n"
        "from shared import tracing; from shared.settings import TelemetrySettings\n"
        "with tracing.sending('crawler', TelemetrySettings(otel_exporter_otlp_endpoint='http://127.0.0.1:9')): pass\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert "ConfigurationError" in done.stderr
    assert "newsweir[telemetry]" in done.stderr


def test_the_trace_of_a_fetch_is_named_by_the_fetch():
    with (
        receiving() as receiver,
        tracing.sending("crawler", settings(receiver)),
        tracing.span("visit article") as visit,
    ):
        fetch_id = tracing.new_fetch_id()
        visit.child("fetch").end()

    [first], [second] = receiver.named("visit article"), receiver.named("fetch")
    assert fetch_id == first.trace_id
    assert tracing.of_fetch(fetch_id) == f"00-{first.trace_id}-{first.span_id}-01"
    assert second.span_id != first.span_id


def test_without_a_trace_fetches_are_told_apart_all_the_same():
    ids = {tracing.new_fetch_id() for _ in range(100)}

    assert {len(fetch_id) for fetch_id in ids} == {32}
    assert len(ids) == 100


@pytest.mark.parametrize("fetch_id", ["", "fetch-1", "g" * 32, "a" * 31, "A" * 32, "a" * 16 + "0" * 16])
def test_a_fetch_of_another_form_has_no_trace(fetch_id: str):
    assert tracing.of_fetch(fetch_id) == ""


def test_the_first_span_of_a_trace_says_what_it_comes_of_and_passes_over_what_is_none():
    with receiving() as receiver, tracing.sending("cli", settings(receiver)):
        tracing.span("reprocess article", links=["", "nonsense", PARENT]).end()

    assert receiver.spans[0].links == {PARENT[3:-3]}
