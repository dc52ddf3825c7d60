"""What `newsweir kibana import` sends to Kibana, and how it ends for each answer."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from services.cli.kibana import import_objects
from services.cli.settings import KibanaSettings
from shared.errors import ConfigurationError, InvalidInput

TAKEN = {"success": True, "successCount": 2}
LINES = b'{"type":"index-pattern"}\n{"type":"dashboard"}\n'


@dataclass
class FakeKibana:
    """What was asked of it."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@contextlib.contextmanager
def kibana(answer: object, status: int = 200) -> Iterator[FakeKibana]:
    """A receiver on loopback that gives one answer."""
    fake = FakeKibana()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            fake.paths.append(self.path)
            fake.headers.append({name.lower(): value for name, value in self.headers.items()})
            fake.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "objects.ndjson"
    path.write_bytes(LINES)
    return path


def test_the_file_is_sent_as_kibana_wants_it_and_replaces_what_is_there(file: Path, capsys):
    with kibana(TAKEN) as fake:
        status = import_objects(file, KibanaSettings(kibana_url=f"{fake.url}/base/", kibana_api_key="k3y"))

    assert status == 0
    assert fake.paths == ["/base/api/saved_objects/_import?overwrite=true"]
    assert (fake.headers[0]["kbn-xsrf"], fake.headers[0]["authorization"]) == ("true", "ApiKey k3y")
    assert b'filename="newsweir.ndjson"' in fake.bodies[0]
    assert LINES in fake.bodies[0]
    assert capsys.readouterr().err == "2 objects imported, 0 refused\n"


def test_a_user_in_the_url_is_sent_as_one(file: Path):
    with kibana(TAKEN) as fake:
        import_objects(file, KibanaSettings(kibana_url=fake.url.replace("//", "//elastic:secret@")))

    assert fake.headers[0]["authorization"].startswith("Basic ")


def test_an_object_that_kibana_refuses_is_named(file: Path, capsys):
    error = {"type": "dashboard", "id": "newsweir-page-deals", "error": {"type": "missing_references"}}
    with kibana({"success": False, "successCount": 1, "errors": [error]}) as fake:
        status = import_objects(file, KibanaSettings(kibana_url=fake.url))

    assert status == 1
    assert "dashboard newsweir-page-deals: missing_references" in capsys.readouterr().err


@pytest.mark.parametrize(("answer", "status"), [({"message": "no such key"}, 401), (b"<html>", 200), ([], 200)])
def test_an_answer_that_is_no_success_ends_with_1_and_is_shown(file: Path, capsys, answer: object, status: int):
    with kibana(answer, status) as fake:
        ended = import_objects(file, KibanaSettings(kibana_url=fake.url))

    assert ended == 1
    assert f"Kibana answered {status}" in capsys.readouterr().err


def test_a_kibana_that_is_away_is_said_without_its_password(file: Path, capsys):
    with kibana(TAKEN) as fake:
        gone = fake.url.replace("//", "//elastic:secret@")

    status = import_objects(file, KibanaSettings(kibana_url=gone))

    said = capsys.readouterr().err
    assert (status, "cannot be reached" in said, "secret" in said) == (1, True, False)


def test_without_an_address_or_a_file_it_says_what_is_missing(file: Path, tmp_path: Path):
    with pytest.raises(ConfigurationError, match="NEWSWEIR_KIBANA_URL"):
        import_objects(file, KibanaSettings())
    with pytest.raises(InvalidInput, match="absent"):
        import_objects(tmp_path / "absent", KibanaSettings(kibana_url="http://127.0.0.1:1"))
