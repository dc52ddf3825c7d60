"""The words of a text as both stores index them: split as Unicode says, folded, stemmed by Porter2, see `bigrams`.

It is Tantivy's analyzer, and measured against Elasticsearch's by the contract suite. Elasticsearch has its own; there
this one serves to find, in texts that are shown, the words that matched.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import islice, repeat
from typing import NamedTuple

import tantivy

from shared.article_store.bigrams import pairs, runs, spread

# What UAX #29 keeps together: don't, U.S, 3.5, 3,500.50, a_b. Rust's regular expressions have no look-around, so a
# joining sign is taken together with what follows it.
_LETTER = r"[\p{Alphabetic}\p{M}]"
_DIGIT = r"\p{Nd}"
WORD_PATTERN = rf"(?:{_LETTER}(?:[.'’:·]{_LETTER})*|{_DIGIT}(?:[.,;'’]{_DIGIT})*|_)+"
# Elasticsearch's standard tokenizer cuts a word there; longer ones are debris that nobody asks for.
_LONGEST_WORD_BYTES = 255
# Stands in a line for a word that is too long to be a term: what is beside it is no phrase.
_NO_TERM = "-"
# No line is broken.
_NOT_REMEMBERED = "\n"
# Of a batch of news, three words of four were in the batches before. More pieces than this are forgotten all at once,
# and a longer one is not remembered: 10 MB.
_REMEMBERED_PIECES = 50_000
_LONGEST_REMEMBERED = 60
# What stands around words and is part of none.
_AROUND_WORDS = ".,;:!?'\"()[]“”‘’„«»…–—"


class Word(NamedTuple):
    """An indexed term and the characters of the text it stands for."""

    term: str
    start: int
    end: int


@cache
def analyzer() -> tantivy.TextAnalyzer:
    """The analyzer for text that was spread; an index that registers it takes a copy."""
    return _made()


def _made() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(WORD_PATTERN))
    for step in (
        tantivy.Filter.remove_long(_LONGEST_WORD_BYTES),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("English"),
    ):
        builder = builder.filter(step)
    return builder.build()


_analyzer = _made()
_remembered: dict[str, str] = {}


def terms(text: str) -> list[str]:
    """The terms of a text, in order."""
    return list(_analyzer.analyze(spread(text)))


def lines(pieces: Collection[str]) -> dict[str, str]:
    """Each of some pieces of texts that were spread with its terms, in order, a blank between them.

    No word goes on beyond white space: the terms of a text are those of its pieces, one after the other.
    """
    found = dict(zip(pieces, map(_remembered.get, pieces, repeat(_NOT_REMEMBERED)), strict=True))
    found.update(new := _lines([piece for piece, line in found.items() if line is _NOT_REMEMBERED]))
    if len(_remembered) + len(new) > _REMEMBERED_PIECES:
        _remembered.clear()
    short = ((piece, line) for piece, line in new.items() if len(piece) <= _LONGEST_REMEMBERED)
    _remembered.update(islice(short, _REMEMBERED_PIECES))
    return found


def _lines(pieces: Iterable[str]) -> dict[str, str]:
    cores: dict[str, str] = {}
    found: dict[str, str] = {}
    for piece in pieces:
        core = piece.strip(_AROUND_WORDS)
        if core.isascii() and core.isalnum() and len(core) < _LONGEST_WORD_BYTES:
            cores[piece] = core
        else:
            found[piece] = _line(piece)
    # Each of these is one word: asking for all at once takes a third of the time.
    found.update(zip(cores, _analyzer.analyze(" ".join(cores.values())), strict=True))
    return found


def _line(piece: str) -> str:
    if len(piece.encode()) < _LONGEST_WORD_BYTES:
        return " ".join(_analyzer.analyze(piece))
    # The last word says how many there are, should those before it be too long.
    *said, last = _analyzer.pre_tokenize(f"{piece} end").tokens
    at = {token.position: token.text for token in said}
    return " ".join(at.get(position, _NO_TERM) for position in range(last.position))


def words(text: str) -> Iterator[Word]:
    """The same terms with their places in the text."""
    done = 0
    for start, end in runs(text):
        yield from _spaced_words(text, done, start)
        yield from (Word(text[a:b], a, b) for a, b in pairs(text, start, end))
        done = end
    yield from _spaced_words(text, done, len(text))


def _spaced_words(text: str, start: int, end: int) -> Iterator[Word]:
    if start == end:
        return
    for token in _analyzer.pre_tokenize(text[start:end]).tokens:
        yield Word(token.text, start + token.char_offset_from, start + token.char_offset_to)
