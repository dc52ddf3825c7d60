"""Words with the tone that they lend to a text: read from the data file, and built from a lexicon and our own."""

import re
from pathlib import Path

from shared.errors import ConfigurationError

# A lexicon for chat knows faces and abbreviations that the news does not use.
_PLAIN_WORD = re.compile(r"[a-z]{3,}")
# A tone weaker than this is as good as none.
_WEAKEST = 0.4


def read_sentiment_words(path: Path) -> dict[str, float]:
    """Each word with its tone, from -4 to 4.

    Raises:
        ConfigurationError: the file is missing, or a line is no word and number with a tab between.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
        return {word: float(tone) for word, tone in pairs}
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ConfigurationError(f"sentiment words {path}: {error}; a line is a word, a tab and its tone") from error


def from_vader(path: Path) -> dict[str, float]:
    """The plain words of VADER's lexicon with their mean ratings, those that are as good as neutral left out."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {
        word: round(float(tone), 1)
        for word, tone, *_ in rows
        if _PLAIN_WORD.fullmatch(word) and abs(float(tone)) >= _WEAKEST
    }


def write_sentiment_words(lexicon: dict[str, float], ours: dict[str, float], path: Path) -> int:
    """Write the data file, our own words before those of the lexicon; a tone of 0 leaves a word out; how many."""
    words = {word: tone for word, tone in sorted((lexicon | ours).items()) if tone}
    path.write_text("".join(f"{word}\t{tone:g}\n" for word, tone in words.items()), encoding="utf-8")
    return len(words)
