import gzip
import zlib

import brotli
import pytest
import zstandard

from shared.content_encoding import decode
from shared.errors import FetchFailed, InvalidInput, LimitExceeded

TEXT = b"<p>The weir keeps its level.</p>" * 5000
COMPRESS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstandard.compress}


@pytest.mark.parametrize("encoding", COMPRESS)
def test_a_bomb_goes_off_within_the_bound(encoding):
    bomb = COMPRESS[encoding](bytes(5_000_000))

    with pytest.raises(LimitExceeded, match="unpacks to more than 1000000 bytes"):
        decode(bomb, encoding, 1_000_000)


def test_encodings_around_each_other_and_members_after_each_other_are_counted():
    with pytest.raises(LimitExceeded, match="3 content encodings"):
        decode(TEXT, "gzip, gzip, gzip", 1_000_000)
    with pytest.raises(LimitExceeded, match="gzip members"):
        decode(gzip.compress(b"") * 1001, "gzip", 1_000_000)
    with pytest.raises(LimitExceeded, match="zstd frames"):
        decode(zstandard.compress(b"") * 1001, "zstd", 1_000_000)


@pytest.mark.parametrize("encoding", [*COMPRESS, "rot13"])
def test_a_body_that_is_not_in_its_encoding_is_invalid(encoding):
    with pytest.raises(InvalidInput, match=encoding):
        decode(b"plain text here", encoding, 1_000_000)


@pytest.mark.parametrize("encoding", COMPRESS)
def test_a_bomb_inside_a_bomb_goes_off_within_the_bound_too(encoding):
    bomb = COMPRESS[encoding](COMPRESS[encoding](bytes(5_000_000)))

    with pytest.raises(LimitExceeded, match="unpacks to more than 1000000 bytes"):
        decode(bomb, f"{encoding}, {encoding}", 1_000_000)


def test_a_window_that_would_take_all_memory_is_refused():
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    body = stream.compress(bytes(100)) + stream.flush()

    with pytest.raises(InvalidInput, match="zstd"):
        decode(body, "zstd", 1_000_000)


@pytest.mark.parametrize("encoding", COMPRESS)
def test_half_a_body_is_no_body(encoding):
    half = COMPRESS[encoding](TEXT)[:-9]

    with pytest.raises(FetchFailed, match="too early"):
        decode(half, encoding, 1_000_000)
