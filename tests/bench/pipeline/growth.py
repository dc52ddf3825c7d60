"""Measures whether an article costs more as articles and sources grow in number: python -m tests.bench.pipeline.growth.

    python -m tests.bench.pipeline.growth [--articles 10000] [--hosts 1 10 100]

Articles are pages of shuffled sentences of the demo, from loopback through all services into the embedded store. What
counts is the time of the processor by process: other work on the machine prolongs it, but for all sizes alike.
"""

import argparse
import asyncio
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench.crawl import crawling
from tests.bench.crawl.site import Plan
from tests.bench.pipeline.stack import Stack, Window
from tests.e2e.running import free_ports

MOST = 0.15
_HOSTS = 20
# Of a look: long enough for what happens once in thousands of articles to count for its share and no more (an
# extraction process is replaced after 2,000 pages, large segments are merged), short enough to be of one size.
_WINDOW = 500
_WINDOW_SHARE = 5
# The first articles of a process pay for its start.
_WARM = 200


def spans_until(articles: int) -> list[tuple[int, int]]:
    """The last fifth, at least 500, of the articles before 1,000, 10,000, 100,000, … and `articles`, at least 1,000."""
    sizes = [size for exponent in range(3, 10) if (size := 10**exponent) < articles]
    return [(size - max(_WINDOW, size // _WINDOW_SHARE), size) for size in [*sizes, articles]]


async def grown(
    folder: Path, hosts: int, spans: Sequence[tuple[int, int]], name: Callable[[Window], str]
) -> list[Window]:
    """What articles take in each span, over a stack and sites of their own; a line for each as soon as it is known."""

    def say(window: Window) -> None:
        sys.stdout.write(told(name(window), window.ms))
        sys.stdout.flush()

    await asyncio.to_thread(folder.mkdir)
    # A few more, so that the last window does not end in the idling of what has nothing more to do.
    plan = Plan(hosts, -(-(spans[-1][1] + _WARM) // hosts), free_ports(1), latency_s=0.0)
    async with crawling.Bench(None, folder).sites(plan) as sites:
        return await Stack(folder, None, "growth").windows(plan, spans, sites, say)


def told(size: str, ms: Mapping[str, float]) -> str:
    """A line: what an article takes; the sites are no part of it."""
    ours = {name: value for name, value in ms.items() if name != "sites"}
    listed = ", ".join(f"{name} {value:.1f}" for name, value in ours.items())
    return f"{size:<18}{sum(ours.values()):6.1f} ms an article: {listed}\n"


def together(window: Window) -> float:
    """Milliseconds of the processor for an article, the sites left out."""
    return sum(value for name, value in window.ms.items() if name != "sites")


def growth(windows: Sequence[Window]) -> float:
    """What an article of the dearest window takes more than one of the first, as a share of that."""
    first, *others = map(together, windows)
    return max(others, default=first) / first - 1


async def measure(articles: int, hosts: Sequence[int], folder: Path) -> bool:
    """Say what articles take as they and their sources become more; whether that stays flat."""
    sys.stdout.write(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {platform.python_version()}\n")
    by_sources: list[Window] = []
    for number in hosts:
        span = (_WARM, _WARM + _WINDOW)
        by_sources += await grown(folder / f"hosts-{number}", number, [span], lambda _, n=number: f"{n} sources")  # type: ignore[misc]
    by_articles = await grown(folder / "articles", _HOSTS, spans_until(articles), lambda w: f"{w.ended[1]} articles")
    for what, windows in (("sources", by_sources), ("articles", by_articles)):
        sys.stdout.write(f"with {what}: {growth(windows):+.1%} (at most {MOST:+.0%})\n")
    return growth(by_sources) <= MOST and growth(by_articles) <= MOST


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--hosts", type=int, nargs="+", default=[1, 10, 100])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsweir-growth-") as folder:
        return 0 if asyncio.run(measure(given.articles, given.hosts, Path(folder))) else 1


if __name__ == "__main__":
    sys.exit(main())
