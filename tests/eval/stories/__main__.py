"""Measures how copies are told, on pages that are edited by rule: python -m tests.eval.stories [--dir DIR]."""

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from services.enrichment.stories.fingerprint import fingerprint, likeness
from tests.eval.extraction import pages
from tests.eval.stories.editing import copied, moulded

EDITS = (0.0, 0.05, 0.1, 0.15, 0.2)
SEEDS = (1000, 1001)
RECALL_FLOOR, PRECISION_FLOOR = 0.95, 0.99


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval.stories", description="Measure stories.")
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the public sets")
    archive = parser.parse_args(arguments).dir / pages.WCXB
    if not archive.exists():
        sys.stdout.write(f"skipped: there is no {archive}\n")
        return 0
    texts = [page.text for page in pages.wcxb(archive) if page.held_out and len(page.text.split()) >= 100]
    # All are measured, whatever the first ones say.
    missed = sum(_measure(texts, edits) for edits in EDITS)
    pairs = [
        likeness(fingerprint(one), fingerprint(other))
        for seed in SEEDS
        for mould in moulded(random.Random(seed))
        for at, one in enumerate(mould)
        for other in mould[:at]
    ]
    wrong = sum(pair.copy for pair in pairs)
    sys.stdout.write(f"texts of one mould taken for copies: {wrong} of {len(pairs)} pairs\n")
    return 1 if missed or wrong else 0


def _measure(texts: Sequence[str], edits: float) -> bool:
    """Whether recall or precision falls short; each text is copied once with each seed."""
    prints = [fingerprint(text) for text in texts]
    by_band: dict[int, set[int]] = defaultdict(set)
    for at, known in enumerate(prints):
        for band in known.bands:
            by_band[band].add(at)
    right = told = 0
    for seed in SEEDS:
        rng = random.Random(seed)
        for at, text in enumerate(texts):
            copy = fingerprint(copied(text, rng, edits=edits))
            looked_at = set[int]().union(*(by_band[band] for band in copy.bands))
            found = {other for other in looked_at if likeness(copy, prints[other]).copy}
            told += len(found)
            right += at in found
    recall, precision = right / (len(SEEDS) * len(texts)), right / max(1, told)
    sys.stdout.write(f"{edits:.0%} of the words edited: recall {recall:.3f}, precision {precision:.3f}\n")
    return recall < RECALL_FLOOR or precision < PRECISION_FLOOR


if __name__ == "__main__":
    sys.exit(main())
