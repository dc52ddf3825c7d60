"""The examples of docs/api.md and docs/query-language.md, asked as they are written."""

import re
from pathlib import Path

import pytest

from services.search.query_language.reading import read
from tests.builders import NOON
from tests.integration.search.newsroom import articles

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


@pytest.mark.parametrize("examples", QUERIES)
def test_an_example_of_the_query_language_is_read(examples):
    for query in re.findall(r"`([^`]+)`", examples):
        assert read(query, NOON) is not None
