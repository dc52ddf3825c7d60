"""Whether a worker of a stage still does its work, judged by its reader, the lag and what is pending."""

from dataclasses import dataclass

# The slowest batch known, 20 long articles in the full tier on a busy machine, takes a tenth of it.
LONGEST_BATCH_S = 300.0
LONGEST_IDLE_S = 60.0
# Entries of a dead worker are claimed after one visibility timeout; nobody claiming for five is a fault.
LONGEST_SILENCE_VISIBILITIES = 5
# A worker that comes back from an outage of the broker, or was paused, looks bad for a moment.
GRACE_S = 20.0


@dataclass(frozen=True)
class Signs:
    """What can be seen of a worker; times in seconds.

    Attributes:
        excused: it waits for a dependency, or pauses because most events fail.
        busy_s: how long it has had a batch in hand; 0 for none.
        idle_s: how long it has had none; 0 while it has one.
        waiting: events that no worker has read.
        silence_s: since somebody last gave a sign about the pending entry of whom least was heard; 0 for none.
    """

    excused: bool
    busy_s: float
    idle_s: float
    waiting: int
    silence_s: float


def complaint(signs: Signs, visibility_s: float) -> str | None:
    """Why the worker should be started again, or None."""
    if signs.excused:
        return None
    if signs.busy_s > LONGEST_BATCH_S:
        return f"has had one batch in hand for {signs.busy_s:.0f} s"
    if signs.idle_s > LONGEST_IDLE_S and signs.waiting:
        return f"has read nothing for {signs.idle_s:.0f} s although {signs.waiting} events wait"
    if signs.idle_s and signs.silence_s > LONGEST_SILENCE_VISIBILITIES * visibility_s:
        return f"has left an abandoned event pending for {signs.silence_s:.0f} s"
    return None


class Patience:
    """Lets a complaint count only when it holds for GRACE_S."""

    def __init__(self) -> None:
        self._since_s: float | None = None
        self._complaint: str | None = None

    def hear(self, complaint: str | None, now_s: float) -> None:
        """Take note of how the worker looks now."""
        self._complaint = complaint
        if complaint is None:
            self._since_s = None
        elif self._since_s is None:
            self._since_s = now_s

    def lost(self, now_s: float) -> str | None:
        """The complaint, once patience is at its end."""
        if self._since_s is None or now_s - self._since_s < GRACE_S:
            return None
        return self._complaint
