"""Responses as they were fetched, kept in WARC files: the source from which articles can be extracted again.

The files are WARC 1.1 (ISO 28500:2017), one gzip member a record, so that a file that a crash cut off reads up to its
last whole record. A body is kept decoded; the headers that described its transfer are left out.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from shared.clock import Clock, from_ms
from shared.errors import InvalidInput
from shared.events.articles import FoundBy

_TRANSFER_HEADERS = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"})
_SOURCE = "WARC-X-Source-ID"
_FOUND_BY = "WARC-X-Found-By"
_REQUESTED = "WARC-X-Requested-URI"
_RIGHTS = "WARC-X-Rights"
_VISIT = "WARC-X-Visit"
_FETCH = "WARC-X-Fetch-ID"


@dataclass(frozen=True)
class Exchange:
    """An answer that brought a page.

    Attributes:
        url: that answered.
        requested_url: that was asked for.
        body: decoded.
        source_id, found_by: of the visit.
        rights: that the answer's headers and the host's robots.txt reserved, separated by blanks.
        visit: as JSON, with what the door said of the article; "" in archives of others.
        fetch_id: of the fetch that brought it; "" in archives of others and of earlier versions.
    """

    url: str
    requested_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    source_id: str
    found_by: FoundBy
    rights: str = ""
    visit: str = ""
    fetch_id: str = ""


class Archive:
    """A folder of WARC files, one open for appending; safe to call from several threads of one process.

    Args:
        max_file_bytes: from which a new file is begun.
    """

    def __init__(self, folder: Path, software: str, clock: Clock, *, max_file_bytes: int) -> None:
        self._folder = folder
        self._software = software
        self._clock = clock
        self._max_file_bytes = max_file_bytes
        self._one_at_a_time = threading.Lock()
        self._file: IO[bytes] | None = None
        self._writer: Any = None

    def append(self, exchange: Exchange) -> None:
        """Write one response and hand it to the operating system.

        Raises:
            OSError: the disk does not take it.
        """
        with self._one_at_a_time:
            if self._file is None or self._file.tell() >= self._max_file_bytes:
                self._begin_file()
            assert self._file is not None, "a file was just begun"
            self._writer.write_record(self._record(exchange))
            self._file.flush()

    def close(self) -> None:
        """Close the open file."""
        with self._one_at_a_time:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _begin_file(self) -> None:
        if self._file is not None:
            self._file.close()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        began = from_ms(self._clock.now_ms())
        # The random part keeps crawlers apart that share a folder.
        name = f"newsweir-{began:%Y%m%d%H%M%S}-{uuid4().hex[:8]}.warc.gz"
        self._file = (self._folder / name).open("xb")
        self._writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
        said = {"software": self._software, "format": "WARC File Format 1.1"}
        self._writer.write_record(self._writer.create_warcinfo_record(name, said))

    def _record(self, exchange: Exchange) -> object:
        kept = [(name, value) for name, value in exchange.headers.items() if name.lower() not in _TRANSFER_HEADERS]
        kept.append(("content-length", str(len(exchange.body))))
        said = {_RIGHTS: exchange.rights, _VISIT: exchange.visit, _FETCH: exchange.fetch_id}
        return self._writer.create_warc_record(
            exchange.url,
            "response",
            payload=BytesIO(exchange.body),
            http_headers=StatusAndHeaders(f"{exchange.status} OK", kept, protocol="HTTP/1.1"),
            warc_headers_dict={
                "WARC-Date": exchange.fetched_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                _SOURCE: exchange.source_id,
                _FOUND_BY: exchange.found_by,
                _REQUESTED: exchange.requested_url,
                **{name: value for name, value in said.items() if value},
            },
        )


def read_archive(path: Path, *, max_body_bytes: int) -> Iterator[Exchange]:
    """The responses of a WARC file, compressed or not, whoever wrote it; those of other schemes, and bodies larger than
    `max_body_bytes`, are passed over.

    Raises:
        InvalidInput: the file is no WARC file, or is damaged from some record on; those before it were yielded.
        OSError: it cannot be read.
    """
    read = 0
    with path.open("rb") as file, closing(ArchiveIterator(file, check_digests="raise")) as records:
        try:
            for record in records:
                if record.format != "warc":
                    break
                read += 1
                if record.rec_type == "response" and record.http_headers is not None:
                    body = record.content_stream().read(max_body_bytes + 1)
                    if len(body) <= max_body_bytes and (exchange := _exchange(record, body)):
                        record.raw_stream.read()
                        # What is still to be read of a record that has ended.
                        if record.raw_stream.limit:
                            raise EOFError(f"{record.raw_stream.limit} bytes are missing")
                        yield exchange
        except (ArchiveLoadFailed, ValueError, EOFError) as error:
            raise InvalidInput(f"{path} cannot be read any further than record {read}: {error}") from error
    if not read:
        raise InvalidInput(f"{path} holds no WARC record")


def _exchange(record: Any, body: bytes) -> Exchange | None:  # noqa: ANN401 (warcio has no types)
    headers = record.rec_headers
    url, date = headers.get_header("WARC-Target-URI"), headers.get_header("WARC-Date")
    status = record.http_headers.get_statuscode()
    if not url or not date or not url.lower().startswith(("http://", "https://")) or not status.isdecimal():
        return None
    found_by = headers.get_header(_FOUND_BY)
    return Exchange(
        url=url,
        requested_url=headers.get_header(_REQUESTED) or url,
        status=int(status),
        headers={name.lower(): value for name, value in record.http_headers.headers},
        body=body,
        fetched_at=datetime.fromisoformat(date).astimezone(UTC),
        source_id=headers.get_header(_SOURCE) or "",
        found_by=found_by if found_by in ("feed", "sitemap", "listing") else "import",
        rights=headers.get_header(_RIGHTS) or "",
        visit=headers.get_header(_VISIT) or "",
        fetch_id=headers.get_header(_FETCH) or "",
    )
