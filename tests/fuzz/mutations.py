"""A document, bent: pieces of it cut, doubled, moved, nested, encoded anew, and what harms put in between."""

import gzip
import re
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

MAX_BYTES = 200_000
_MAX_MUTATIONS = 8
_MAX_REPETITIONS = 300
# Where one piece of markup or of a text ends and the next begins; a cut there reaches further into a reader.
_JOINT = re.compile(rb"[<>\"'\s:/=&,{}\[\]()]")
_CHARSETS = ("utf-8", "utf-16", "utf-16-be", "latin-1", "cp1251", "gb18030", "utf-7", "cp037")

HARM = (
    b"",
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x1f\x8b",
    b"\x80\x96\xad",
    b"\x1b[31m",
    b"\r\n\r\n",
    b"\xed\xa0\xbd",
    b"\xf0\x9f",
    "\u202etxt.exe\u2066".encode(),
    "\u200b\ufeff\u00ad".encode(),
    "\U0001f469\u200d".encode(),
    "İıſK".encode(),
    "٣\u0966".encode(),
    b"\\ud83d",
    b"\\u0000",
    b"&#0;",
    b"&#xD800;",
    b"&#x110000;",
    b"&#150;",
    b"&lol;",
    b"&amp;amp;amp;",
    b"%00%ff%",
    b"%2e%2e%2f",
    b"<!DOCTYPE x [<!ENTITY lol 'lol'>]>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?xml version='1.1' encoding='utf-7'?>",
    b"<",
    b">",
    b"/>",
    b"</",
    b"<script>",
    b"</script>",
    b"<div>",
    b"<table><tr><td>",
    b"<svg><style>",
    b"<template>",
    b"<plaintext>",
    b"<base href='//[']>",
    b"<a href='http://['>",
    b"<meta charset=x-klingon>",
    b"<meta http-equiv=refresh content='0;url=#'>",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"'",
    b"\\",
    b"null",
    b"true",
    b"1e999",
    b"NaN",
    b"-0",
    b"9" * 400,
    b"{}",
    b"[[]]",
    b'{"@id":"#a"}',
    b"0000-00-00",
    b"9999-12-31T23:59:60+24:00",
    b"31 Feb 2026 25:61 PM",
    b"-1",
    b"0",
    b"\xd9\xa3",
    b"javascript:",
    b"data:text/html,",
    b"http://[::ffff:7f00:1]/",
    b"file:///etc/passwd",
    b"//",
    b"..",
    b":99999",
    b"@",
    b"()",
    b"(((",
    b" OR ",
    b" NOT ",
    b"title:",
    b"~9",
    b"*",
    b"$",
    b"#",
    b"\xe3\x80\x80",
)

Mutation = Callable[[bytes], bytes]
_PLACES = st.tuples(st.integers(0, 1 << 20), st.integers(0, 1 << 20), st.booleans())
_PARTS = st.sampled_from(HARM) | st.binary(max_size=12)


def bent(documents: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Documents after up to eight mutations, each at most MAX_BYTES long."""
    others = st.sampled_from(documents)
    mutations = st.one_of(
        st.builds(_cut, _PLACES),
        st.builds(_put, _PLACES, _PARTS),
        st.builds(_repeated, _PLACES, st.integers(2, _MAX_REPETITIONS)),
        st.builds(_moved, _PLACES),
        st.builds(_flipped, _PLACES, st.integers(0, 255)),
        st.builds(_spliced, _PLACES, others),
        st.builds(_nested, _PLACES, st.sampled_from(HARM), st.integers(2, _MAX_REPETITIONS)),
        st.builds(_encoded, st.sampled_from(_CHARSETS), st.sampled_from(_CHARSETS)),
        st.just(lambda body: gzip.compress(body, mtime=0)),
    )
    return st.builds(_after, others, st.lists(mutations, min_size=1, max_size=_MAX_MUTATIONS))


def _after(body: bytes, mutations: Sequence[Mutation]) -> bytes:
    for mutation in mutations:
        body = mutation(body)[:MAX_BYTES]
    return body


def _piece(body: bytes, places: tuple[int, int, bool]) -> tuple[int, int]:
    """Where a piece of the document starts and ends; at joints, where the last of `places` says so."""
    first, second, at_joints = places
    start, end = sorted((first % (len(body) + 1), second % (len(body) + 1)))
    if at_joints:
        start, end = (found.start() if (found := _JOINT.search(body, at)) else at for at in (start, end))
    return start, end


def _cut(places: tuple[int, int, bool]) -> Mutation:
    def mutation(body: bytes) -> bytes:
        start, end = _piece(body, places)
        return body[:start] + body[end:]

    return mutation


def _put(places: tuple[int, int, bool], part: bytes) -> Mutation:
    def mutation(body: bytes) -> bytes:
        start, _ = _piece(body, places)
        return body[:start] + part + body[start:]

    return mutation


def _repeated(places: tuple[int, int, bool], times: int) -> Mutation:
    def mutation(body: bytes) -> bytes:
        start, end = _piece(body, places)
        # A short piece, or the document grows by itself alone.
        end = min(end, start + MAX_BYTES // times)
        return body[:start] + body[start:end] * times + body[end:]

    return mutation


def _moved(places: tuple[int, int, bool]) -> Mutation:
    def mutation(body: bytes) -> bytes:
        start, end = _piece(body, places)
        return body[start:end] + body[:start] + body[end:]

    return mutation


def _flipped(places: tuple[int, int, bool], bits: int) -> Mutation:
    def mutation(body: bytes) -> bytes:
        at, _ = _piece(body, places)
        return body[:at] + bytes(byte ^ bits for byte in body[at : at + 1]) + body[at + 1 :]

    return mutation


def _spliced(places: tuple[int, int, bool], other: bytes) -> Mutation:
    def mutation(body: bytes) -> bytes:
        start, _ = _piece(body, places)
        _, end = _piece(other, places)
        return body[:start] + other[end:]

    return mutation


def _nested(places: tuple[int, int, bool], part: bytes, times: int) -> Mutation:
    return _put(places, part * times)


def _encoded(read_as: str, written_as: str) -> Mutation:
    return lambda body: body.decode(read_as, "replace").encode(written_as, "replace")
