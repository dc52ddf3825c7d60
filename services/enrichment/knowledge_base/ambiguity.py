"""Which names mean something else as well, by lists of ordinary words and of people's names."""

from dataclasses import dataclass
from pathlib import Path

from services.enrichment.article_text import CJK

# Two letters, or three in capitals, abbreviate a hundred things.
_SHORT_ACRONYM = 3
_SHORT_NAME = 4


def read_words(path: Path) -> frozenset[str]:
    """The lower-case words of a list; lines that start with # are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.lower().split())


@dataclass(frozen=True)
class Ambiguity:
    """Judges names against lower-case words that are no names, or names of something else.

    Attributes:
        common: ordinary words of the language.
        personal: given names and surnames.
        generic: words that many companies bear, or that name a place.
    """

    common: frozenset[str]
    personal: frozenset[str]
    generic: frozenset[str] = frozenset()

    def is_ordinary_word(self, name: str) -> bool:
        """Whether a name is also a word that any sentence may start with; "WHO" in capitals is none."""
        return name.lower() in self.common and not name.isupper()

    def is_doubtful_company(self, name: str) -> bool:
        """Whether a company's name from a bulk source needs evidence wherever it stands."""
        words = [word.strip(".,&()").lower() for word in name.split()]
        if len(words) > 1:
            return all(word in self.common or word in self.generic or word in self.personal for word in words)
        if CJK.search(name):
            return len(name) < _SHORT_ACRONYM
        return (
            len(name) <= _SHORT_NAME
            or words[0] in self.common
            or words[0] in self.personal
            or words[0] in self.generic
            or not name[0].isupper()
        )

    def is_doubtful_place(self, name: str) -> bool:
        """Whether the name of a place is a word or a person's name, or too short to tell."""
        lower = name.lower()
        return len(name) <= _SHORT_ACRONYM or lower in self.common or lower in self.personal
