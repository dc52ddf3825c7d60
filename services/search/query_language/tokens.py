"""Splits the text of a query into words, phrases, fields, operators and parentheses, each with its place."""

import re
from dataclasses import dataclass
from typing import Literal

from services.search.query_language.mistakes import QueryMistake, Repair

Kind = Literal["word", "phrase", "field", "and", "or", "not", "minus", "open", "close", "end"]
# Quotation marks of all kinds, as phones and word processors write them; any of them closes any other.
QUOTES = '"“”„«»'
OPERATORS: dict[str, Kind] = {"AND": "and", "OR": "or", "NOT": "not"}
_BLANK = re.compile(r"\s+")
_PHRASE = re.compile(rf"[{QUOTES}](?P<text>(?:\\.|[^\\{QUOTES}])*)(?P<closed>[{QUOTES}])?", re.DOTALL)
_WORD = re.compile(rf"[^\s(){QUOTES}]+")
_FIELD = re.compile(r"(?P<name>[A-Za-z_]+):")
_MINUS = re.compile(r"-+")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True)
class Token:
    """One piece of a query, from character `start` to `end`; `text` is what it says, without quotes or colon."""

    kind: Kind
    text: str
    start: int
    end: int


def tokens(query: str) -> list[Token]:
    """All tokens of a query, one of kind "end" last.

    Raises:
        QueryMistake: a quotation mark that is never closed.
    """
    found: list[Token] = []
    at = 0
    while at < len(query):
        if blank := _BLANK.match(query, at):
            at = blank.end()
            continue
        token = _token(query, at, is_value=bool(found) and found[-1].kind == "field" and found[-1].end == at)
        # A dash that stands alone is punctuation.
        if token.kind != "minus" or _is_prefix(query, token.end):
            found.append(token)
        at = token.end
    return [*found, Token("end", "", len(query), len(query))]


def _token(query: str, at: int, *, is_value: bool) -> Token:
    if query[at] in "()":
        return Token("open" if query[at] == "(" else "close", query[at], at, at + 1)
    if phrase := _PHRASE.match(query, at):
        return _phrase(query, phrase)
    if is_value:
        return _word(query, at)
    if minus := _MINUS.match(query, at):
        return Token("minus", minus[0], at, minus.end())
    if field := _FIELD.match(query, at):
        return Token("field", field["name"], at, field.end())
    return _word(query, at)


def _word(query: str, at: int) -> Token:
    word = _WORD.match(query, at)
    assert word is not None, "whatever is no blank, no quote and no parenthesis is part of a word"
    return Token(OPERATORS.get(word[0], "word"), word[0], at, word.end())


def _phrase(query: str, found: re.Match[str]) -> Token:
    if found["closed"] is None:
        raise QueryMistake(
            query,
            found.start(),
            found.start() + 1,
            "a quotation mark is never closed",
            # A backslash at the end would make a letter of the mark that closes.
            Repair(found.end(), len(query), '"'),
        )
    return Token("phrase", " ".join(_ESCAPED.sub(r"\1", found["text"]).split()), found.start(), found.end())


def _is_prefix(query: str, end: int) -> bool:
    return end < len(query) and not query[end].isspace() and query[end] != ")"
