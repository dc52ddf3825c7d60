import gzip
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.crawler.archive import Archive, Exchange, read_archive
from shared.errors import InvalidInput

PAGE = Exchange(
    url="https://north.example/a",
    requested_url="https://north.example/feed-link",
    status=200,
    headers={"content-type": "text/html; charset=utf-8", "x-robots-tag": "noarchive"},
    body=b"<html><p>Gr\xc3\xbc\xc3\x9fe</p></html>",
    fetched_at=datetime(2026, 3, 2, 12, 0, 0, 250_000, UTC),
    source_id="north",
    found_by="feed",
    rights="noarchive tdm-reserved",
    visit='{"kind": "article", "title": "Gr\\u00fc\\u00dfe"}',
    fetch_id="0af7651916cd43dd8448eb211c80319c",
)


@pytest.fixture
def archive(tmp_path, clock):
    opened = Archive(tmp_path / "warc", "newsweir/test", clock, max_file_bytes=10**6)
    yield opened
    opened.close()


def all_of(tmp_path) -> list[Exchange]:
    files = sorted((tmp_path / "warc").iterdir())
    return [exchange for path in files for exchange in read_archive(path, max_body_bytes=10_000)]


def test_what_was_fetched_is_read_back(tmp_path, archive):
    archive.append(PAGE)

    [found] = all_of(tmp_path)

    assert found == replace(PAGE, headers={**PAGE.headers, "content-length": str(len(PAGE.body))})


def test_headers_that_described_the_transfer_are_left_out(tmp_path, archive):
    archive.append(replace(PAGE, headers={"Content-Encoding": "gzip", "Content-Length": "7", "Set-Cookie": "id=1"}))

    [found] = all_of(tmp_path)

    assert found.headers == {"content-length": str(len(PAGE.body))}


def test_a_full_file_is_followed_by_another(tmp_path, clock):
    archive = Archive(tmp_path / "warc", "newsweir/test", clock, max_file_bytes=1)
    for number in range(3):
        archive.append(replace(PAGE, url=f"https://north.example/{number}"))
    archive.close()

    assert len(list((tmp_path / "warc").iterdir())) == 3
    assert {exchange.url[-1] for exchange in all_of(tmp_path)} == {"0", "1", "2"}


def test_a_file_that_a_crash_cut_off_is_read_up_to_its_last_whole_record(tmp_path, archive):
    archive.append(PAGE)
    archive.append(replace(PAGE, url="https://north.example/b", body=bytes(range(256)) * 30))
    archive.close()
    [path] = (tmp_path / "warc").iterdir()
    path.write_bytes(path.read_bytes()[:-40])

    found = []
    with pytest.raises(InvalidInput, match="any further than record 3"):
        found.extend(exchange.url for exchange in _collect(path, found))

    assert found[0] == "https://north.example/a"


def _collect(path, found):
    for exchange in read_archive(path, max_body_bytes=10_000):
        found.append(exchange.url)
        yield exchange


def test_a_body_that_is_too_large_is_passed_over(tmp_path, archive):
    archive.append(replace(PAGE, body=b"x" * 20_000))
    archive.append(PAGE)

    assert [exchange.url for exchange in all_of(tmp_path)] == [PAGE.url]


@pytest.mark.parametrize(
    "content", [b"not a warc file at all", gzip.compress(b"<html></html>", mtime=0)], ids=["text", "gzip"]
)
def test_a_file_of_another_kind_is_named(tmp_path, content):
    path = tmp_path / "page.html"
    path.write_bytes(content)

    with pytest.raises(InvalidInput, match=r"page\.html"):
        list(read_archive(path, max_body_bytes=10_000))


def test_an_archive_of_others_is_read_too(tmp_path):
    path = tmp_path / "other.warc"
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>hello</p>"
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://other.example/\r\n"
        "WARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:12345678-1234-1234-1234-123456789012>\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    path.write_bytes(head.encode() + http + b"\r\n\r\n")

    [found] = read_archive(path, max_body_bytes=10_000)

    assert (found.url, found.body, found.source_id, found.found_by) == (
        "http://other.example/",
        b"<p>hello</p>",
        "",
        "import",
    )
    assert found.fetched_at == datetime(2020, 1, 1, tzinfo=UTC)
