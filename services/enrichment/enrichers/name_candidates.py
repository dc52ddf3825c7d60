"""Gathers the names of an article that may be entities: read off their capitals, and seen by the statistical model."""

import bisect
import itertools
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.enrichment.article_text import ArticleText, Passage
from services.enrichment.enrichers import name_words as words
from services.enrichment.enrichers.mentions import Field, passages_of
from services.enrichment.enrichers.name_runs import Run, RunKind, runs
from services.enrichment.enrichers.name_types import weight_of
from services.enrichment.knowledge_base.knowledge import Knowledge
from services.enrichment.knowledge_base.named_entity_model import NamedEntityModel
from services.enrichment.knowledge_base.slugs import entity_id

# What the model takes into a name and is none of it.
_TITLES = "|".join(sorted(words.TITLES))
_LEAD = re.compile(rf"(?:(?:the|a|an|{_TITLES})\b\.?\s+|(?:pro|anti|non|ex|then)-)+", re.IGNORECASE)
_TRAILING_TITLES = re.compile(rf"(?:\s+(?:Vice|Deputy|Executive|{_TITLES})\.?)+$")
_TAIL = re.compile(r"(?:['’]s|['’]|[\s.,;:!?\"”“()-])+$")
_ABBREVIATION = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]$|\b(?:Inc|Ltd|Co|Corp|Jr|Sr|Bros)$")
_BREAK = re.compile(r"['’]s |\s*[(\n]")
# What stands between two names that the model took for one; bodies have "and" in theirs.
_BETWEEN_BODIES = re.compile(r", ")
_BETWEEN_OTHERS = re.compile(r"[,/;:–—]| and | & ")
_MODEL_WEIGHT = 1.0
# The model takes headlines written in capitals for one long name.
_MOST_WORDS = 8
_LONG_WORD = 5
_LONGEST_HEADING = 150
_SENTENCE_ENDS = tuple('.!?…:,;"”’)')


class Name(NamedTuple):
    """A name at ``passage.text[start:end]``, what it is thought to name there, and how much that weighs."""

    field: Field
    passage: Passage
    start: int
    end: int
    kind: RunKind
    weight: float
    origin: str

    @property
    def surface(self) -> str:
        """The name as it stands there."""
        return self.passage.text[self.start : self.end]


def candidates(article: ArticleText, knowledge: Knowledge) -> list[Name]:
    """All names, those that weigh most first; they may overlap."""
    names: list[Name] = []
    for field, passage in passages_of(article):
        is_telling = field == "text" or not _is_written_in_capitals(passage.text)
        row = runs(passage, knowledge.lexicon, knowledge.common_words) if is_telling else []
        headings = _Headings(passage.text)
        names += [
            Name(field, passage, start, end, kind, weight_of(ground), "rule")
            for start, end, kind, ground in row
            if end - start > 1
            and not _is_ordinary_word(passage.text[start:end], kind, knowledge)
            and (kind or not headings.hold(start, end))
        ]
        if knowledge.model is not None:
            names += _seen(field, passage, row, headings, knowledge.model, knowledge)
    return sorted(names, key=lambda n: (-n.weight, n.field, n.start, -n.end))


def _is_written_in_capitals(line: str) -> bool:
    """Whether a line's ordinary words are capitalised as well, so that capitals tell of no name."""
    long_words = [word for word in line.split() if len(word) >= _LONG_WORD]
    return 2 * sum(word[0].islower() for word in long_words) < len(long_words)


def _seen(
    field: Field,
    passage: Passage,
    row: Sequence[Run],
    headings: "_Headings",
    model: NamedEntityModel,
    knowledge: Knowledge,
) -> Iterator[Name]:
    text = passage.text
    read = _Row(row)
    for found in model.find(text):
        for start, end in _as_capitalised(text, read, *_trimmed(text, found.start, found.end), found.type):
            surface = text[start:end]
            if not _looks_like_name(surface) or _is_ordinary_word(surface, found.type, knowledge):
                continue
            if any(run.kind for run in read.within(start, end)) or not headings.hold(start, end):
                yield Name(field, passage, start, end, found.type, _MODEL_WEIGHT, model.origin)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    if (lead := _LEAD.match(text, start, end)) and lead.end() < end:
        start = lead.end()
    if cut := _BREAK.search(text, start, end):
        end = cut.start()
    if titles := _TRAILING_TITLES.search(text, start, end):
        end = titles.start()
    if tail := _TAIL.search(text, start, end):
        end = tail.start()
        if text[end : end + 1] == "." and _ABBREVIATION.search(text, start, end):
            end += 1
    return start, end


class _Headings:
    """Which lines of a text are no sentences and have their ordinary words capitalised as well.

    A line is looked at once for all names in it: one without breaks may be the whole text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._start = self._end = -1
        self._is_heading = False

    def hold(self, start: int, end: int) -> bool:
        """Whether the name at a span stands in such a line; soonest told in the order of the text."""
        if not (self._start <= start and end <= self._end):
            after = self._text.find("\n", end)
            self._start = self._text.rfind("\n", 0, start) + 1
            self._end = after if after >= 0 else len(self._text)
            line = self._text[self._start : self._end].rstrip()
            self._is_heading = (
                len(line) <= _LONGEST_HEADING and not line.endswith(_SENTENCE_ENDS) and _is_written_in_capitals(line)
            )
        return self._is_heading


class _Row:
    """The runs of a passage, which are in order and do not overlap, to be asked which of them share a span."""

    def __init__(self, row: Sequence[Run]) -> None:
        self._row = row
        self._starts, self._ends = [run.start for run in row], [run.end for run in row]

    def within(self, start: int, end: int) -> Sequence[Run]:
        """The runs that share characters with ``text[start:end]``."""
        return self._row[bisect.bisect_right(self._ends, start) : bisect.bisect_left(self._starts, end)]


def _as_capitalised(text: str, row: _Row, start: int, end: int, kind: RunKind) -> list[tuple[int, int]]:
    """The bounds of the run of capitals that the model saw a part of, or more than; of each, where it joined some."""
    inner = row.within(start, end)
    if len(inner) == 1 and (inner[0].start == start or inner[0].end == end or inner[0].kind):
        return [(inner[0].start, inner[0].end)]
    between = _BETWEEN_BODIES if kind == "organization" else _BETWEEN_OTHERS
    if len(inner) > 1 and any(between.search(text, a.end, b.start) for a, b in itertools.pairwise(inner)):
        return [(run.start, run.end) for run in inner]
    return [(start, end)]


def _looks_like_name(surface: str) -> bool:
    return (
        len(surface) > 1
        and "\n" not in surface
        and len(surface.split()) <= _MOST_WORDS
        and any(character.isupper() for character in surface)
    )


def _is_ordinary_word(surface: str, kind: RunKind, knowledge: Knowledge) -> bool:
    """Whether a name is a title alone, or a word such as "Government" that no known entity of its kind bears."""
    if surface.rstrip(".") in words.TITLES:
        return True
    if surface.lower() not in knowledge.common_words or surface.isupper():
        return False
    made_id = entity_id(kind, surface) if kind != "other" and kind else None
    return made_id is None or knowledge.gazetteer.get(made_id) is None
