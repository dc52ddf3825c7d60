"""Measures robots.txt on Google's cases for RFC 9309: python -m tests.eval.robots [--dir DIR]; all must hold."""

import argparse
import re
import sys
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.crawler import robots

ARCHIVE = Path("robots") / "robotstxt-spec-test.tar.gz"
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|[\w.-]+|[\[\]{}:,]|#[^\n]*')
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


@dataclass(frozen=True)
class Expectation:
    """May `agent` fetch `url`, where this is the site's robots.txt?"""

    file: str
    robots_txt: bytes
    url: str
    agent: str
    allowed: bool


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval.robots", description="Measure robots.txt.")
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    archive = parser.parse_args(arguments).dir / ARCHIVE
    if not archive.exists():
        sys.stdout.write(f"skipped: there is no {archive}\n")
        return 0

    expectations = list(read_expectations(archive))
    missed = [case for case in expectations if not holds(case)]

    for case in missed:
        wanted = "allowed" if case.allowed else "disallowed"
        sys.stderr.write(f"{case.file}: {case.url} should be {wanted} to {case.agent!r} by {case.robots_txt!r}\n")
    sys.stdout.write(f"robots.txt  {len(expectations) - len(missed)} of {len(expectations)} expectations hold\n")
    return 1 if missed or not expectations else 0


def holds(case: Expectation) -> bool:
    return robots.parse(200, case.robots_txt).allows(case.url, case.agent) is case.allowed


def read_expectations(archive: Path) -> Iterator[Expectation]:
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.name.endswith(".textproto") else None
            if file is not None:
                yield from expectations_in(member.name, file.read().decode())


def expectations_in(name: str, text: str) -> Iterator[Expectation]:
    """Those of one file in the text format of protocol buffers."""
    tokens = [token for token in _TOKEN.findall(text) if not token.startswith("#")]
    for test in _message([*tokens, "}"][::-1])["tests"]:
        for said in test["test_expectations"]:
            yield Expectation(
                file=name,
                robots_txt=test["robotstxt"],
                url=said["testurl"].decode(),
                agent=said["useragent"].decode(),
                allowed=said["expected_outcome"] == "ALLOWED",
            )


def _message(waiting: list[str]) -> dict:
    """The fields up to the closing brace; `waiting` is a stack of tokens, the next one last."""
    fields = {}
    while (name := waiting.pop()) != "}":
        if waiting[-1] == ":":
            waiting.pop()
        fields[name] = _value(waiting)
    return fields


def _value(waiting: list[str]):
    token = waiting.pop()
    if token == "{":
        return _message(waiting)
    if token == "[":
        items = []
        while waiting[-1] != "]":
            items.append(_value(waiting))
            if waiting[-1] == ",":
                waiting.pop()
        waiting.pop()
        return items
    if not token.startswith('"'):
        return token
    text = _unescaped(token)
    # Strings that follow each other are one.
    while waiting[-1].startswith('"'):
        text += _unescaped(waiting.pop())
    return text


def _unescaped(literal: str) -> bytes:
    def meant(found: re.Match[bytes]) -> bytes:
        code = found[1]
        if code[:1] == b"x" and len(code) > 1:
            return bytes([int(code[1:], 16)])
        return bytes([int(code, 8)]) if code.isdigit() else _NAMED.get(code, code)

    return _ESCAPE.sub(meant, literal[1:-1].encode())


if __name__ == "__main__":
    sys.exit(main())
