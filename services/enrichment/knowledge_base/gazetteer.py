"""Finds every known name in a passage, in one pass, with what must be known to judge it."""

import gzip
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

import ahocorasick_rs

from services.enrichment.article_text import CJK, Passage
from services.enrichment.knowledge_base.known_entity import KnownEntity, from_line
from shared.errors import ConfigurationError

# How far a name speaks for its entity on its own: always, with capitals or company, only with plain evidence.
NameKind = Literal["sure", "word", "weak"]
# Below this many letters a capitalised acronym ("Who") or a name in capitals ("MAY") is more often something else.
_SHORTEST_RECASED = 4


class Candidate(NamedTuple):
    """A place where a known name stands; whether it means the entity is for the reader to judge."""

    entity: KnownEntity
    kind: NameKind
    name: str
    start: int
    end: int


class _Name(NamedTuple):
    text: str
    entity: KnownEntity
    kind: NameKind
    padding: int
    any_case: bool


class Gazetteer:
    """All names of all known entities in one automaton over folded text."""

    def __init__(self, entities: Iterable[KnownEntity]) -> None:
        self._entities: dict[str, KnownEntity] = {}
        by_pattern: dict[str, list[_Name]] = {}
        for entity in entities:
            self._entities[entity.id] = entity
            self._entities |= {former: entity for former in entity.formerly if former not in self._entities}
            for kind, texts in _names_of(entity):
                for text in texts:
                    pattern, padding = pattern_of(text)
                    name = _Name(text, entity, kind, padding, _is_free_of_case(entity, text))
                    by_pattern.setdefault(pattern, []).append(name)
        self._names = [tuple(names) for names in by_pattern.values()]
        self._automaton = ahocorasick_rs.AhoCorasick(list(by_pattern), store_patterns=False)

    def __len__(self) -> int:
        return len(self._entities)

    def get(self, entity_id: str) -> KnownEntity | None:
        """The entity with this id, or that had it formerly, if it is known."""
        return self._entities.get(entity_id)

    def named(self, name: str) -> list[KnownEntity]:
        """The entities that always bear this name."""
        found = self.find(Passage(name))
        return [c.entity for c in found if c.kind == "sure" and (c.start, c.end) == (0, len(name))]

    def find(self, passage: Passage) -> list[Candidate]:
        """All places of all names, overlapping ones included, in the order of their ends."""
        found: list[Candidate] = []
        text = passage.text
        for pattern, start, end in self._matches(passage):
            for name in self._names[pattern]:
                written, entity, kind, padding, _ = name
                # A padded pattern takes a blank on either side; the folded text has one more in front.
                begin = start - 1 + padding
                finish = end - 1 - padding
                surface = text[begin:finish]
                if surface == written or _cased_alike(name, surface):
                    found.append(Candidate(entity, kind, written, begin, finish))
        return found

    def _matches(self, passage: Passage) -> list[tuple[int, int, int]]:
        first, *others = (
            self._automaton.find_matches_as_indexes(view, overlapping=True) for view in passage.folded_views
        )
        return sorted(set(first).union(*others), key=lambda match: match[1:]) if others else first


def pattern_of(text: str) -> tuple[str, int]:
    """A name as it stands in folded text, and the blanks on either side that make it a whole word.

    Chinese, Japanese and Korean names stand anywhere: those scripts do not part words by blanks, or append endings.
    """
    folded = Passage(text).folded
    return (folded[1:-1], 0) if CJK.search(text) else (folded, 1)


def read_entities(path: Path) -> list[KnownEntity]:
    """The entities of a data file.

    Raises:
        ConfigurationError: the file is missing or broken.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            return [from_line(line) for line in lines]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"knowledge base {path}: {error}; build it again") from error


def _names_of(entity: KnownEntity) -> tuple[tuple[NameKind, tuple[str, ...]], ...]:
    return (("sure", entity.names), ("word", entity.words), ("weak", entity.weak))


def _is_free_of_case(entity: KnownEntity, name: str) -> bool:
    """Techniques are common nouns: "solid-state battery" is one at the start of a sentence and in a headline too."""
    return entity.type == "technology" and len(name) > _SHORTEST_RECASED and any(c.islower() for c in name)


def _cased_alike(name: _Name, surface: str) -> bool:
    if name.any_case:
        return True
    if surface.isupper():
        return len(surface) >= _SHORTEST_RECASED
    if name.text.isupper():
        return len(surface) >= _SHORTEST_RECASED and surface.isalpha() and surface == surface.capitalize()
    if surface[:1] != name.text[:1] or not (name.text[-1].isalnum() or surface.endswith(name.text[-1])):
        return False
    # The same letters between other marks ("Coca Cola", "Bank Of America", a line break): capitals must stay capitals.
    return all(
        theirs == ours or (ours.islower() and theirs == ours.upper()) or not (ours.isalnum() or theirs.isalnum())
        for ours, theirs in zip(name.text, surface, strict=True)
    )
