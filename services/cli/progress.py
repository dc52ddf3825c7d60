"""What a run has done so far: read from broker and search service, told as a calm table or as a line of text."""

from dataclasses import dataclass

import httpx
from redis.exceptions import RedisError
from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from shared.bus.lag import StageLag, read_lag
from shared.clock import Clock
from shared.dispositions import INDEXED, Ledger, read_ledger
from shared.redis_client import RedisConnection
from shared.topology import STAGES

_READY_TIMEOUT_S = 2.0
_TIMES_A_LOOK, _LONGEST_PAUSE_S = 19, 30.0
_DROPPED_PREFIX = "dropped:"
# What the crawler says of a page that it looked at again and found as it was: no loss, so told apart.
_NOTHING_NEW = frozenset({"not-modified", "unchanged"})


@dataclass(frozen=True)
class Progress:
    """One look at the run.

    Attributes:
        ready: whether the search service answers questions.
        ledger: None while the broker does not answer.
    """

    ready: bool
    ledger: Ledger | None
    stages: tuple[StageLag, ...] = ()

    @property
    def indexed(self) -> int:
        return self.ledger.by_disposition.get(INDEXED, 0) if self.ledger else 0

    @property
    def dropped(self) -> dict[str, int]:
        """Counts by reason, the most frequent first; pages without news apart."""
        reasons = {reason: n for reason, n in self._reasons.items() if reason not in _NOTHING_NEW}
        return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))

    @property
    def unchanged(self) -> int:
        """Pages that were looked at again and had not changed."""
        return sum(n for reason, n in self._reasons.items() if reason in _NOTHING_NEW)

    @property
    def _reasons(self) -> dict[str, int]:
        found = self.ledger.by_disposition if self.ledger else {}
        return {name.removeprefix(_DROPPED_PREFIX): n for name, n in found.items() if name.startswith(_DROPPED_PREFIX)}

    @property
    def dead(self) -> int:
        """Events that were given up; one that cannot be read has no fetch, so the ledger does not know it."""
        return sum(lag.dead for lag in self.stages)


class Pace:
    """When to look again: looks take a twentieth of the time, but come every half minute at least. The ledger has a
    count for each source, day and disposition, so that a look at years of them takes a second."""

    def __init__(self) -> None:
        self._due_s = 0.0

    def is_due(self, now_s: float) -> bool:
        """Whether it is time, by a clock that never goes back."""
        return now_s >= self._due_s

    def looked(self, began_s: float, ended_s: float) -> None:
        """Say that a look was taken."""
        self._due_s = ended_s + min(_TIMES_A_LOOK * (ended_s - began_s), _LONGEST_PAUSE_S)


async def read_progress(
    connection: RedisConnection, client: httpx.AsyncClient, search_url: str, clock: Clock
) -> Progress:
    """Ask broker and search service; whichever does not answer is shown as such."""
    ready = await is_ready(client, search_url)
    try:
        stages = tuple([await read_lag(connection, stage, clock.now_ms()) for stage in STAGES])
        return Progress(ready, await read_ledger(connection), stages)
    except (RedisError, OSError):
        return Progress(ready, None)


async def is_ready(client: httpx.AsyncClient, url: str) -> bool:
    """Whether the service answers /readyz with 200."""
    try:
        return (await client.get(f"{url}/readyz", timeout=_READY_TIMEOUT_S)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def as_line(progress: Progress) -> str:
    """For a log: everything on one line."""
    if progress.ledger is None:
        return "the broker does not answer"
    backlog = ", ".join(f"{lag.stage} {lag.backlog + lag.retrying}" for lag in progress.stages)
    return (
        f"fetched {progress.ledger.fetched} · indexed {progress.indexed} · unchanged {progress.unchanged}"
        f" · dropped {_dropped(progress)} · dead {progress.dead} · backlog: {backlog}"
    )


def as_table(progress: Progress, search_url: str) -> Group:
    """For a terminal: redrawn in place."""
    state = Text(f"open {search_url}/", style="bold green") if progress.ready else Text("starting …", style="yellow")
    if progress.ledger is None:
        return Group(state, Text("the broker does not answer", style="yellow"))
    table = Table(box=box.SIMPLE, show_header=False, show_edge=False, pad_edge=False)
    table.add_row("fetched", str(progress.ledger.fetched))
    table.add_row("indexed", str(progress.indexed), style="green")
    table.add_row("unchanged", str(progress.unchanged))
    table.add_row("dropped", Text(_dropped(progress)))
    table.add_row("dead-lettered", str(progress.dead), style="red" if progress.dead else "")
    for lag in progress.stages:
        retrying = f" (+{lag.retrying} to try again)" if lag.retrying else ""
        table.add_row(f"waiting for {lag.stage}", f"{lag.backlog}{retrying}")
    return Group(state, table)


def _dropped(progress: Progress) -> str:
    total = sum(progress.dropped.values())
    return str(total) + (f" ({', '.join(f'{why} {n}' for why, n in progress.dropped.items())})" if total else "")
