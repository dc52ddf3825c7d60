"""Measures how copies are told, on pages that are edited by rule: python -m tests.eval.stories [--dir DIR]."""

import argparse
import asyncio
import itertools
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import Pipeline, open_pipeline
from services.enrichment.stories.fingerprint import fingerprint, likeness
from shared.clock import SystemClock
from shared.embeddings.built_in import SentenceModel, open_sentence_model
from tests.bench.servers import own_broker
from tests.eval.enrichment import newswire
from tests.eval.extraction import pages
from tests.eval.stories.apart import measure
from tests.eval.stories.editing import copied, moulded
from tests.eval.stories.same_event import Half, Score, halves, placed

EDITS = (0.0, 0.05, 0.1, 0.15, 0.2)
SEEDS = (1000, 1001)
RECALL_FLOOR, PRECISION_FLOOR = 0.95, 0.99
# Of a thousand pairs of different articles on one subject so many may come into one story.
MOST_JOINED_PER_THOUSAND = 2.0
# Of the halves of an article so many must find each other: by words alone, and with vectors.
EVENT_RECALL_FLOORS = (0.12, 0.25)
_SHORTEST_WORDS = 100
_MOST_ARTICLES = 400


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval.stories", description="Measure stories.")
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the public sets")
    folder = parser.parse_args(arguments).dir
    archive = folder / pages.WCXB
    if not archive.exists():
        sys.stdout.write(f"skipped: there is no {archive}\n")
        return 0
    held_out = [page for page in pages.wcxb(archive) if page.held_out and len(page.text.split()) >= _SHORTEST_WORDS]
    texts = [page.text for page in held_out]
    # All are measured, whatever the first ones say.
    missed = sum(_measure(texts, edits) for edits in EDITS)
    missed += _apart("web pages", [ArticleText(page.title or "", page.text) for page in held_out])
    if (folder / newswire.ARCHIVE).exists():
        missed += _apart("newswire", _newswire(folder / newswire.ARCHIVE))
        missed += _together(folder / newswire.ARCHIVE)
    pairs = [
        likeness(fingerprint(one), fingerprint(other))
        for seed in SEEDS
        for mould in moulded(random.Random(seed))
        for at, one in enumerate(mould)
        for other in mould[:at]
    ]
    wrong = sum(pair.copy for pair in pairs)
    sys.stdout.write(f"texts of one mould taken for copies: {wrong} of {len(pairs)} pairs\n")
    if missed or wrong:
        sys.stderr.write(
            f"below the floor: recall {RECALL_FLOOR} and precision {PRECISION_FLOOR} of copies, at most "
            f"{MOST_JOINED_PER_THOUSAND} of a thousand pairs joined, recall {EVENT_RECALL_FLOORS} of halves held out, "
            "no text of a mould for a copy\n"
        )
        return 1
    return 0


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


def _newswire(archive: Path) -> list[ArticleText]:
    """The held-out half of the newswire set, whose articles have no titles."""
    held_out = [document.text for document in newswire.read_documents(archive) if not document.was_looked_at]
    return [ArticleText("", text) for text in held_out if len(text.split()) >= _SHORTEST_WORDS][:_MOST_ARTICLES]


def _apart(name: str, articles: Sequence[ArticleText]) -> bool:
    """Whether too many different articles of one subject would share a story."""
    found = measure(articles, open_pipeline("fast"))
    copies = sum(pair.as_copies for pair in found.all_joined)
    sys.stdout.write(
        f"different articles ({len(articles)} {name}), all published at once: of {found.pairs} pairs on one subject "
        f"{len(found.joined)} share a story; of all {found.all_pairs} pairs {len(found.all_joined)}, "
        f"{copies} as copies\n"
    )
    for pair in found.all_joined:
        ours, theirs = articles[pair.one], articles[pair.other]
        sys.stdout.write(f"  {'copy: ' if pair.as_copies else ''}{_head(ours)} | {_head(theirs)}\n")
    return 1000 * len(found.joined) > MOST_JOINED_PER_THOUSAND * found.pairs


def _together(archive: Path) -> int:
    """How often too few halves of held-out articles find each other, by words alone and with vectors."""
    pipeline = open_pipeline("fast")
    models = [None, open_sentence_model()] if find_spec("onnxruntime") else [None]
    short = 0
    for looked_at, model in itertools.product((True, False), models):
        score = asyncio.run(_placed(halves(archive, looked_at=looked_at), pipeline, model))
        short += not looked_at and score.recall < EVENT_RECALL_FLOORS[model is not None]
        sys.stdout.write(
            f"one event, {'looked at' if looked_at else 'held out '}, {'vectors' if model else 'words  '}: recall "
            f"{score.recall:.3f}, precision {score.precision:.3f} of {score.documents} articles in halves\n"
        )
    return short


async def _placed(found: Sequence[Half], pipeline: Pipeline, model: SentenceModel | None) -> Score:
    with tempfile.TemporaryDirectory() as folder:
        async with own_broker(Path(folder), SystemClock()) as connection:
            return await placed(found, pipeline, model, connection)


def _head(article: ArticleText) -> str:
    return " ".join((article.title or article.text).split())[:60]


if __name__ == "__main__":
    sys.exit(main())
