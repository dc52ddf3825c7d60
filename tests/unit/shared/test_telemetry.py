import json
import subprocess
import sys

import pytest

LOG = """
import logging, structlog
from shared.settings import TelemetrySettings
from shared.telemetry import configure_logging
configure_logging("crawler", TelemetrySettings(log_level="warning", log_format={format!r}))
structlog.get_logger().info("too quiet to be heard")
structlog.get_logger().warning("the site is slow", host="news.example")
logging.getLogger("library").warning("a library has a word, too")
"""


def logged(log_format: str) -> list[str]:
    """What a process of its own writes to standard error: logging is set up once in a process."""
    done = subprocess.run(
        [sys.executable, "-c", LOG.format(format=log_format)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_a_json_line_names_the_service_and_what_happened():
    line = json.loads(logged("json")[0])

    assert (line["service"], line["level"], line["event"]) == ("crawler", "warning", "the site is slow")
    assert line["host"] == "news.example"


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_lines_below_the_level_are_left_out_and_libraries_are_heard(log_format):
    text = "\n".join(logged(log_format))

    assert "too quiet" not in text
    assert "a library has a word, too" in text
