import json
import os
import pty
import subprocess
import sys
from functools import cache

import pytest

from shared.settings import TelemetrySettings
from shared.telemetry import reporting
from tests.otlp import receiving

LOG = """
import logging, warnings, structlog
from shared.settings import TelemetrySettings
from shared.telemetry import configure_logging
configure_logging("crawler", TelemetrySettings(log_level="warning", log_format={format!r}))
structlog.get_logger().info("too quiet to be heard")
structlog.get_logger().warning("the site is slow", host="news.example")
logging.getLogger("library").warning("a library has a word, too")
warnings.warn("something is old")
try:
    raise OSError("no answer from redis://user:hunter2@broker:6379/0")
except OSError:
    structlog.get_logger().exception("cannot read https://news.example/feed?token=hunter2")
    logging.getLogger("library").exception("nor can I, with Bearer hunter2hunter2")
"""


def written(log_format: str, stderr: int = subprocess.PIPE) -> str:
    """What a process of its own writes to standard error: logging is set up once in a process."""
    done = subprocess.run(
        [sys.executable, "-c", LOG.format(format=log_format)], stdout=subprocess.PIPE, stderr=stderr, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout == ""
    return done.stderr or ""


@cache
def logged(log_format: str) -> str:
    """The same, once for all tests that read it."""
    return written(log_format)


def seen_on_a_terminal(log_format: str) -> str:
    """The same where standard error is a terminal."""
    ours, theirs = pty.openpty()
    try:
        written(log_format, theirs)
        return os.read(ours, 65_536).decode()
    finally:
        os.close(theirs)
        os.close(ours)


def test_a_json_line_names_the_service_and_what_happened():
    line = json.loads(logged("json").splitlines()[0])

    assert (line["service"], line["level"], line["event"]) == ("crawler", "warning", "the site is slow")
    assert line["host"] == "news.example"


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_lines_below_the_level_are_left_out_and_libraries_are_heard(log_format):
    text = logged(log_format)

    assert "too quiet" not in text
    assert "a library has a word, too" in text


@pytest.mark.parametrize("log_format", ["json", "auto"])
def test_away_from_a_terminal_every_line_is_json_those_of_libraries_and_errors_too(log_format):
    lines = [json.loads(line) for line in logged(log_format).splitlines()]

    assert [line["event"][:24] for line in lines][1] == "a library has a word, to"
    assert {line["service"] for line in lines} == {"crawler"}
    assert {line["level"] for line in lines} == {"warning", "error"}
    assert "OSError" in lines[-1]["exception"]


def test_on_a_terminal_people_read_lines_unless_json_is_asked_for():
    by_itself = seen_on_a_terminal("auto")

    assert "the site is slow" in by_itself
    assert not by_itself.startswith("{")
    assert seen_on_a_terminal("json").startswith("{")


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_no_line_tells_a_secret(log_format):
    text = logged(log_format)

    assert "hunter2" not in text
    assert "redis://user:***@broker" in text


def test_a_line_within_a_trace_names_it(capsys: pytest.CaptureFixture[str]):
    import structlog

    from shared import tracing

    with receiving() as receiver:
        settings = TelemetrySettings(log_format="json", otel_exporter_otlp_endpoint=receiver.url)
        with reporting("crawler", settings), tracing.span("visit article") as span:
            structlog.get_logger().warning("the site is slow")

        assert json.loads(capsys.readouterr().err)["trace_id"] == span.trace_id
