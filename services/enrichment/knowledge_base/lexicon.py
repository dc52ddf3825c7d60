"""Words that names are made of: given names, surnames and places too small to be entities of the knowledge base."""

import gzip
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from shared.errors import ConfigurationError

_KINDS = ("given", "surname", "place")


@dataclass(frozen=True)
class Lexicon:
    """What a word is evidence for; it never makes a name alone.

    Attributes:
        given: given names, in their usual capitals.
        surnames: surnames, in their usual capitals.
        places: names of places, each with the ISO code of its country.
    """

    given: Set[str]
    surnames: Set[str]
    places: Mapping[str, str]


def to_lines(lexicon: Lexicon) -> Iterable[str]:
    """The lines of the data file: kind, word, and the country of a place, separated by tabs."""
    for word in sorted(lexicon.given):
        yield f"given\t{word}\t"
    for word in sorted(lexicon.surnames):
        yield f"surname\t{word}\t"
    for word, country in sorted(lexicon.places.items()):
        yield f"place\t{word}\t{country}"


def read_lexicon(path: Path) -> Lexicon:
    """The lexicon of a data file.

    Raises:
        ConfigurationError: the file is missing or broken.
    """
    words: dict[str, dict[str, str]] = {kind: {} for kind in _KINDS}
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                kind, word, country = line.rstrip("\n").split("\t")
                words[kind][word] = country
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise ConfigurationError(f"lexicon {path}: {error}; build it again") from error
    return Lexicon(frozenset(words["given"]), frozenset(words["surname"]), words["place"])
