"""What a run says while it goes on, and the table of what was done and checked."""

import re
import sys
from pathlib import Path

from shared.clock import Clock
from tests.chaos import observed
from tests.chaos.checks import Check
from tests.chaos.trial import Trial

_SHOWN_CHARACTERS = 300
_SHOWN_LINES = 5
_UNFORESEEN = re.compile("unforeseen error|Traceback|never retrieved")


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
    unforeseen = _unforeseen(trial.folder)
    rows = [
        *sorted((f"done: {fault}", str(count)) for fault, count in trial.done.items()),
        *sorted((f"ended: {how}", str(count)) for how, count in trial.fleet.ends.items()),
        *_handled(trial.folder),
        ("imports begun again", str(trial.doors.interrupted)),
        ("store", trial.store.did()),
        ("errors nobody foresaw, in the logs", str(len(unforeseen))),
    ]
    width = max(len(name) for name, _ in rows) + 2
    lines = [
        "",
        f"{trial.form.name} run over {trial.store.name}, seed {seed}, {seconds:.0f} s",
        *(f"  {name:<{width}}{value}" for name, value in rows),
        *(f"  {_mark(check)} {check}" for check in trial.checks),
        *(f"  nobody foresaw {line[:_SHOWN_CHARACTERS]}" for line in unforeseen[:_SHOWN_LINES]),
        *(f"  last words of {name}: {words[-1][:_SHOWN_CHARACTERS]}" for name, words in trial.last_words.items()),
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
    """Lines of the logs that tell of an error that nobody foresaw, each with the name of its log."""
    logs = sorted((folder / "logs").glob("*.log"))
    lines = ((log.stem, line) for log in logs for line in log.read_text("utf-8", "replace").splitlines())
    return [f"{name}: {line}" for name, line in lines if _UNFORESEEN.search(line)]
