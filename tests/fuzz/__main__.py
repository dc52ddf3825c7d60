"""The long run: python -m tests.fuzz [--minutes N] [--target NAME].

Bends documents and hands them to everything that reads what others send, in turns, until the time is over. Says for
each target how many documents it had, and which took the most CPU for its length; exits with 1 where anything fell,
after what is left of the document when it was made as small as it still falls. Seeds are random: what fell is kept in
.hypothesis, and falls again in the next run and in `make test`.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings

from shared.clock import SystemClock
from tests.fuzz.mutations import bent
from tests.fuzz.targets import TARGETS, Target

_IN_A_TURN = 500
# Of CPU, for one document of 200 KB at most; a page has 20 s in the extractor.
MOST_S = 10.0


@dataclass
class Tally:
    """What a target had: documents, the CPU seconds of the slowest, and how often it fell."""

    documents: int = 0
    slowest_s: float = 0.0
    falls: list[str] = field(default_factory=list)


def main() -> int:
    arguments = _arguments()
    clock = SystemClock()
    until_s = clock.monotonic_s() + 60 * arguments.minutes
    chosen = {name: target for name, target in TARGETS.items() if arguments.target in (None, name)}
    tallies = {name: Tally() for name in chosen}
    while True:
        for name, target in chosen.items():
            if clock.monotonic_s() >= until_s or (len(chosen) == 1 and tallies[name].falls):
                return _told(tallies)
            # What fell once is told once: its cause would be found again and again.
            if not tallies[name].falls:
                turn(target, tallies[name])


def turn(target: Target, tally: Tally, documents: int = _IN_A_TURN) -> None:
    """Hand some bent documents to a target."""

    def measured(document: bytes) -> None:
        before_s = time.process_time()
        target.check(document)
        took_s = time.process_time() - before_s
        tally.documents += 1
        tally.slowest_s = max(tally.slowest_s, took_s)
        assert took_s < MOST_S, f"{took_s:.1f} s of CPU for {len(document)} bytes"

    try:
        _property(target, measured, documents)()
    except Exception as error:  # whatever it was, it is told, and the others go on
        notes = "\n".join(getattr(error, "__notes__", ()))
        tally.falls.append(f"{type(error).__name__}: {error}\n{notes}")


def _property(target: Target, check: Callable[[bytes], None], documents: int) -> Callable[[], None]:
    @settings(max_examples=documents, deadline=None, suppress_health_check=list(HealthCheck))
    @given(bent(target.everything()))
    def holds(document: bytes) -> None:
        check(document)

    return holds


def _told(tallies: dict[str, Tally]) -> int:
    for name, tally in tallies.items():
        state = "FELL" if tally.falls else "held"
        sys.stdout.write(
            f"{name:14} {tally.documents:8d} documents, slowest {tally.slowest_s:6.2f} s of CPU: {state}\n"
        )
        sys.stdout.write("".join(f"{fall}\n" for fall in tally.falls))
    return 1 if any(tally.falls for tally in tallies.values()) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Bend what others send, and read it.")
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--target", choices=sorted(TARGETS), help="this one alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
