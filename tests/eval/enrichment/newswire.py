"""Reads the worldwide newswire set: documents of tokens with their names, printed as a newspaper would print them."""

import hashlib
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ARCHIVE = Path("ner") / "worldwide-newswire-dev.tar.gz"
TYPES = {"Person": "person", "Organization": "organization", "Location": "location"}
_LEADING_ARTICLE = re.compile(r"(?:the\s+)+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"\s*(?:['’]s|['’])$")
_JOINS_LEFT = re.compile(r"[,.;:)\]?!%”…»]+|n['’]t|['’](?:s|re|ve|ll|m|d)")
_JOINS_RIGHT = frozenset("([$£€“‘«")
_JOINS_BOTH = frozenset("-/")
_INITIAL = re.compile(r"[A-Z]")
_APOSTROPHES = frozenset("'’")
_AFTER_APOSTROPHE = frozenset("s re ve ll m d t".split())


class Span(NamedTuple):
    """A name in a text: ``text[start:end]``, without a leading "the" and a trailing possessive."""

    start: int
    end: int
    type: str


@dataclass(frozen=True)
class Document:
    """An article of the set with the people, organisations and places that it names."""

    id: str
    text: str
    names: frozenset[Span]

    @property
    def was_looked_at(self) -> bool:
        """Whether it belongs to the half whose errors were counted while the rules were written."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0


def read_documents(archive: Path) -> list[Document]:
    """All documents of the set, by id."""
    with tarfile.open(archive) as files:
        tables = {
            Path(member.name).name: extracted.read().decode("utf-8")
            for member in files
            if member.name.endswith(".tsv") and (extracted := files.extractfile(member))
        }
    return [_document(name, tables[name]) for name in sorted(tables)]


def stripped(text: str, start: int, end: int, kind: str) -> Span | None:
    """A span without the parts on which annotators differ; None where nothing is left of it."""
    if article := _LEADING_ARTICLE.match(text, start, end):
        start = article.end()
    if possessive := _POSSESSIVE.search(text[start:end]):
        end = start + possessive.start()
    return Span(start, end, kind) if start < end else None


def _document(name: str, table: str) -> Document:
    # A row without a token parts two paragraphs; the third column, another annotator's layer, is left out.
    rows = [(*line.split("\t"), "O")[:2] if line.strip() else None for line in table.splitlines()]
    text, spans = _printed([row[0].strip() if row else "" for row in rows])
    tagged = [(start, end, row[1]) for row, (start, end) in zip(rows, spans, strict=True) if row and end > start]
    names = (stripped(text, start, end, TYPES[kind]) for start, end, kind in _joined(tagged) if kind in TYPES)
    return Document(name, text, frozenset(name for name in names if name))


def _printed(tokens: list[str]) -> tuple[str, list[tuple[int, int]]]:
    """Tokens with the blanks between them that print has, and where each of them stands."""
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    length = 0
    for token, blank in zip(tokens, _blanks(tokens), strict=True):
        parts.append(blank + token)
        length += len(blank)
        spans.append((length, length + len(token)))
        length += len(token)
    return "".join(parts), spans


def _blanks(tokens: list[str]) -> Iterator[str]:
    """What stands before each token; an empty token ends a paragraph."""
    glued, quoting, before, second_before = True, False, "", ""
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        closes = quoting and token == '"'
        joins = _joins_both(before, token, following)
        abbreviates = before == "." == following and _are_initials(second_before, token)
        leans = closes or joins or abbreviates or _JOINS_LEFT.fullmatch(token)
        yield "" if glued or leans else " " if token else "\n"
        quoting = bool(token) and quoting != (token == '"')
        glued = not token or token in _JOINS_RIGHT or joins or (token == '"' and not closes)
        before, second_before = token, before


def _are_initials(*tokens: str) -> bool:
    """Whether letters stand in an abbreviation such as "U.S."."""
    return all(_INITIAL.fullmatch(token) for token in tokens)


def _joins_both(before: str, token: str, following: str) -> bool:
    if token in _APOSTROPHES:
        return following in _AFTER_APOSTROPHE
    return token in _JOINS_BOTH and before[-1:].isalnum() and following[:1].isalnum()


def _joined(tagged: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """The names that tokens tagged B-…, I-… and O spell."""
    name: tuple[int, int, str] | None = None
    for start, end, tag in tagged:
        begins, _, kind = tag.partition("-")
        if name and begins == "I" and name[2] == kind:
            name = (name[0], end, kind)
            continue
        if name:
            yield name
        name = (start, end, kind) if kind else None
    if name:
        yield name
