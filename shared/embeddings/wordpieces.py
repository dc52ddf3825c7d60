"""Text → the numbers of its word pieces, as BERT's uncased models read English.

The vocabulary is that of `bert-base-uncased` (Google, Apache License 2.0), a piece a line. The library that is made for
this brings a client of a model hub into every installation.
"""

import gzip
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files

START, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"
_LONGEST_WORD = 100
_REMEMBERED_WORDS = 50_000
# Chinese characters are words of their own; Japanese kana and Hangul are not.
_IDEOGRAPHS = (
    (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x2A6DF), (0x2A700, 0x2CEAF), (0x2F800, 0x2FA1F),
)  # fmt: skip


class WordPieces:
    """A vocabulary, and the longest of its pieces for every stretch of a word."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self._vocabulary = vocabulary
        self._of_word = lru_cache(_REMEMBERED_WORDS)(self._pieces)

    def numbers(self, text: str, most: int) -> list[int]:
        """The pieces between a mark of the start and one of the end, `most` in all."""
        found: list[int] = []
        for word in _words(text):
            found += self._of_word(word)
            if len(found) >= most - 2:
                break
        return [self._vocabulary[START], *found[: most - 2], self._vocabulary[END]]

    def _pieces(self, word: str) -> tuple[int, ...]:
        unknown = (self._vocabulary[UNKNOWN],)
        if len(word) > _LONGEST_WORD:
            return unknown
        pieces: list[int] = []
        start = 0
        while start < len(word):
            known = self._longest(word, start)
            if known is None:
                return unknown
            number, start = known
            pieces.append(number)
        return tuple(pieces)

    def _longest(self, word: str, start: int) -> tuple[int, int] | None:
        """The longest piece from here on, and where it ends."""
        continued = "##" if start else ""
        for end in range(len(word), start, -1):
            if (number := self._vocabulary.get(continued + word[start:end])) is not None:
                return number, end
        return None


def open_wordpieces() -> WordPieces:
    """The vocabulary that is kept beside this module."""
    packed = files(__package__).joinpath("data", "wordpieces.txt.gz").read_bytes()
    pieces = gzip.decompress(packed).decode().split("\n")
    return WordPieces({piece: number for number, piece in enumerate(pieces)})


def _words(text: str) -> Iterator[str]:
    """Words in lower case without accents, and every sign of punctuation by itself."""
    word: list[str] = []
    for character in unicodedata.normalize("NFD", text.lower()):
        kind = unicodedata.category(character)
        if character.isspace() or _stands_alone(character, kind):
            if word:
                yield "".join(word)
                word = []
            if not character.isspace():
                yield character
        elif kind != "Mn" and kind[0] != "C" and character != "\ufffd":
            word.append(character)
    if word:
        yield "".join(word)


def _stands_alone(character: str, kind: str) -> bool:
    if character.isascii():
        # Signs such as $ and + are no punctuation to Unicode, but to BERT.
        return character.isprintable() and not character.isalnum() and character != " "
    return kind[0] == "P" or any(first <= ord(character) <= last for first, last in _IDEOGRAPHS)
