"""Runs the evaluation of enrichment: python -m tests.eval.enrichment [--dir DIR] [--wrong] [MEASURE …]."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.eval.enrichment import memory, money, names, quotes, speed
from tests.eval.enrichment.run import Run

# A measure writes its report to standard output and returns what falls short of its floors.
Measure = Callable[[Run], Iterable[str]]
MEASURES: dict[str, Measure] = {
    "memory": memory.measure,
    "money": money.measure,
    "names": names.measure,
    "quotes": quotes.measure,
    "speed": speed.measure,
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval.enrichment", description="Measure enrichment.")
    parser.add_argument("--dir", type=Path, default=Path("../shared/eval"), help="folder of the public sets")
    parser.add_argument("--wrong", action="store_true", help="name what is wrong in the part that was looked at")
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=f"of {', '.join(MEASURES)}; none: all")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.measures) - set(MEASURES))
    if unknown:
        parser.error(f"no measure is called {', '.join(unknown)}; there are {', '.join(MEASURES)}")

    run = Run(options.dir, name_wrong=options.wrong)
    missed: list[str] = []
    for name in options.measures or MEASURES:
        sys.stdout.write(f"{name}\n")
        missed += MEASURES[name](run)
    sys.stderr.writelines(f"below the floor: {shortfall}\n" for shortfall in missed)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
