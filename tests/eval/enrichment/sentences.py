"""Our own sentences with what is true of them, and strict F1 over what is found in them."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.eval.enrichment.run import Run

FOLDER = Path(__file__).parents[1] / "enrichment_sentences"
LOOKED_AT, HELD_OUT = "looked at", "held out"


class Sentence(NamedTuple):
    """A sentence, or a few, and the values in it, each with start, end, text and what its set is about.

    Attributes:
        part: "looked at" while the rules were written, or "held out": written before them, and only scored.
    """

    id: str
    language: str
    text: str
    gold: list[dict[str, Any]]
    part: str


@dataclass
class Tally:
    """How many values there are, were found, and were found rightly; and what is wrong, in words."""

    gold: int = 0
    found: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, sentence: Sentence, gold: Iterable[Hashable], found: Iterable[Hashable]) -> None:
        """Count the values of a sentence; each may be matched once."""
        true, read = Counter(gold), Counter(found)
        common = true & read
        self.gold += true.total()
        self.found += read.total()
        self.right += common.total()
        self.wrong += [f"{sentence.id} missed {value} in {sentence.text!r}" for value in true - common]
        self.wrong += [f"{sentence.id} wrong  {value} in {sentence.text!r}" for value in read - common]

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.gold + self.found) if self.gold + self.found else 1.0


def read_sentences(name: str) -> list[Sentence]:
    """The sentences of a set, in its order."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Sentence(**json.loads(line)) for line in lines]


def measured(
    title: str,
    run: Run,
    sentences: Iterable[Sentence],
    gold: Callable[[Sentence], Iterable[Hashable]],
    found: Callable[[Sentence], Iterable[Hashable]],
) -> float:
    """Write the tally of all sentences and of each part; strict F1 over all."""
    tallies = {"all": Tally(), LOOKED_AT: Tally(), HELD_OUT: Tally()}
    for sentence in sentences:
        true, read = list(gold(sentence)), list(found(sentence))
        for part in ("all", sentence.part):
            tallies[part].add(sentence, true, read)
    for part, tally in tallies.items():
        counts = f"right {tally.right:4}  found {tally.found:4}  there {tally.gold:4}"
        sys.stdout.write(f"  {title:24} {part:10} F1 {tally.f1:.3f}  {counts}\n")
    if run.name_wrong:
        sys.stdout.writelines(f"    {wrong}\n" for wrong in tallies[LOOKED_AT].wrong)
    return tallies["all"].f1
