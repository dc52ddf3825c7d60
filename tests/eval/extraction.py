"""Measures text extraction on the public article extraction benchmark: python -m tests.eval.extraction [--dir DIR].

The measure is the benchmark's own: counted shingles of four words, precision and recall of each page where they are
defined, averaged, and the F1 of the two means. Pages that ask not to be indexed count too: extraction is measured.
"""

import argparse
import gzip
import json
import re
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.crawler.extraction.extract import extract

FLOOR = 0.955
ARCHIVE = Path("extraction") / "article-extraction-benchmark.tar"
SHINGLE_WORDS = 4
# Later than all pages, so that no date is refused; the benchmark is about text.
FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Score:
    """The means over all pages, each between 0 and 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval.extraction", description="Measure text extraction.")
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    archive = parser.parse_args(arguments).dir / ARCHIVE
    if not archive.exists():
        sys.stdout.write(f"skipped: there is no {archive}\n")
        return 0

    pages = list(read_pages(archive))
    started = time.process_time()
    texts = [extract(body, url, content_type=None, fetched_at=FETCHED_AT).text for body, url, _ in pages]
    cpu_s = time.process_time() - started

    score = score_of([(text, gold) for text, (_, _, gold) in zip(texts, pages, strict=True)])
    sys.stdout.write(
        f"pages      {len(pages)}\n"
        f"F1         {score.f1:.4f} (floor {FLOOR})\n"
        f"precision  {score.precision:.4f}\n"
        f"recall     {score.recall:.4f}\n"
        f"speed      {len(pages) / cpu_s:.1f} documents per CPU second, metadata and dates included\n"
    )
    if score.f1 < FLOOR:
        sys.stderr.write(f"below the floor of {FLOOR}\n")
        return 1
    return 0


def read_pages(archive: Path) -> Iterator[tuple[bytes, str, str]]:
    """Body, URL and true text of each page."""
    with tarfile.open(archive) as tar:
        members = {Path(member.name).name: member for member in tar if member.isfile()}
        truth = json.loads(_content(tar, members["ground-truth.json"]))
        for name, page in truth.items():
            yield gzip.decompress(_content(tar, members[f"{name}.html.gz"])), page["url"], page["articleBody"]


def score_of(pairs: Sequence[tuple[str, str]]) -> Score:
    """Of (extracted, true) texts; a page with an empty side is undefined for the measure that divides by it."""
    counted = [(_shingles(extracted), _shingles(true)) for extracted, true in pairs]
    precisions = [(found & gold).total() / found.total() for found, gold in counted if found]
    recalls = [(found & gold).total() / gold.total() for found, gold in counted if gold]
    return Score(precision=_mean(precisions), recall=_mean(recalls))


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = tar.extractfile(member)
    assert file is not None
    return file.read()


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + SHINGLE_WORDS]) for at in range(max(1, len(words) - SHINGLE_WORDS + 1)))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


if __name__ == "__main__":
    sys.exit(main())
