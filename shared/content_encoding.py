"""Takes a body out of its content encodings, within a bound."""

import zlib
from collections.abc import Callable, Generator, Iterator, Mapping

import brotli  # type: ignore[import-untyped]  # it has no stubs
import zstandard

from shared.errors import FetchFailed, InvalidInput, LimitExceeded

_MAX_ENCODINGS = 2
_STEP_BYTES = 64 * 1024
# 500,000 empty members in 10 MB kept a process busy for 3.6 s.
_MAX_MEMBERS = 1000
# A block of 4 bytes may stand for 128 KB: a step unpacks to 8 MB at most.
_ZSTD_STEP_BYTES = 256
# A window of 8 MiB is what RFC 9659 lets a server ask of a client.
_MAX_ZSTD_WINDOW_BYTES = 8 * 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


def decode(body: bytes, encodings: str, max_bytes: int) -> bytes:
    """A body out of its content encodings, in steps of 64 KB, so that a bomb costs no more than the bound.

    Args:
        encodings: as in the header Content-Encoding, "" for none.

    Raises:
        LimitExceeded: more than `max_bytes`, or more than two encodings around each other.
        InvalidInput: an encoding nobody knows, or a body that is not in it.
        FetchFailed: the body ends too early.
    """
    names = [name.strip().lower() for name in encodings.split(",") if name.strip().lower() not in ("", "identity")]
    if len(names) > _MAX_ENCODINGS:
        raise LimitExceeded(f"a body in {len(names)} content encodings around each other")
    for name in reversed(names):
        if name not in _DECODERS:
            raise InvalidInput(f"content encoding {name[:40]!r} is not known")
        body = _join(_DECODERS[name](body), name, max_bytes) if body else body
    return body


def _join(steps: Iterator[bytes], name: str, max_bytes: int) -> bytes:
    decoded = bytearray()
    try:
        for step in steps:
            decoded += step
            if len(decoded) > max_bytes:
                raise LimitExceeded(f"a body that {name} unpacks to more than {max_bytes} bytes")
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        raise InvalidInput(f"a body that is not {name}: {error}") from error
    return bytes(decoded)


def _gzip(body: bytes) -> Iterator[bytes]:
    used = 0
    for _ in range(_MAX_MEMBERS):
        used += yield from _inflate(zlib.decompressobj(wbits=zlib.MAX_WBITS | 16), memoryview(body)[used:])
        # What follows and is no member is padding.
        if not body.startswith(_GZIP_MAGIC, used):
            return
    raise LimitExceeded(f"a body of more than {_MAX_MEMBERS} gzip members")


def _deflate(body: bytes) -> Iterator[bytes]:
    # zlib's format by the standard, the bare stream by habit of some servers; only zlib's begins with this nibble.
    bare = body[0] & 0x0F != 8
    yield from _inflate(zlib.decompressobj(wbits=-zlib.MAX_WBITS if bare else zlib.MAX_WBITS), memoryview(body))


def _inflate(decoder: "zlib._Decompress", body: memoryview) -> Generator[bytes, None, int]:
    """The steps of one compressed stream; returns how many bytes it took."""
    for start in range(0, len(body), _STEP_BYTES):
        piece = rest = body[start : start + _STEP_BYTES]
        while len(rest) and not decoder.eof:
            yield decoder.decompress(rest, _STEP_BYTES)
            rest = memoryview(decoder.unconsumed_tail)
        if decoder.eof:
            return start + len(piece) - len(decoder.unused_data)
    raise FetchFailed("a compressed body that ends too early")


def _brotli(body: bytes) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    step = decoder.process(body, output_buffer_limit=_STEP_BYTES)
    while not decoder.is_finished():
        yield step
        step = decoder.process(b"", output_buffer_limit=_STEP_BYTES)
        if not step and not decoder.is_finished() and decoder.can_accept_more_data():
            raise FetchFailed("a compressed body that ends too early")
    yield step


def _zstd(body: bytes) -> Iterator[bytes]:
    # Not its stream reader, which takes half a body for a whole one.
    frames, at = zstandard.ZstdDecompressor(max_window_size=_MAX_ZSTD_WINDOW_BYTES), 0
    for _ in range(_MAX_MEMBERS):
        if at >= len(body):
            return
        decoder = frames.decompressobj()
        while not decoder.eof:
            piece = body[at : at + _ZSTD_STEP_BYTES]
            if not piece:
                raise FetchFailed("a compressed body that ends too early")
            yield decoder.decompress(piece)
            at += len(piece)
        at -= len(decoder.unused_data)
    raise LimitExceeded(f"a body of more than {_MAX_MEMBERS} zstd frames")


_DECODERS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
