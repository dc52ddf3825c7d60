"""What a run says while it goes on, and the table of what was done and checked."""

import sys
from pathlib import Path

from shared.clock import Clock
from tests.chaos import observed
from tests.chaos.checks import Check
from tests.chaos.fleet import unforeseen
from tests.chaos.trial import Trial


class Progress:
    """Writes lines with the time since its beginning."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._started_s = clock.monotonic_s()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return self._clock.monotonic_s() - self._started_s

    def say(self, line: str) -> None:
        """Write one line at once."""
        minutes, seconds = divmod(self.seconds, 60)
        sys.stdout.write(f"{minutes:02.0f}:{seconds:04.1f}  {line}\n")
        sys.stdout.flush()


def table(trial: Trial, seed: int, seconds: float) -> str:
    """What was done, how processes ended, what was seen, and whether each promise holds."""
    rows = [
        *sorted((f"done: {fault}", str(count)) for fault, count in trial.done.items()),
        *sorted((f"ended: {how}", str(count)) for how, count in trial.fleet.ends.items()),
        *_handled(trial.folder),
        ("store", trial.store.did()),
        ("errors nobody foresaw, in the logs", str(len(_unforeseen(trial.folder)))),
    ]
    width = max(len(name) for name, _ in rows) + 2
    lines = [
        "",
        f"{trial.form.name} run over {trial.store.name}, seed {seed}, {seconds:.0f} s",
        *(f"  {name:<{width}}{value}" for name, value in rows),
        *(f"  {_mark(check)} {check}" for check in trial.checks),
        *(f"  last words of {name}: {' / '.join(words)}" for name, words in trial.fleet.last_words.items()),
        "  all promises hold" if all(check.holds for check in trial.checks) else "  PROMISES ARE BROKEN",
        "",
    ]
    return "\n".join(lines) + "\n"


def _mark(check: Check) -> str:
    return "ok    " if check.holds else "BREACH"


def _handled(folder: Path) -> list[tuple[str, str]]:
    rows = []
    for stage in ("enrichment", "indexing"):
        handled, again = observed.handled_again(folder / f"{stage}.trace")
        rows.append((f"handled by {stage}", f"{handled} events, {again} of them redelivered, replayed or put twice"))
    return rows


def _unforeseen(folder: Path) -> list[str]:
    logs = (folder / "logs").glob("*.log")
    return [line for log in logs for line in unforeseen(log.read_text(encoding="utf-8", errors="replace"))]
