"""The fingerprint of a text: small, equal in every process, and enough to tell a copy from a text of the same mould.

A fingerprint keeps the smallest hashes of a text's shingles (runs of words, in Chinese, Japanese or Thai of
characters). Of two texts it tells what share of the shorter one stands in the longer one, although each text has as
many hashes: only those below the lower of the two largest are compared. Headlines do not count, so that another one
changes nothing; an agency's prefix, a byline or a foot note are few shingles among many.

Texts of one mould (weather, prices, fixtures) share most of their shingles too. What a copy keeps and they do not are
the facts: figures, each with the word after it, and names. And what shares a long foot alone ("about the company")
differs in its first half. So a copy shares shingles, shingles of its first half, figures and names.
"""

import base64
import re
import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, zip_longest
from zlib import crc32

from services.enrichment.article_text import beyond_ascii, by_character

# What follows is bounded: a copy of a long text is told by its beginning.
_MOST_CHARACTERS = 12_000
_SHINGLE_WORDS, _SHINGLE_CHARACTERS = 4, 7
# 80 hashes tell a share of .4 with a standard error of .055.
_SHINGLES, _FIGURES, _NAMES = 80, 16, 24
_MANY_TIMES = 4
BANDS = 20
# Four bytes for a shingle's hash, as its smallest ones are looked up among those of all articles; the lowest bit says
# whether it stands in the first half. Three for the others, which are compared with those of one other text.
_SHINGLE_BYTES, _FACT_BYTES = 4, 3
# The number of all shingles, and of the shingles, figures and names that follow.
_HEADER = struct.Struct(">H3B")
_HEAD = 1

# Scripts that do not part their words: each character counts as a word.
_UNPARTED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(r"\w+(?:[.,:'’]\w+)*")
_WORD_OR_CHARACTER = re.compile(rf"[{_UNPARTED}]|[^\W{_UNPARTED}]+(?:[.,:'’][^\W{_UNPARTED}]+)*")
_ASCII_FOLDED = bytes(range(256)).lower()
_UNPARTED_CHARACTER = re.compile(rf"[{_UNPARTED}]")

# A copy shares this much of the shorter text: half of it may have been changed, or be another one's boilerplate.
_LEAST_SHARE, _LEAST_HEAD_SHARE = 0.28, 0.2
_LEAST_SHARED = 6
# Texts below this are told by little: they must be the same but for a word.
_SHORT_SHINGLES, _SHORT_SHARE = 24, 0.8
_LEAST_FACTS, _LEAST_FACT_SHARE = 4, 0.5


@dataclass(frozen=True)
class Fingerprint:
    """Sorted hashes of a text: of its shingles, its figures and its names, the smallest ones of each.

    Very many are held, and few are looked at closely: figures and names stay as they are encoded until then.

    Attributes:
        shingles: the lowest bit is set for what stands in the first half of the text.
        kept_figures, kept_names: three bytes each.
        total: how many shingles the text has, at most 65,535.
    """

    shingles: tuple[int, ...]
    kept_figures: bytes
    kept_names: bytes
    total: int

    @property
    def figures(self) -> tuple[int, ...]:
        return _facts(self.kept_figures)

    @property
    def names(self) -> tuple[int, ...]:
        return _facts(self.kept_names)

    @cached_property
    def bands(self) -> tuple[int, ...]:
        """The keys under which a copy is looked for: two copies share one of these, nearly always."""
        return tuple([shingle >> 1 for shingle in self.shingles[:BANDS]])

    def encode(self) -> str:
        """As text of at most 600 characters."""
        return self._encoded

    @cached_property
    def _encoded(self) -> str:
        figures, names = len(self.kept_figures) // _FACT_BYTES, len(self.kept_names) // _FACT_BYTES
        raw = _HEADER.pack(self.total, len(self.shingles), figures, names)
        raw += struct.pack(f">{len(self.shingles)}I", *self.shingles)
        return base64.b64encode(raw + self.kept_figures + self.kept_names).decode()

    @classmethod
    def decode(cls, value: str) -> "Fingerprint":
        """The fingerprint that was encoded."""
        raw = base64.b64decode(value)
        total, shingles, figures, names = _HEADER.unpack_from(raw)
        figures_at = _HEADER.size + _SHINGLE_BYTES * shingles
        names_at = figures_at + _FACT_BYTES * figures
        return cls(
            struct.unpack_from(f">{shingles}I", raw, _HEADER.size),
            raw[figures_at:names_at],
            raw[names_at : names_at + _FACT_BYTES * names],
            total,
        )


def fingerprint(text: str) -> Fingerprint:
    """The fingerprint of a text; the title is not part of it."""
    normal = unicodedata.normalize("NFKC", text[:_MOST_CHARACTERS])
    foreign = beyond_ascii(normal)
    has_unparted = _UNPARTED_CHARACTER.search("".join(foreign)) is not None
    unparted = len(_UNPARTED_CHARACTER.findall(normal)) if has_unparted else 0
    tokens = (_WORD_OR_CHARACTER if unparted else _WORD).findall(normal)
    # Folded as one text, which costs a tenth; no token has a blank.
    folded = by_character(" ".join(tokens), _ASCII_FOLDED, str.casefold, foreign).split(" ") if tokens else []
    shingles = _shingles(folded, _SHINGLE_CHARACTERS if 2 * unparted > len(tokens) else _SHINGLE_WORDS)
    return Fingerprint(
        tuple((shingle << 1) | (shingles[shingle] < len(tokens) // 2) for shingle in smallest(shingles, _SHINGLES)),
        _kept(smallest(_figures(folded), _FIGURES)),
        _kept(smallest(_names(tokens), _NAMES)),
        min(len(shingles), 65_535),
    )


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts share, as shares of the shorter one.

    Attributes:
        shared: how many of the compared hashes they share.
        share, head_share: of its shingles, and of those in its first half.
        figures, names: of its figures and names; None where it has too few to tell.
    """

    shared: int
    share: float
    head_share: float
    figures: float | None
    names: float | None
    short: bool

    @property
    def alike(self) -> bool:
        """Whether they share wording, as copies do, and texts of one mould."""
        if self.short:
            return self.share >= _SHORT_SHARE
        return self.shared >= _LEAST_SHARED and self.share >= _LEAST_SHARE

    @property
    def copy(self) -> bool:
        """Whether one is a copy of the other."""
        facts = [share for share in (self.figures, self.names) if share is not None]
        return self.alike and self.head_share >= _LEAST_HEAD_SHARE and all(s >= _LEAST_FACT_SHARE for s in facts)


def likeness(one: Fingerprint, other: Fingerprint) -> Likeness:
    """What they share; the same whichever comes first."""
    shorter, longer = sorted((one, other), key=_by_length)
    ours, theirs = _comparable(shorter.shingles, longer.shingles, _SHINGLES)
    known = {shingle >> 1 for shingle in theirs}
    shared = [shingle for shingle in ours if shingle >> 1 in known]
    heads = sum(shingle & _HEAD for shingle in ours)
    return Likeness(
        shared=len(shared),
        share=len(shared) / len(ours) if ours else 0.0,
        head_share=sum(shingle & _HEAD for shingle in shared) / heads if heads else 0.0,
        figures=_fact_share(shorter.figures, longer.figures, _FIGURES),
        names=_fact_share(shorter.names, longer.names, _NAMES),
        short=shorter.total < _SHORT_SHINGLES,
    )


class Glance:
    """A text that is compared with many; what that takes is made ready once, and is too large to be kept for each."""

    def __init__(self, prints: Fingerprint) -> None:
        self._prints = prints
        # Each shingle as if it stood in the first half and as if it did not.
        self._anywhere = frozenset([form for one in prints.shingles for form in (one | _HEAD, one & ~_HEAD)])

    def alike(self, other: Fingerprint) -> Likeness | None:
        """What texts share that are alike; None for others, most of which are told at a glance."""
        one = self._prints
        # No more hashes are compared than those that both have.
        shared = len(self._anywhere.intersection(other.shingles))
        if shared < (1 if min(one.total, other.total) < _SHORT_SHINGLES else _LEAST_SHARED):
            return None
        shorter, longer = sorted((one, other), key=_by_length)
        if shared < _LEAST_SHARE * len(_comparable(shorter.shingles, longer.shingles, _SHINGLES)[0]):
            return None
        found = likeness(one, other)
        return found if found.alike else None


def _by_length(prints: Fingerprint) -> tuple[int, tuple[int, ...]]:
    return prints.total, prints.shingles


def _comparable(ours: Sequence[int], theirs: Sequence[int], most: int) -> tuple[Sequence[int], Sequence[int]]:
    """The hashes of both below the point up to which both are known."""
    known_to = min((hashes[-1] for hashes in (ours, theirs) if len(hashes) == most), default=1 << 32)
    return ours[: bisect_right(ours, known_to | _HEAD)], theirs[: bisect_right(theirs, known_to | _HEAD)]


def _fact_share(ours: Sequence[int], theirs: Sequence[int], most: int) -> float | None:
    """The share of the facts of the one with fewer that the other has; None where that one has too few to tell."""
    first, second = _comparable(ours, theirs, most)
    fewest = min(len(first), len(second))
    return len(set(first) & set(second)) / fewest if fewest >= _LEAST_FACTS else None


def _shingles(folded: Sequence[str], words: int) -> dict[int, int]:
    """The hash of each run of so many words, in 31 bits, and where it comes first."""
    # Four bytes a character, whatever it is: where a token starts follows from the lengths of those before.
    buffer = " ".join(folded).encode("utf-32-le", "replace")
    starts = list(accumulate([4 * len(token) + 4 for token in folded], initial=0))
    hashes = [crc32(buffer[start : end - 4]) >> 1 for start, end in zip(starts, starts[words:], strict=False)]
    # The last one under a key stays: the first of the text.
    return dict(zip(reversed(hashes), range(len(hashes) - 1, -1, -1), strict=True))


def _kept(facts: Iterable[int]) -> bytes:
    return b"".join([fact.to_bytes(_FACT_BYTES, "big") for fact in facts])


def _facts(kept: bytes) -> tuple[int, ...]:
    return tuple([int.from_bytes(kept[at : at + _FACT_BYTES], "big") for at in range(0, len(kept), _FACT_BYTES)])


def _figures(folded: Sequence[str]) -> set[int]:
    """Each number with the word after it: the same number of something else is another figure."""
    followed = zip_longest(folded, folded[1:], fillvalue="")
    return {_hash(f"{token} {following}") for token, following in followed if token[0].isdigit()}


def _names(tokens: Iterable[str]) -> set[int]:
    """Words that are never written small in the text: names, and in German nouns."""
    distinct = set(tokens)
    capitalised = {token.casefold() for token in distinct if token[0].isupper() and len(token) > 1}
    return {_hash(name) for name in capitalised - distinct}


def _hash(fact: str) -> int:
    return crc32(fact.encode("utf-8", "replace")) >> (32 - 8 * _FACT_BYTES)


def smallest(hashes: Collection[int], most: int) -> tuple[int, ...]:
    """So many of the smallest, in order."""
    if len(hashes) > _MANY_TIMES * most:
        # Hashes lie evenly, so that about twice as many as are wanted lie below this: few need to be sorted.
        bound = 2 * most * max(hashes) // len(hashes)
        if len(small := [value for value in hashes if value <= bound]) >= most:
            hashes = small
    return tuple(sorted(hashes)[:most])
