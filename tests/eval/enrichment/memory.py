"""Measures the memory of one enrichment worker: loaded, and after thousands of articles, in a process of its own."""

import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from services.enrichment.article_text import ArticleText
from shared.events.enrichment import Tier
from tests.eval.enrichment.run import Run
from tests.eval.enrichment.speed import pieces
from tests.eval.extraction.pages import WCXB, wcxb

# So many texts of 500 words; the full tier takes twenty times as long for one.
ARTICLES: dict[Tier, int] = {"fast": 3_000, "full": 600}
# What comes after the first thirds, in percent: a worker that keeps growing leaks.
MOST_GROWTH = 10.0
_MB = 1 << 20


class Memory(NamedTuple):
    """Resident memory in MB: after loading, and after each third of the articles."""

    loaded: float
    thirds: tuple[float, float, float]


def measure(run: Run) -> Iterator[str]:
    """Write the report; what falls short."""
    archive = run.folder / WCXB
    if not archive.exists() or not Path("/proc/self/statm").exists():
        sys.stdout.write(f"  skipped: there is no {archive}, or no /proc\n")
        return
    texts = [piece for page in wcxb(archive) for piece in pieces(page.text)]
    for tier, count in ARTICLES.items():
        found = _in_a_process_of_its_own(tier, [texts[at % len(texts)] for at in range(count)])
        growth = 100 * (found.thirds[2] / found.thirds[1] - 1)
        sys.stdout.write(
            f"  {tier} tier: {found.loaded:.0f} MB loaded, {found.thirds[2]:.0f} MB after {count} articles "
            f"({growth:+.1f} % in the last third)\n"
        )
        if growth > MOST_GROWTH:
            yield f"memory, {tier} tier: {growth:.1f} of {MOST_GROWTH} % more in the last third"


def _in_a_process_of_its_own(tier: Tier, texts: Sequence[str]) -> Memory:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(worker, tier, texts).result()


def worker(tier: Tier, texts: Sequence[str]) -> Memory:
    """What a worker of the service does with each article, the broker apart."""
    import services.enrichment.app  # noqa: F401 - all that the service imports counts
    from services.enrichment.enrich import open_pipeline
    from services.enrichment.stories.fingerprint import fingerprint
    from services.enrichment.stories.subject import draft

    before = _resident_mb()
    pipeline = open_pipeline(tier)
    # The texts came with the question: a worker holds none but those of its batch.
    given_mb = sum(map(sys.getsizeof, set(texts))) / _MB
    loaded = _resident_mb()
    assert loaded > before
    after: list[float] = []
    remaining = iter(texts)
    for _ in range(3):
        for text in islice(remaining, len(texts) // 3):
            enrichment = pipeline.enrich(ArticleText(text[:60], text))
            draft(text[:60], text, enrichment, pipeline.knowledge.common_words)
            fingerprint(text)
            enrichment.model_dump_json()
        after.append(_resident_mb() - given_mb)
    return Memory(loaded - given_mb, (after[0], after[1], after[2]))


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / _MB
