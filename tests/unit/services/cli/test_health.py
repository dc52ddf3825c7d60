"""What `newsweir health` says of services that answer, and of those that do not."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

from services.cli.health import health
from shared.settings import HttpSettings


@contextlib.contextmanager
def answering(status: int) -> Iterator[HttpSettings]:
    """Settings under which search answers its probe with a status, and nobody else answers."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b'{"failing":{"consumer":"stuck"}}')

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield HttpSettings(http_port=server.server_port)
    finally:
        server.shutdown()


def test_a_service_that_answers_is_well(capsys):
    with answering(200) as http:
        status = health("search", http)

    assert (status, capsys.readouterr().err) == (0, "search: well\n")


def test_without_a_name_whichever_service_answers_is_asked():
    with answering(200) as http:
        assert health(None, http) == 0


def test_a_service_that_must_be_restarted_says_why(capsys):
    with answering(503) as http:
        status = health("search", http)

    assert status == 1
    assert "stuck" in capsys.readouterr().err


def test_silence_is_no_health(capsys):
    with answering(200) as http:
        status = health("crawler", http)

    assert status == 1
    assert "no answer from http://127.0.0.1" in capsys.readouterr().err


def test_it_is_asked_of_often_and_imports_little():
    """A container's health check begins a process four times a minute."""
    code = (
        "import sys; from services.cli.health import health; from shared.settings import HttpSettings\n"
        "health('search', HttpSettings(http_port=1))\n"
        "print(sorted({'httpx', 'redis', 'asyncio', 'elasticsearch', 'structlog'} & sys.modules.keys()))"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
