"""Divides sources over pipelines: all sources of a site belong to one, whoever asks and in whatever order."""

import hashlib
import re
from typing import NamedTuple

from shared.errors import ConfigurationError
from shared.sources import Source
from shared.urls import host_of, registrable_domain

MAX_PARTS = 1000
_WRITTEN = re.compile(r"(\d{1,4})/(\d{1,4})")


class Part(NamedTuple):
    """The `number`-th of `parts`, counted from 1."""

    number: int
    parts: int


def parse_part(written: str) -> Part:
    """Read ``2/4``.

    Raises:
        ConfigurationError: it is none of 1/1 to 1000/1000.
    """
    match = _WRITTEN.fullmatch(written)
    part = Part(int(match[1]), int(match[2])) if match else Part(0, 0)
    if not 1 <= part.number <= part.parts <= MAX_PARTS:
        raise ConfigurationError(f"--part {written}: say which of how many, as in 2/4, {MAX_PARTS} at most")
    return part


def part_of(source: Source, parts: int) -> int:
    """The part, from 1, that a source belongs to.

    By its site, since politeness towards a host is kept by one broker; and by the highest of one hash for each part
    (rendezvous hashing: Thaler and Ravishankar, 1998), so that one part more takes its share of each and moves nothing
    between the others.
    """
    site = registrable_domain(host_of(source.url))
    return max(range(1, parts + 1), key=lambda part: hashlib.sha256(f"{part} {site}".encode()).digest())
