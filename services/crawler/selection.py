"""Which of the articles that a source's doors lead to are wanted, by its globs; decides only."""

import hashlib
import json
from functools import lru_cache
from typing import Protocol
from urllib.parse import unquote, urlsplit

from services.crawler.robots import Pattern


class Globs(Protocol):
    """What is read of a `shared.sources.Source`."""

    @property
    def include(self) -> tuple[str, ...]: ...
    @property
    def exclude(self) -> tuple[str, ...]: ...


def wanted(url: str, source: Globs) -> bool:
    """Whether the source's globs let an article in, by its canonical URL.

    Globs are taken apart at their asterisks and compared in one pass each, however many asterisks there are: neither
    they nor the URLs of strangers can make it slow.
    """
    if not source.include and not source.exclude:
        return True
    return _any_fits(source.include or ("*",), url) and not _any_fits(source.exclude, url)


def fingerprint(source: Globs) -> str:
    """A short name for the source's globs, "" for none: with another one, other articles are wanted."""
    if not source.include and not source.exclude:
        return ""
    return hashlib.sha256(json.dumps([source.include, source.exclude]).encode()).hexdigest()[:16]


def _any_fits(globs: tuple[str, ...], url: str) -> bool:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # People write addresses as they read them, canonical URLs are percent-encoded.
    readings = ({False: url, True: path}, {False: unquote(url), True: unquote(path)})
    return any(_pattern(glob).matches(reading[glob.startswith("/")]) for glob in globs for reading in readings)


@lru_cache(maxsize=4096)
def _pattern(glob: str) -> Pattern:
    return Pattern(tuple(glob.split("*")), anchored=True)
