"""Decides what changed between two texts, sentence by sentence, within bounds that hold for any two texts."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

ChangeKind = Literal["removed", "added"]
# Comparing takes up to the cube of the number of sentences where they repeat each other.
MAX_SENTENCES = 400
MAX_CHANGES = 100
MAX_CHARACTERS = 1_000

# Up to a sign that ends a sentence, with the quotes and brackets that close there; Chinese leaves no blank after it.
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?…][\"'”’»)\]]*(?=\s|$)|[。！？][」』”）]*|$)", re.MULTILINE)


@dataclass(frozen=True)
class Change:
    """A sentence that is in one of the texts only."""

    kind: ChangeKind
    text: str


@dataclass(frozen=True)
class Difference:
    """What is not in both texts, in reading order; `complete` is false where a bound left something out."""

    changes: tuple[Change, ...]
    complete: bool


def sentences(text: str) -> list[str]:
    """The sentences of a text as far as signs and line breaks tell; a cut too much or too few does no harm here."""
    return [sentence for match in _SENTENCE.finditer(text) if (sentence := match[0].strip())]


def difference(older: str, newer: str) -> Difference:
    """The sentences that were removed and added between two texts."""
    before, after = _without_what_they_share(sentences(older), sentences(newer))
    changes: list[Change] = []
    compared = before[:MAX_SENTENCES], after[:MAX_SENTENCES]
    for tag, start, end, other_start, other_end in SequenceMatcher(None, *compared).get_opcodes():
        if tag != "equal":
            changes += [Change("removed", sentence) for sentence in before[start:end]]
            changes += [Change("added", sentence) for sentence in after[other_start:other_end]]
    shown = tuple(Change(change.kind, change.text[:MAX_CHARACTERS]) for change in changes[:MAX_CHANGES])
    return Difference(shown, compared == (before, after) and list(shown) == changes)


def _without_what_they_share(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """What lies between the same beginning and the same end: most edits touch little of a text."""
    least = min(len(before), len(after))
    start = next((n for n in range(least) if before[n] != after[n]), least)
    end = next((n for n in range(least - start) if before[-1 - n] != after[-1 - n]), least - start)
    return before[start : len(before) - end], after[start : len(after) - end]
