"""Figures of one set as lines of text, and the floors below which the build fails."""

from collections.abc import Callable, Iterator, Sequence

from tests.eval.extraction.extractors import Found, Run
from tests.eval.extraction.measures import same_authors, same_title, score_of
from tests.eval.extraction.pages import Page

# F1 of shingles on the article extraction benchmark.
FLOOR = 0.965
# F1 of words on WCXB.
WORD_FLOOR = 0.93
# Documents per CPU second, of those of trafilatura's bare_extraction with metadata in the same run.
SPEED_FLOOR = 1.3
# Share of articles that are taken for something else; of pages that forbid indexing none counts.
DROP_CEILING = 0.01

Texts = Sequence[tuple[str, str]]


def shingle_f1(texts: Texts) -> float:
    return score_of(texts).f1


def text_lines(measure: Callable[[Texts], float], pages: Sequence[Page], runs: dict[str, Run]) -> Iterator[str]:
    """Of each extractor, F1 on all pages and on both halves, and speed."""
    for name, run in runs.items():
        pairs = [(found.text, page.text) for found, page in zip(run.found, pages, strict=True)]
        seen = [pair for pair, page in zip(pairs, pages, strict=True) if not page.held_out]
        held_out = [pair for pair, page in zip(pairs, pages, strict=True) if page.held_out]
        yield (
            f"  {name:<12} F1 {measure(pairs):.4f} (looked at {measure(seen):.4f}, held out {measure(held_out):.4f})"
            f"   {run.pages_per_cpu_s:6.1f} documents per CPU second"
        )
    if measure is shingle_f1:
        score = score_of([(f.text, p.text) for f, p in zip(runs["newsweir"].found, pages, strict=True)])
        yield f"  newsweir     precision {score.precision:.4f}, recall {score.recall:.4f}"


def metadata_lines(pages: Sequence[Page], runs: dict[str, Run]) -> Iterator[str]:
    """How often title, authors and day are exactly right, of the pages whose gold names them."""
    for field, of, right in _FIELDS:
        counts = [
            f"{name} {sum(right(f, p) for f, p in zip(run.found, pages, strict=True) if of(p))}"
            for name, run in runs.items()
            if name != "htmldate" or field == "day"
        ]
        yield f"  {field:<8} of {sum(of(page) is not None for page in pages)}: {', '.join(counts)}"


def falsely_dropped(run: Run) -> float:
    """The share of articles that are kept out of the index for what they are not."""
    return (run.drops.total() - run.drops["noindex"]) / len(run.found)


def shortfalls(f1: float, floor: float, speed: float, dropped: float) -> Iterator[str]:
    """What is below its floor, or above its ceiling."""
    if f1 < floor:
        yield f"F1 is {f1:.4f}, below {floor}"
    if speed < SPEED_FLOOR:
        yield f"speed is {speed:.2f} times trafilatura's, below {SPEED_FLOOR}"
    if dropped >= DROP_CEILING:
        yield f"{dropped:.1%} of articles are dropped, not below {DROP_CEILING:.0%}"


_FIELDS: tuple[tuple[str, Callable[[Page], str | None], Callable[[Found, Page], bool]], ...] = (
    ("title", lambda page: page.title or None, lambda found, page: same_title(found.title, page.title or "")),
    ("authors", lambda page: page.author or None, lambda found, page: same_authors(found.authors, page.author or "")),
    ("day", lambda page: page.day or None, lambda found, page: found.day == (page.day or "")[:10]),
)
