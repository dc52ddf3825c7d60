"""Measures feeds on the documents that feedparser is tested with: python -m tests.eval.feeds [--dir DIR].

Each document says in a comment what should be found in it. Of those that speak of what an article needs, 95 % must
hold, and no document may raise anything but the refusal to take it for a feed.
"""

import argparse
import ast
import operator
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.crawler.discovery import feed
from shared.errors import InvalidInput

ARCHIVE = Path("feeds") / "feedparser-xml.tar.gz"
FLOOR = 0.95
SERVER = "http://127.0.0.1:8097/"
# What an article needs, under all names that feeds and their parser have for it.
OF_ENTRY = frozenset(
    "title link links id guid published updated author authors summary description content "
    "issued modified created date".split()
)
OF_FEED = frozenset("title link links ttl".split())
_ENCODINGS = ("utf-8", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "cp037")
_EXPECT = re.compile(r"^[ \t]*Expect:[ \t]*(.+?)[ \t\r]*$", re.MULTILINE)
_HEADER = re.compile(r"^[ \t]*Header:[ \t]*([\w-]+):[ \t]*(.*?)[ \t\r]*$", re.MULTILINE)
_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Gt: operator.gt,
    ast.In: lambda item, container: item in container,
    ast.NotIn: lambda item, container: item not in container,
    ast.Is: operator.is_,
}


class NotUnderstood(Exception):
    """The expectation uses something else than comparisons of fields."""


@dataclass(frozen=True)
class Document:
    """One feed and the expectation of its comment, None for no readable one."""

    name: str
    body: bytes
    headers: Mapping[str, str]
    expected: ast.expr | None


@dataclass(frozen=True)
class Outcome:
    """What became of a document: `kind` is article, other or none, `held` whether its expectation was met."""

    document: Document
    kind: str
    held: bool
    refused: bool = False
    crash: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval.feeds", description="Measure feeds.")
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    parser.add_argument("--verbose", action="store_true", help="name the documents whose expectation is not met")
    options = parser.parse_args(arguments)
    archive = options.dir / ARCHIVE
    if not archive.exists():
        sys.stdout.write(f"skipped: there is no {archive}\n")
        return 0
    outcomes = [outcome_of(document) for document in read_documents(archive)]
    if options.verbose:
        for outcome in outcomes:
            if outcome.kind != "none" and not outcome.held:
                said = ast.unparse(outcome.document.expected) if outcome.document.expected else ""
                sys.stdout.write(f"{outcome.kind} {outcome.document.name}: {said[:300]}\n")
    return report(outcomes)


def report(outcomes: Sequence[Outcome]) -> int:
    """Print the counts; the exit status."""
    total, held = Counter(o.kind for o in outcomes), Counter(o.kind for o in outcomes if o.held)
    crashes = [outcome for outcome in outcomes if outcome.crash]
    refused = sum(o.refused for o in outcomes)
    share = held["article"] / total["article"] if total["article"] else 0.0
    sys.stdout.write(
        f"documents             {len(outcomes)}, {len(crashes)} with an exception, {refused} refused as no feed\n"
        f"what an article needs {held['article']} of {total['article']} met, {share:.1%} (floor {FLOOR:.0%})\n"
        f"other expectations    {held['other']} of {total['other']} met\n"
        f"without expectation   {total['none']}\n"
    )
    for outcome in crashes:
        sys.stderr.write(f"{outcome.document.name}: {outcome.crash}\n")
    return 1 if crashes or share < FLOOR else 0


def read_documents(archive: Path) -> Iterator[Document]:
    with tarfile.open(archive) as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isfile() else None
            if file is not None:
                yield document_of(member.name, file.read())


def document_of(name: str, body: bytes) -> Document:
    """The expectation may be written in the document's own encoding."""
    for encoding in _ENCODINGS:
        text = body.decode(encoding, errors="replace")
        if found := _EXPECT.search(text):
            headers = {key.lower(): value for key, value in _HEADER.findall(text)}
            return Document(name, body, headers, _expression(found[1]))
    return Document(name, body, {}, None)


def outcome_of(document: Document) -> Outcome:
    """Parse the document whole, with contents that the crawler leaves out, and read its links as the crawler does."""
    kind, media_type, refused = kind_of(document.expected), document.headers.get("content-type"), False
    said: Mapping[str, Any] = {}
    try:
        said = feed.parsed(document.body, base_url_of(document), content_type=media_type)
        feed.links(document.body, base_url_of(document) or SERVER, content_type=media_type)
    except InvalidInput:
        refused = True
    except Exception as error:  # whatever it is, it is what is looked for
        return Outcome(document, kind, held=False, crash=f"{type(error).__name__}: {error}")
    met = document.expected is not None and holds(document.expected, said)
    return Outcome(document, kind, met, refused)


def base_url_of(document: Document) -> str:
    """Where the document says that it lies; those about the address of the document itself expect this server."""
    return document.headers.get("content-location", SERVER if document.name.endswith("_docuri.xml") else "")


def kind_of(expected: ast.expr | None) -> str:
    if expected is None:
        return "none"
    named = {path for node in ast.walk(expected) if isinstance(node, ast.Subscript) and (path := _path(node))}
    of_article = any(path[:1] == ("feed",) and _stem(path[1]) in OF_FEED for path in named if len(path) > 1) or any(
        path[:1] == ("entries",) and _stem(path[2]) in OF_ENTRY for path in named if len(path) > 2
    )
    return "article" if of_article else "other"


def holds(expected: ast.expr, said: Mapping[str, Any]) -> bool:
    """Whether the expectation is true of a parsed feed; False also where it names what is not there."""
    try:
        return bool(_value(expected, said))
    except (NotUnderstood, LookupError, TypeError, ValueError, AttributeError):
        return False


def _expression(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _path(node: ast.expr) -> tuple[Any, ...]:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return (*_path(node.value), node.slice.value)
    return (node.id,) if isinstance(node, ast.Name) else ()


def _stem(name: Any) -> str:
    return str(name).removesuffix("_parsed").removesuffix("_detail")


def _value(node: ast.expr, said: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant(value):
            return value
        case ast.Name(name):
            # Whether feedparser had to be tolerant is nobody's concern here.
            return said[name]
        case ast.Subscript(container, index):
            return _value(container, said)[_value(index, said)]
        case ast.Attribute(owner, name):
            return _value(owner, said)[name]
        case ast.Tuple(items) | ast.List(items):
            return tuple(_value(item, said) for item in items)
        case ast.Dict(keys, values):
            return {_value(key, said): _value(value, said) for key, value in zip(keys, values, strict=True) if key}
        case ast.BinOp(left, ast.Add(), right):
            return _value(left, said) + _value(right, said)
        case ast.UnaryOp(ast.USub(), operand):
            return -_value(operand, said)
        case ast.UnaryOp(ast.Not(), operand):
            return not _value(operand, said)
        case ast.BoolOp(ast.And(), values):
            return all(_value(value, said) for value in values)
        case ast.BoolOp(ast.Or(), values):
            return any(_value(value, said) for value in values)
        case ast.Compare(left, operators, rights):
            return _compared(_value(left, said), operators, [_value(right, said) for right in rights])
        case ast.Call(function, arguments, []):
            return _called(function, [_value(argument, said) for argument in arguments], said)
    raise NotUnderstood(ast.dump(node))


def _compared(left: Any, operators: Sequence[ast.cmpop], rights: Sequence[Any]) -> bool:
    lefts = [left, *rights[:-1]]
    return all(_COMPARE[type(op)](a, b) for a, op, b in zip(lefts, operators, rights, strict=True))


def _called(function: ast.expr, arguments: Sequence[Any], said: Mapping[str, Any]) -> Any:
    match function:
        case ast.Name("len" | "ord" as name):
            return {"len": len, "ord": ord}[name](*arguments)
        case ast.Attribute(owner, "has_key"):
            return arguments[0] in _value(owner, said)
        case ast.Attribute(owner, "get"):
            return _value(owner, said).get(*arguments)
    raise NotUnderstood(ast.dump(function))


if __name__ == "__main__":
    sys.exit(main())
