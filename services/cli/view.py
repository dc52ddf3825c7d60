"""How a run shows itself: a table redrawn in place on a terminal, a line now and then anywhere else."""

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from services.cli.output import printable
from services.cli.progress import Progress, as_line, as_table

_LINE_EVERY_S = 5.0


class View:
    """Shows progress and says what happens; a context manager, so that the terminal is left as it was."""

    def __init__(self, console: Console, search_url: str) -> None:
        self._console = console
        self._search_url = search_url
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None
        self._last_line = ""
        self._last_line_s = float("-inf")

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.freeze()

    def freeze(self) -> None:
        """Leave the last state of things where it stands; what is said from now on follows it."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def say(self, text: str) -> None:
        """A line, or some, that stay."""
        for line in text.splitlines():
            self._console.print(Text(printable(line)), soft_wrap=True)
        self._console.file.flush()

    def show(self, progress: Progress, now_s: float) -> None:
        """The state of things; off a terminal at most every 5 s, and only when something has changed."""
        if self._live is not None:
            self._live.update(as_table(progress, self._search_url), refresh=True)
            return
        line = as_line(progress)
        if line != self._last_line and now_s - self._last_line_s >= _LINE_EVERY_S:
            self._last_line, self._last_line_s = line, now_s
            self.say(line)
