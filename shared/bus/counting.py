"""What became of a batch, into the metrics: added up first, since each label costs a look-up."""

from collections import Counter
from collections.abc import Sequence

from shared import metrics
from shared.bus.envelope import EntryId
from shared.bus.settle import Settlement
from shared.dispositions import dropped
from shared.topology import Stage

_OUTCOMES = {"none": "done", "publish": "published", "retry": "retried", "bury": "buried"}
_DROPPED = dropped("")


def begin_at_zero(stage: Stage) -> None:
    """Let what has not happened yet be told as zero: a series that begins with its first event hides that event."""
    for outcome in (*_OUTCOMES.values(), "dropped"):
        metrics.STAGE_EVENTS.labels(stage.name, outcome)
    for state in (metrics.STAGE_WAITING, metrics.STAGE_PAUSED):
        state.labels(stage.name).set(0)
    metrics.STAGE_CONSUMED.labels(stage.name)


def count_settled(stage: Stage, settlements: Sequence[Settlement], now_ms: int) -> None:
    """Count outcomes, drops by reason and publications by stream, and time each event since it came into the stream."""
    outcomes, reasons, streams = Counter(map(_outcome, settlements)), Counter[str](), Counter[str]()
    event_seconds = metrics.STAGE_EVENT_SECONDS.labels(stage.name)
    for item in settlements:
        event_seconds.observe(max(0, now_ms - EntryId.of(item.entry_id).ms) / 1000)
        if item.disposition.startswith(_DROPPED):
            reasons[item.disposition.removeprefix(_DROPPED)] += 1
        if item.stream is not None:
            streams.update([item.stream.name, *(stream.name for stream, _ in item.also)])
    for outcome, count in outcomes.items():
        metrics.STAGE_EVENTS.labels(stage.name, outcome).inc(count)
    for reason, count in reasons.items():
        metrics.STAGE_DROPPED.labels(stage.name, reason).inc(count)
    for stream, count in streams.items():
        metrics.STAGE_PUBLISHED.labels(stage.name, stream).inc(count)


def _outcome(item: Settlement) -> str:
    return "dropped" if item.disposition.startswith(_DROPPED) else _OUTCOMES[item.action]
