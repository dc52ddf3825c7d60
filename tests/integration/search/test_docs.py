"""The examples of docs/api.md and docs/query-language.md, asked as they are written."""

import asyncio
import re
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from services.search.query_language.reading import read
from shared.article_store.opening import open_writer
from shared.clock import SystemClock
from shared.settings import StoreSettings
from tests.builders import NOON
from tests.integration.search.deals import deals
from tests.integration.search.newsroom import articles
from tests.integration.search.serving import served

DOCS = Path(__file__).parents[3] / "docs"
# `api PATH` and `api 'PATH?…'`, without those that send something.
PATHS = re.findall(r"^    api (?:'([^']+)'|(\S+))([^\n]*)", (DOCS / "api.md").read_text(encoding="utf-8"), re.MULTILINE)
READING = sorted({quoted or bare for quoted, bare, rest in PATHS if not re.search(r" -[GXdH] ", rest)})
# Whole addresses in the pages, as curl or a browser takes them.
ADDRESS = re.compile(r"'http://127\.0\.0\.1:8000(/v1/[^'\s]+)'")
ADDRESSES = sorted(
    {found for name in ("../README.md", "facets.md") for found in ADDRESS.findall((DOCS / name).read_text())}
)
QUERIES = re.findall(r"^\| (`.+?`) \| ", (DOCS / "query-language.md").read_text(encoding="utf-8"), re.MULTILINE)


API = (DOCS / "api.md").read_text(encoding="utf-8")
BASE = "http://127.0.0.1:8000"
# The function of the shell that the examples call, and the examples that `READING` leaves out.
(SHELL_FUNCTION,) = re.findall(r"^    (api\(\) .+)$", API, re.MULTILINE)
COMMANDS = [
    line for line in re.findall(r"^    ((?:api|curl) .+)$", API, re.MULTILINE) if re.search(r" -[GXdHN] |^curl", line)
]
PROGRAMS = [
    program
    for name in ("api.md", "getting-started.md")
    for program in re.findall(
        r"^```python\n(.*?)^```$", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
]


@pytest.fixture(scope="module")
def service(tmp_path_factory, valkey_url):
    """A service on a port of its own, as programs ask it."""
    folder = tmp_path_factory.mktemp("docs")
    asyncio.run(fill(folder))
    with served(folder, valkey_url, f"test-{uuid.uuid4().hex}:") as address:
        yield address


async def fill(folder):
    writer = await open_writer(StoreSettings(data_dir=folder), SystemClock())
    await writer.put([*articles(), *deals()])
    await writer.close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on the PATH")
@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_api_does_as_it_is_written(service, line, tmp_path):
    script = f"set -euo pipefail\nKEY=any\n{SHELL_FUNCTION}\n{line}".replace(BASE, service)

    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert not re.search(r"/docs#(not-found|invalid-)", done.stdout), done.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_of_the_pages_runs_as_it_is_written(service, program):
    done = subprocess.run([sys.executable, "-c", program.replace(BASE, service)], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "https://" in done.stdout or "→" in done.stdout


@pytest.mark.parametrize("path", READING)
async def test_an_example_of_the_api_is_understood(client, path):
    path = path.replace("stories/ID", f"stories/{'0' * 16}").replace("ID", articles()[0].article_id)

    response = await client.get(f"/v1/{path}")

    # What the examples name is in the demo; here it is enough that they ask rightly.
    assert response.status_code in (200, 404, 503), response.text
    assert not re.search(r"/docs#(not-found|invalid-)", response.text)


@pytest.mark.parametrize("address", ADDRESSES)
async def test_an_address_of_the_pages_is_answered(client, address):
    response = await client.get(address)

    assert response.status_code == 200, response.text


def test_there_are_examples():
    assert len(ADDRESSES) >= 5
    assert len(READING) > 15
    assert len(QUERIES) > 10
    assert len(COMMANDS) >= 5
    assert len(PROGRAMS) >= 2


@pytest.mark.parametrize("examples", QUERIES)
def test_an_example_of_the_query_language_is_read(examples):
    for query in re.findall(r"`([^`]+)`", examples):
        assert read(query, NOON) is not None
