"""Measures whether an article costs more as articles and sources grow in number: python -m tests.bench.pipeline.growth.

    python -m tests.bench.pipeline.growth [--dir DIR] [--articles 10000] [--hosts 1 10 100]

Articles are pages of shuffled sentences of real pages (of the demo, where there are none), from loopback through all
services into the embedded store. What
counts is the time of the processor by process, in units of a fixed piece of work that is done meanwhile: the same takes
more of it on a core whose neighbour is busy, and while everything starts less is. What the
services take in the same time with nothing to do is measured first and told apart: it passes whether articles come or
not, and is no part of what one takes. The first number of sources comes as fast as it does, a single one at some twenty
articles a second; others are asked so seldom that as many articles come together: the fewer come in a second, the fewer
share a batch and a commit, and what that costs is no matter of sources.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.bench.crawl import crawling
from tests.bench.crawl.bodies import archive_in
from tests.bench.crawl.site import Plan
from tests.bench.pipeline.stack import Stack, Window
from tests.e2e.running import free_ports

MOST = 0.15
_HOSTS = 20
# Of a look: long enough for what happens once in thousands of articles to count for its share and no more (an
# extraction process is replaced after thousands of pages, large segments are merged), short enough to be of one size.
_WINDOW = 500
_WINDOW_SHARE = 5
# The first articles of a process pay for its start.
_WARM = 200


def spans_until(articles: int) -> list[tuple[int, int]]:
    """The last fifth, at least 500, of the articles before 1,000, 10,000, 100,000, … and `articles`, at least 1,000."""
    sizes = [size for exponent in range(3, 10) if (size := 10**exponent) < articles]
    return [(size - max(_WINDOW, size // _WINDOW_SHARE), size) for size in [*sizes, articles]]


async def grown(
    archive: Path | None,
    folder: Path,
    hosts: int,
    delay_s: float,
    spans: Sequence[tuple[int, int]],
    idle: Mapping[str, float],
    known: list[Window],
) -> None:
    """What articles take in each span, over a stack and sites of their own; said and known as soon as it has passed."""
    last = spans[-1][1]

    def say(window: Window) -> None:
        known.append(window)
        _say(told(f"{window.ended[1]:,} of {hosts} sources", window))

    def tell(ended: int) -> None:
        sys.stderr.write(f"  … {ended:,} of {last:,} articles\n")

    await asyncio.to_thread(folder.mkdir)
    # A few more, so that the last window does not end in the idling of what has nothing more to do.
    plan = Plan(hosts, -(-(last + _WARM) // hosts), free_ports(1), latency_s=0.0, shuffled=True)
    async with crawling.Bench(archive, folder).sites(plan) as sites:
        await Stack(folder, None, "growth").windows(plan, delay_s, spans, sites, idle, say, tell)


def told(size: str, window: Window) -> str:
    """A line: what an article takes, what passes whether articles come or not, and by process both together.

    At last what a fixed piece of work took meanwhile, and what the sites took, which do the same for each page.
    """
    listed = ", ".join(f"{name} {value:.1f}" for name, value in _ours(window.ms).items())
    idle = sum(_ours(window.idle_ms).values())
    return (
        f"{size:<24}{together(window):6.1f} ms an article, {window.per_s:.0f} a second, and {idle:.1f} ms that pass "
        f"anyway: {listed}; work {window.work_ms['indexing']:.1f}, sites {window.ms['sites']:.2f}"
    )


def together(window: Window) -> float:
    """Milliseconds of the processor for an article: without what passes anyway, and without the sites."""
    return sum(_ours(window.ms).values()) - sum(_ours(window.idle_ms).values())


def in_work(window: Window) -> float:
    """What an article takes, as `together`, in units of the fixed piece of work."""
    return sum((ms - window.idle_ms[name]) / window.work_ms[name] for name, ms in _ours(window.ms).items())


def growth(windows: Sequence[Window]) -> float:
    """What an article of the dearest window takes more work than one of the first, as a share of that."""
    if not windows:
        return 0.0
    first, *others = map(in_work, windows)
    return max(others, default=first) / first - 1


async def measure(archive: Path | None, articles: int, hosts: Sequence[int], folder: Path) -> bool:
    """Say what articles take as they and their sources become more; whether that stays flat.

    Whoever ends it before is told what is known by then.
    """
    _say(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {platform.python_version()}")
    await asyncio.to_thread((folder / "idle").mkdir)
    idle = await Stack(folder / "idle", None, "growth").idle()
    listed = ", ".join(f"{name} {value:.1f}" for name, value in idle.items())
    _say(f"{'nothing to do':<24}{sum(idle.values()):6.1f} ms a second: {listed}")
    by_sources: list[Window] = []
    by_articles: list[Window] = []
    try:
        for number in hosts:
            delay_s = number / by_sources[0].per_s if by_sources else 0.0
            span = (_WARM, _WARM + _WINDOW)
            await grown(archive, folder / f"hosts-{number}", number, delay_s, [span], idle, by_sources)
        await grown(archive, folder / "articles", _HOSTS, 0.0, spans_until(articles), idle, by_articles)
    finally:
        for what, windows in (("sources", by_sources), ("articles", by_articles)):
            if windows:
                shown = ", ".join(f"{in_work(window):.2f}" for window in windows)
                _say(f"with {what}, in units of the work: {shown}; {growth(windows):+.1%} (at most {MOST:+.0%})")
    return growth(by_sources) <= MOST and growth(by_articles) <= MOST


def _ours(ms: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in ms.items() if name != "sites"}


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, nargs="*", default=[1, 10, 100], help="none: articles alone")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsweir-growth-") as folder:
        try:
            return 0 if asyncio.run(measure(archive_in(given.dir), given.articles, given.hosts, Path(folder))) else 1
        except KeyboardInterrupt:
            return 130


if __name__ == "__main__":
    sys.exit(main())
