"""What an article is about, as a short list of weighted features: its entities, and the words of title and text.

A feature's weight rises with its share of the article and falls with the number of articles that have it. Of those the
broker counts the last weeks; before it has counted any, ordinary words of the knowledge base weigh less than others.
"""

import base64
import math
import re
import struct
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, cached_property
from zlib import crc32

from services.enrichment.article_text import CJK, beyond_ascii, by_character
from shared.events.embedding import Embedding, cosine
from shared.events.enrichment import Enrichment

Features = Mapping[int, float]

# Articles are told apart by their beginning, in the news more than elsewhere.
_MOST_CHARACTERS = 3_000
_MOST_ENTITIES, _MOST_TERMS = 16, 32
_SHORTEST_WORD = 4
# "announce", "announced" and "announcement" count as one word, in any language that bends its words at the end.
_STEM = 7
_TITLE_COUNTS = 3
_LETTER = re.compile(r"[^\W\d_]")
_ASCII_LETTERS = bytes(code if code > 127 or chr(code).isalpha() else ord(" ") for code in range(256)).lower()
_CJK_RUN = re.compile(rf"{CJK.pattern}{{2,}}")
_ORDINARY = 0.5
_ENTITY_BASE, _ENTITY_SALIENCE = 0.5, 6.0
# As if so many articles had been counted before the first one, four of them with the feature.
_ASSUMED, _ASSUMED_WITH = 400, 4
# Features are kept as 16 bits: the lowest one is set for an entity. Behind them a byte for the weight.
_IS_ENTITY = 1
_KEPT = struct.Struct(">HB")
# One number for each weight that there is: very many subjects are held, of some fifty features each.
_WEIGHTS = tuple(weight / 255 for weight in range(256))
# Stories are looked for under so many of the strongest features.
_ENTITY_KEYS, _TERM_KEYS = 4, 5


@dataclass(frozen=True)
class Draft:
    """The features of an article before it is known how many articles have them.

    Attributes:
        counts: feature → how much the article has of it.
        embedding: of title and text, where vectors are made.
    """

    language: str
    counts: Features
    embedding: Embedding | None = None

    def weighed(self, articles: int, having: Mapping[int, int]) -> "Subject":
        """The subject, given how many articles were counted and how many of them have each feature."""
        total = articles + _ASSUMED
        subject = Subject.of(
            self.language,
            {
                feature: count * math.log(total / (min(having.get(feature, 0), articles) + _ASSUMED_WITH))
                for feature, count in self.counts.items()
            },
        )
        return replace(subject, embedding=self.embedding)


@dataclass(frozen=True)
class Subject:
    """Features with weights whose squares add up to about 1; articles of different languages are never compared.

    Attributes:
        kept: the features, the strongest first, each with its weight in a byte: very many are held, and few looked at.
        embedding: of an article, where vectors are made; the mean of several has none.
    """

    language: str
    kept: bytes
    embedding: Embedding | None = None

    @classmethod
    def of(cls, language: str, features: Features) -> "Subject":
        """The subject with the strongest of these features, the strongest first, as it is kept: in steps of 1/255."""
        strongest = sorted(features.items(), key=lambda item: (-item[1], item[0]))[: _MOST_ENTITIES + _MOST_TERMS]
        length = math.sqrt(sum(weight * weight for _, weight in strongest))
        if not length:
            return cls(language, b"")
        weights = [(feature, max(1, round(weight / length * 255))) for feature, weight in strongest]
        return cls(language, b"".join([_KEPT.pack(feature, weight) for feature, weight in weights]))

    @cached_property
    def features(self) -> Features:
        """Feature → weight, the strongest first."""
        features = struct.unpack(">" + len(self.kept) // _KEPT.size * "Hx", self.kept)
        weights = self.kept[_KEPT.size - 1 :: _KEPT.size]
        return dict(zip(features, map(_WEIGHTS.__getitem__, weights), strict=True))

    @cached_property
    def keys(self) -> tuple[int, ...]:
        """The features under which a story on the subject is looked for."""
        entities = [feature for feature in self.features if feature & _IS_ENTITY]
        terms = [feature for feature in self.features if not feature & _IS_ENTITY]
        return (*entities[:_ENTITY_KEYS], *terms[:_TERM_KEYS])

    @cached_property
    def lengths(self) -> tuple[float, float]:
        """Of its entities alone and of its words alone."""
        squares = [(feature & _IS_ENTITY, weight * weight) for feature, weight in self.features.items()]
        return (
            math.sqrt(sum([square for is_entity, square in squares if is_entity])),
            math.sqrt(sum([square for is_entity, square in squares if not is_entity])),
        )

    def encode(self) -> str:
        """As text, three bytes a feature, and the vector behind them."""
        return self._encoded

    @cached_property
    def _encoded(self) -> str:
        said = f"{self.language} {base64.b64encode(self.kept).decode()}"
        return f"{said} {self.embedding.values} {self.embedding.model}" if self.embedding else said

    @classmethod
    def decode(cls, value: str) -> "Subject":
        """The subject that was encoded."""
        language, encoded, *vector = value.split(" ", 3)
        embedding = Embedding(values=vector[0], model=vector[1]) if vector else None
        return cls(language, base64.b64decode(encoded), embedding)


@dataclass(frozen=True)
class Nearness:
    """How near two subjects are: cosines, 0 to 1, over all features, the entities and the words alone."""

    overall: float
    entities: float
    terms: float


def overlap(one: Subject, other: Subject) -> float:
    """How near two subjects are over all features, 0 to 1; 0 in different languages."""
    if one.language != other.language:
        return 0.0
    theirs = other.features
    return sum([weight * theirs[feature] for feature, weight in one.features.items() if feature in theirs])


def nearness(one: Subject, other: Subject) -> Nearness:
    """How near two subjects are; 0 in different languages."""
    if one.language != other.language:
        return Nearness(0.0, 0.0, 0.0)
    theirs = other.features
    entities = sum([w * theirs[f] for f, w in one.features.items() if f & _IS_ENTITY and f in theirs])
    overall = overlap(one, other)
    return Nearness(
        overall,
        _cosine(entities, one.lengths[0] * other.lengths[0]),
        _cosine(overall - entities, one.lengths[1] * other.lengths[1]),
    )


def middle(subjects: Sequence[tuple[Subject, int]]) -> Subject:
    """The mean of subjects, each with how much it counts; in the language of the first."""
    sums: dict[int, float] = {}
    for subject, count in subjects:
        for feature, weight in subject.features.items():
            sums[feature] = sums.get(feature, 0.0) + weight * count
    return Subject.of(subjects[0][0].language, sums)


def meaning(one: Subject, other: Subject) -> float | None:
    """The cosine of two vectors of one model, -1 to 1; None where there are none."""
    if one.embedding is None or other.embedding is None or one.embedding.model != other.embedding.model:
        return None
    return cosine(one.embedding, other.embedding)


def draft(
    title: str, text: str, enrichment: Enrichment, ordinary: Set[str], embedding: Embedding | None = None
) -> Draft:
    """The features of an article.

    Args:
        ordinary: words in lower case that say little.
    """
    words = Counter(_terms(text[:_MOST_CHARACTERS]))
    for word in set(_terms(title)):
        words[word] += _TITLE_COUNTS
    stems: dict[str, int] = {}
    for word, count in words.items():
        stem = word[:_STEM]
        stems[stem] = stems.get(stem, 0) + count
    telling = {word[:_STEM] for word in words.keys() - ordinary}
    terms = {stem: _often(count) * (1.0 if stem in telling else _ORDINARY) for stem, count in stems.items()}
    counts = {_feature(stem, entity=False): weight for stem, weight in _largest(terms, _MOST_TERMS).items()}
    entities = {entity.id: _ENTITY_BASE + _ENTITY_SALIENCE * entity.salience for entity in enrichment.entities}
    for entity_id, weight in _largest(entities, _MOST_ENTITIES).items():
        counts[_feature(entity_id, entity=True)] = weight
    return Draft(enrichment.language.code, counts, embedding)


def _terms(text: str) -> list[str]:
    """Words in lower case; in Chinese, Japanese and Korean every pair of neighbours."""
    pairs: list[str] = []
    beyond = beyond_ascii(text)
    if CJK.search("".join(beyond)):
        pairs = [run[at : at + 2] for run in _CJK_RUN.findall(text) for at in range(len(run) - 1)]
        text = CJK.sub(" ", text)
    letters = by_character(text, _ASCII_LETTERS, _letters, beyond)
    return pairs + [word for word in letters.split() if len(word) >= _SHORTEST_WORD]


def _letters(character: str) -> str:
    """The letters of a character in lower case, and a blank for whatever is none."""
    return "".join(one if _LETTER.match(one) else " " for one in character.lower())


@cache
def _often(count: int) -> float:
    """What a word counts for that comes up so often."""
    return 1 + math.log(count)


def _largest(weights: Mapping[str, float], most: int) -> dict[str, float]:
    if len(weights) > most:
        # Few need to be put in order: a look at the numbers alone takes a tenth of the time.
        least = sorted(weights.values(), reverse=True)[most - 1]
        weights = {name: weight for name, weight in weights.items() if weight >= least}
    return dict(sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:most])


def _feature(name: str, *, entity: bool) -> int:
    return (crc32(name.encode("utf-8", "replace")) >> 16 & ~_IS_ENTITY) | entity


def _cosine(product: float, lengths: float) -> float:
    return product / lengths if lengths else 0.0
