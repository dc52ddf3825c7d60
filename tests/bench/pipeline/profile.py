"""Shows in which functions services spend time as pages pass through: python -m tests.bench.pipeline.profile.

    python -m tests.bench.pipeline.profile [--dir DIR] [--pages 1000] [--hosts 50]

Fifty times a second py-spy looks which thread of each service, on the embedded stack, holds the interpreter; it must be
allowed to look at processes of the same user (root is; see kernel.yama.ptrace_scope). What a library does in C while it
holds the interpreter counts for the function of Python that called it. What it does without, as Tantivy does when it
writes an index, is not seen: a service's time is divided among the functions that were seen, so shares are rather too
large than too small.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from services.cli.fleet import SERVICES
from tests.bench.crawl import crawling
from tests.bench.crawl.bodies import archive_in
from tests.bench.crawl.site import Plan
from tests.bench.pipeline.stack import Passage, Stack
from tests.e2e.running import free_ports, until

ROOT = Path(__file__).parents[3]
MOST = 0.10
_RATE_HZ = 50
_SHOWN = 12
_STARTED_S = 120


def own_time(lines: Iterable[str]) -> Counter[str]:
    """How often each function was at work itself, not one that it called.

    Args:
        lines: a stack and how often it was seen, as py-spy's raw format writes them: `outer (file:line);inner … 12`.
    """
    seen: Counter[str] = Counter()
    for line in lines:
        stack, _, times = line.rpartition(" ")
        seen[stack.rpartition(";")[2]] += int(times)
    return seen


def is_ours(frame: str, root: Path = ROOT) -> bool:
    """Whether a frame, `function (file:line)`, is of this project and not of what is installed beside it."""
    file = Path(frame.rpartition("(")[2].rpartition(":")[0])
    return any(file.is_relative_to(root / package) for package in ("services", "shared"))


async def profiled(stack: Stack, plan: Plan, load_pid: int, folder: Path) -> tuple[Passage, dict[str, Counter[str]]]:
    """All pages of the plan through a stack, and how often each function of each service was seen at work."""
    passing = asyncio.create_task(stack.passage(plan, 0.0, load_pid))
    await until(lambda: _started(stack, passing), _STARTED_S, "the services run")
    watching = {name: await _watch(pid, folder / f"{name}.raw") for name, pid in stack.pids().items()}
    passage = await passing
    for name, process in watching.items():
        if await process.wait():
            raise SystemExit(f"py-spy could not look at {name}: run this as root, or see kernel.yama.ptrace_scope")
    read = {name: await asyncio.to_thread((folder / f"{name}.raw").read_text) for name in watching}
    return passage, {name: own_time(text.splitlines()) for name, text in read.items()}


async def _started(stack: Stack, passing: "asyncio.Task[Passage]") -> bool:
    if passing.done():
        passing.result()
    return len(stack.pids()) == len(SERVICES)


async def _watch(pid: int, output: Path) -> asyncio.subprocess.Process:
    command = [str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(pid), "--subprocesses"]
    command += [
        "--gil",
        "--function",
        "--full-filenames",
        "--rate",
        str(_RATE_HZ),
        "--format",
        "raw",
        "--output",
        str(output),
    ]
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(*command, stdin=quiet, stdout=quiet, stderr=quiet)


def shares(seen: Mapping[str, Counter[str]], spent_s: Mapping[str, float]) -> list[tuple[float, str, str]]:
    """Functions by their own share of what everything took, the largest first: (share, service, frame).

    Args:
        seen: by service, how often each function was at work.
        spent_s: what each process took, those that nobody looked at included.
    """
    whole_s = sum(spent_s.values())
    found = []
    for service, frames in seen.items():
        of_a_look = spent_s[service] / whole_s / max(frames.total(), 1)
        found += [(times * of_a_look, service, frame) for frame, times in frames.items()]
    return sorted(found, reverse=True)


def told(functions: Sequence[tuple[float, str, str]]) -> str:
    """The largest of each side, as lines."""
    lines = []
    for title, ours in (("functions of this project, their own share of all time:", True), ("and of others:", False)):
        lines.append(title)
        of_one_side = [one for one in functions if is_ours(one[2]) == ours]
        lines += [f"  {share:6.1%} {service:<11} {_short(frame)}" for share, service, frame in of_one_side[:_SHOWN]]
    return "\n".join(lines) + "\n"


def _short(frame: str) -> str:
    """The frame with the end of its file's path."""
    function, _, place = frame.rpartition(" (")
    return f"{function} ({'/'.join(place.rpartition(':')[0].split('/')[-3:])})"


async def measure(archive: Path | None, plan: Plan, folder: Path) -> bool:
    """Say which functions took the time; whether none of ours took more than a tenth."""
    async with crawling.Bench(archive, folder).sites(plan) as sites:
        passage, seen = await profiled(Stack(folder, None, "profile"), plan, sites, folder)
    spent_s = {name: spent for name, spent in passage.cpu_s.items() if name != "sites"}
    functions = shares(seen, spent_s)
    listed = ", ".join(f"{name} {spent:.1f}" for name, spent in spent_s.items())
    sys.stdout.write(f"{passage.articles} articles, seconds of the processor: {listed}\n{told(functions)}")
    largest = next(share for share, _, frame in functions if is_ours(frame))
    sys.stdout.write(f"the largest of this project: {largest:.1%} (at most {MOST:.0%})\n")
    return largest <= MOST


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the evaluation sets")
    parser.add_argument("--pages", type=int, default=1_000)
    parser.add_argument("--hosts", type=int, default=50)
    given = parser.parse_args()
    plan = Plan(given.hosts, -(-given.pages // given.hosts), free_ports(1), latency_s=0.0)
    with tempfile.TemporaryDirectory(prefix="newsweir-profile-") as folder:
        return 0 if asyncio.run(measure(archive_in(given.dir), plan, Path(folder))) else 1


if __name__ == "__main__":
    sys.exit(main())
