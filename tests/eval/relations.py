"""Measures relations between given companies on CORE's training sentences: python -m tests.eval.relations [--dir DIR].

The two company spans of a sentence are given; direction counts, but for mergers and partnerships; a relation that is
found where the set has none of the six compared is wrong; one that is read as denied is not found. Micro-averaged.
"""

import argparse
import gzip
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.enrichment.enrichers.relation_reading.reading import relations_in
from services.enrichment.enrichers.relation_reading.sentence import Party

PRECISION_FLOOR, RECALL_FLOOR = 0.87, 0.39
SENTENCES = Path("relations") / "core-train.json.gz"
# The set's relation from its first company to its second → ours, and whether ours runs the other way.
OURS = {
    "acquired_by": ("acquires", True),
    "shareholder_of": ("invests_in", False),
    "subsidiary_of": ("subsidiary_of", False),
    "merged_with": ("merges_with", False),
    "collaboration": ("partners_with", False),
    "client_of": ("supplies", True),
}
COMPARED = frozenset(relation for relation, _ in OURS.values())
MUTUAL = frozenset({"merges_with", "partners_with"})
_CLOSING = frozenset({",", ".", ";", ":", ")", "'s", "’s", "%", "?", "!", "n't", "'"})
_OPENING = frozenset({"(", "$", "£", "€"})
_QUOTES = {"``": '"', "''": '"'}

# A relation with its direction: the first company's role comes first, None where direction does not count.
Found = tuple[str, tuple[str, ...] | None]


@dataclass
class Tally:
    """How many relations there are, were found, and were found rightly; in all and by type."""

    gold: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)

    def add(self, gold: Found | None, found: Sequence[Found]) -> None:
        if gold:
            self.gold[gold[0]] += 1
        self.found.update(relation for relation, _ in found)
        self.right.update(relation for relation, direction in found if (relation, direction) == gold)

    @property
    def precision(self) -> float:
        return self.right.total() / self.found.total() if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right.total() / self.gold.total() if self.gold else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval.relations", description="Measure relations.")
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    path = parser.parse_args(arguments).dir / SENTENCES
    if not path.exists():
        sys.stdout.write(f"skipped: there is no {path}\n")
        return 0

    samples = json.loads(gzip.decompress(path.read_bytes()))
    started = time.process_time()
    read = [(sample, gold_of(sample), found_in(sample)) for sample in samples]
    cpu_s = time.process_time() - started
    everything, looked_at, held_out = Tally(), Tally(), Tally()
    for sample, gold, found in read:
        everything.add(gold, found)
        (looked_at if was_looked_at(sample) else held_out).add(gold, found)
    sys.stdout.writelines(report(everything, looked_at, held_out, len(samples) / cpu_s))
    if everything.precision < PRECISION_FLOOR or everything.recall < RECALL_FLOOR:
        sys.stderr.write(f"below the floor: precision {PRECISION_FLOOR}, recall {RECALL_FLOOR}\n")
        return 1
    return 0


def report(everything: Tally, looked_at: Tally, held_out: Tally, per_second: float) -> Iterator[str]:
    """The lines of the report."""
    for name, tally in (("all", everything), ("looked at", looked_at), ("held out", held_out)):
        yield f"{name:14} precision {tally.precision:.3f}  recall {tally.recall:.3f}  of {tally.gold.total()}\n"
    for relation in sorted(COMPARED):
        right, found, gold = (table[relation] for table in (everything.right, everything.found, everything.gold))
        yield f"  {relation:14} right {right:4}  found {found:4}  there {gold:4}\n"
    yield f"speed          {per_second:.0f} sentences per CPU second\n"


def was_looked_at(sample: dict[str, Any]) -> bool:
    """Whether a sentence is of the third that was read while the rules were written."""
    return hashlib.sha256(sample["id"].encode()).digest()[0] % 3 == 0


def gold_of(sample: dict[str, Any]) -> Found | None:
    """What the set says of a sentence, in our terms; None for what is not compared."""
    if sample["relation"] not in OURS:
        return None
    relation, turned = OURS[sample["relation"]]
    direction = ("e2", "e1") if turned != bool(sample["invert_relation"]) else ("e1", "e2")
    return relation, None if relation in MUTUAL else direction


def found_in(sample: dict[str, Any]) -> list[Found]:
    """What we find in a sentence, each once."""
    text, parties = as_text(sample)
    found = (
        (relation.type, None if relation.type in MUTUAL else (relation.subject, relation.object))
        for relation in relations_in(text, parties)
        if relation.type in COMPARED and relation.status != "denied"
    )
    return list(dict.fromkeys(found))


def as_text(sample: dict[str, Any]) -> tuple[str, list[Party]]:
    """The tokens joined as they would be printed, and the two companies in their order."""
    text, spans, before = "", [], ""
    for token in sample["context"]:
        if text and token not in _CLOSING and before not in _OPENING:
            text += " "
        spans.append((len(text), len(text) + len(_QUOTES.get(token, token))))
        text += _QUOTES.get(token, token)
        before = token
    parties = []
    for name in ("e1", "e2"):
        start, end = spans[sample[f"{name}_start"]][0], spans[sample[f"{name}_end"]][1]
        parties.append(Party(name, "organization", start, start + len(text[start:end].rstrip(" ,.;:"))))
    return text, sorted(parties, key=lambda party: party.start)


if __name__ == "__main__":
    sys.exit(main())
