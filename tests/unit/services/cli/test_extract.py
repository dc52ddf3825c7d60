import io
import json
import threading
from collections.abc import AsyncGenerator, Iterator

from services.cli.extract import extract_lines
from services.cli.json_lines import Line, read_lines
from shared.isolation.pool import IsolatedPool
from tests.fakes import FakeClock

PARAGRAPH = "The harbour board agreed on Monday to build a second quay for container ships of the largest class. "
FIELDS = set(
    "url canonical_url title text authors published_at language site_name description image_url quality".split()
)


def a_page(url: str, title: str) -> bytes:
    body = f"<body><article><p>{PARAGRAPH * 8}</p></article></body>"
    html = f"<html lang=en><head><title>{title}</title></head>{body}</html>"
    return json.dumps({"url": url, "html": html}).encode()


async def extract(lines: Iterator[Line]) -> AsyncGenerator[dict[str, object], None]:
    async with IsolatedPool(1, 30.0, 1_024, 100) as pool:
        async for result in extract_lines(lines, pool, FakeClock(), ahead=2):
            yield result


def lines(*content: bytes, limit: int = 100_000) -> Iterator[Line]:
    return read_lines(io.BytesIO(b"\n".join(content)), limit)


async def test_each_page_is_answered_in_order_and_a_bad_line_with_its_fault():
    pages = lines(
        a_page("https://news.example/1", "Größe"),
        b"nonsense",
        b'{"url":"https://news.example/2"}',
        b'{"url":"gopher://news.example/3","html":"x"}',
        b"x" * 100_001,
        a_page("https://news.example/6?utm_source=x", "Last"),
    )

    results = [result async for result in extract(pages)]

    assert [result.get("title", "error") for result in results] == ["Größe", "error", "error", "error", "error", "Last"]
    assert [result["url"] for result in results] == [
        "https://news.example/1", None, "https://news.example/2", "gopher://news.example/3", None,
        "https://news.example/6?utm_source=x",
    ]  # fmt: skip
    assert set(results[0]) == FIELDS
    assert results[0]["language"] == "en"
    assert str(results[0]["text"]).startswith(PARAGRAPH.strip())
    assert results[5]["canonical_url"] == "https://news.example/6"


async def test_a_page_is_answered_before_the_next_one_comes():
    first_is_answered = threading.Event()

    def one_by_one() -> Iterator[Line]:
        yield Line(1, a_page("https://news.example/1", "First"))
        first_is_answered.wait()
        yield Line(2, a_page("https://news.example/2", "Second"))

    results = extract(one_by_one())
    first = await anext(results)
    first_is_answered.set()
    second = await anext(results)

    assert (first["title"], second["title"]) == ("First", "Second")
    await results.aclose()
