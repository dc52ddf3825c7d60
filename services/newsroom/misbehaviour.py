"""How pages misbehave: what a visit meets, given the visits before it, and hostile answers for tests of a crawler."""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import Literal

from services.newsroom.articles import Behaviour

SLOW_PAGE_S = 3.0
# From this many earlier visits on, no page changes its behaviour any more: counting can stop.
SETTLED_AFTER_VISITS = 2

HOSTILE_PREFIX = "/hostile/"
# A link-local address that hosts of clouds serve credentials on: the classic goal of a forged request.
_PRIVATE_ADDRESS = "http://169.254.169.254/latest/meta-data/"
_MEBIBYTE = bytes(1 << 20)
_BOMB_MEBIBYTES = 256
# Of no name, no time and no system.
_GZIP_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"


@dataclass(frozen=True)
class Conduct:
    """What a visit meets: the status, which page, and over how many seconds its body is spread."""

    status: int = 200
    page: Literal["article", "consent", "error"] = "article"
    spread_s: float = 0.0
    retry_after_s: int | None = None


def conduct(behaviour: Behaviour, visits_before: int) -> Conduct:
    """What the next visit of a page meets."""
    match behaviour:
        case "slow":
            return Conduct(spread_s=SLOW_PAGE_S)
        case "broken-at-first" if visits_before < 2:
            return Conduct(status=500, page="error")
        case "busy-at-first" if visits_before < 1:
            return Conduct(status=503, page="error", retry_after_s=1)
        case "missing":
            return Conduct(status=404, page="error")
        case "gone":
            return Conduct(status=410, page="error")
        case "consent-wall":
            return Conduct(page="consent")
        case _:
            return Conduct()


def depends_on_visits(behaviour: Behaviour, corrected: bool) -> bool:
    """Whether the page's visits have to be counted."""
    return corrected or behaviour in ("broken-at-first", "busy-at-first")


@dataclass(frozen=True)
class HostileAnswer:
    """An answer made to harm: headers, and a body of bounded length in chunks, with a pause before each."""

    chunks: Callable[[], Iterator[bytes]] = lambda: iter(())
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause_s: float = 0.0


def _endless() -> Iterator[bytes]:
    yield b"<html><body><article>"
    yield from repeat(b"<p>" + b"more and more of it " * 3276 + b"</p>", 3200)  # 64 KB each, 200 MB in all


def _gzip_bomb() -> Iterator[bytes]:
    yield _GZIP_HEADER
    # Flushed in full, what is packed stands for itself: one piece is packed, and sent as often as it takes.
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    yield from repeat(packer.compress(_MEBIBYTE) + packer.flush(zlib.Z_FULL_FLUSH), _BOMB_MEBIBYTES)
    checksum = 0
    for blank in repeat(_MEBIBYTE, _BOMB_MEBIBYTES):
        checksum = zlib.crc32(blank, checksum)
    yield packer.flush() + struct.pack("<II", checksum, len(_MEBIBYTE) * _BOMB_MEBIBYTES)


def _deep() -> Iterator[bytes]:
    yield b"<html><body>" + b"<div>" * 200_000 + b"deep down" + b"</div>" * 200_000


_HTML = {"content-type": "text/html; charset=utf-8"}
_HOSTILE: Mapping[str, HostileAnswer] = {
    "endless": HostileAnswer(_endless, headers=_HTML),
    "gzip-bomb": HostileAnswer(_gzip_bomb, headers={**_HTML, "content-encoding": "gzip"}),
    "deep-markup": HostileAnswer(_deep, headers=_HTML),
    "drip": HostileAnswer(lambda: repeat(b" ", 240), headers=_HTML, pause_s=0.5),  # two minutes at most
    "unknown-charset": HostileAnswer(
        lambda: iter((b"<html><body><p>\xff\xfe\x80 not text in any charset \xc3\x28</p></body></html>",)),
        headers={"content-type": "text/html; charset=x-klingon-8"},
    ),
    "redirect-loop": HostileAnswer(status=302, headers={"location": "/hostile/redirect-loop-back"}),
    "redirect-loop-back": HostileAnswer(status=302, headers={"location": "/hostile/redirect-loop"}),
    "redirect-private": HostileAnswer(status=302, headers={"location": _PRIVATE_ADDRESS}),
}


def hostile_answer(path: str) -> HostileAnswer | None:
    """The hostile answer at ``/hostile/NAME``; None where there is none."""
    return _HOSTILE.get(path.removeprefix(HOSTILE_PREFIX)) if path.startswith(HOSTILE_PREFIX) else None
