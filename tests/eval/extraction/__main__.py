"""Runs the evaluation of extraction: python -m tests.eval.extraction [--dir DIR]."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.eval.extraction import extractors, pages
from tests.eval.extraction.measures import word_f1
from tests.eval.extraction.pages import Page
from tests.eval.extraction.report import (
    FLOOR,
    WORD_FLOOR,
    Texts,
    falsely_dropped,
    metadata_lines,
    shingle_f1,
    shortfalls,
    text_lines,
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval.extraction", description="Measure extraction.")
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    folder = parser.parse_args(arguments).dir
    missed = [
        *_measured("article extraction benchmark", folder / pages.BENCHMARK, pages.benchmark, shingle_f1, FLOOR),
        *_measured("WCXB, articles", folder / pages.WCXB, pages.wcxb, word_f1, WORD_FLOOR),
    ]
    for shortfall in missed:
        sys.stderr.write(f"{shortfall}\n")
    return 1 if missed else 0


def _measured(
    title: str, archive: Path, read: Callable[[Path], list[Page]], measure: Callable[[Texts], float], floor: float
) -> list[str]:
    if not archive.exists():
        sys.stdout.write(f"skipped: there is no {archive}\n")
        return []
    all_pages = read(archive)
    runs = {
        "newsweir": extractors.run(extractors.newsweir, all_pages),
        "trafilatura": extractors.run(extractors.trafilatura, all_pages),
    }
    ours = runs["newsweir"]
    speed = ours.pages_per_cpu_s / runs["trafilatura"].pages_per_cpu_s
    dropped = falsely_dropped(ours)
    sys.stdout.write(f"{title}: {len(all_pages)} pages\n")
    _write(text_lines(measure, all_pages, runs))
    sys.stdout.write(f"  speed        {speed:.2f} times trafilatura's, metadata and dates included\n")
    sys.stdout.write(f"  dropped      {dropped:.2%} of articles; all reasons: {dict(ours.drops)}\n")
    if any(page.title for page in all_pages):
        _write(metadata_lines(all_pages, runs | {"htmldate": extractors.run(extractors.htmldate, all_pages)}))
    f1 = measure([(found.text, page.text) for found, page in zip(ours.found, all_pages, strict=True)])
    return [f"{title}: {missed}" for missed in shortfalls(f1, floor, speed, dropped)]


def _write(lines: Iterable[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
