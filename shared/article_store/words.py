"""The words of a text as both stores index them: split as Unicode says, folded, stemmed by Porter2, see `bigrams`.

It is Tantivy's analyzer, and measured against Elasticsearch's by the contract suite. Elasticsearch has its own; there
this one serves to find, in texts that are shown, the words that matched.
"""

from collections.abc import Iterator
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


class Word(NamedTuple):
    """An indexed term and the characters of the text it stands for."""

    term: str
    start: int
    end: int


def analyzer() -> tantivy.TextAnalyzer:
    """A new analyzer for text that was spread."""
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.regex(WORD_PATTERN))
    for step in (
        tantivy.Filter.remove_long(_LONGEST_WORD_BYTES),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("English"),
    ):
        builder = builder.filter(step)
    return builder.build()


_analyzer = analyzer()


def terms(text: str) -> list[str]:
    """The terms of a text, in order."""
    return list(_analyzer.analyze(spread(text)))


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
