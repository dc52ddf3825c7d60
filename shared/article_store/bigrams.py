"""Makes text findable that has no spaces between its words: Han, Kana, Hangul and Thai become overlapping pairs.

Both stores index and ask for the text that `spread` returns, so that they agree on what a word is.
"""

import itertools
import re
from collections.abc import Iterator

_HAN = "\u3005\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KANA = "\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_HANGUL = "\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3"
_THAI = "\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46"
# Marks belong to the sign before them: a pair is of two signs, whatever their marks.
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u3099\u309a"

# Most texts have none, which is told in a tenth of the time that a search for runs takes.
_ANY = re.compile(f"[{_HAN}{_KANA}{_HANGUL}{_THAI}]")
_SIGN = re.compile(f"[{_HAN}{_KANA}{_HANGUL}{_THAI}][{_MARKS}]*")
_RUN = re.compile(f"(?:[{_HAN}{_KANA}{_HANGUL}][{_MARKS}]*)+|(?:[{_THAI}][{_MARKS}]*)+")


def runs(text: str) -> Iterator[tuple[int, int]]:
    """Where the text is without spaces: (start, end) of each longest stretch."""
    return (match.span() for match in _RUN.finditer(text)) if _has_any(text) else iter(())


def pairs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """(start, end) of each pair of neighbouring signs in a run; a sign alone is a pair by itself."""
    signs = [match.span() for match in _SIGN.finditer(text, start, end)]
    if len(signs) == 1:
        return signs
    return [(first[0], second[1]) for first, second in itertools.pairwise(signs)]


def spread(text: str) -> str:
    """The text with each run replaced by its pairs, spaces between: ``中国电池`` → ``中国 国电 电池``."""

    def spaced(run: re.Match[str]) -> str:
        return " " + " ".join(text[start:end] for start, end in pairs(text, *run.span())) + " "

    return _RUN.sub(spaced, text) if _has_any(text) else text


def _has_any(text: str) -> bool:
    return not text.isascii() and _ANY.search(text) is not None
