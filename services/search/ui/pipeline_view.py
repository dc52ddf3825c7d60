"""What the page of the pipeline shows: whether all is well in a sentence, figures, stages, and where fetches ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.search.pipeline import PipelineState
from services.search.throughput import MOST_COUNTED, Throughput
from services.search.ui import wording
from services.search.ui.sources_view import ago
from shared.bus.dead_letters import Letter
from shared.bus.lag import StageLag
from shared.clock import from_ms
from shared.dispositions import DEAD_LETTERED, INDEXED, Ledger

# An entry that is older has waited for more than a busy moment.
_LATE_S = 60.0
_LEFT_OUT = "dropped:"
_ENDS = {INDEXED: "indexed", DEAD_LETTERED: "given up"}


@dataclass(frozen=True)
class Figure:
    """A number with what it counts, and a remark."""

    label: str
    value: str
    remark: str = ""


@dataclass(frozen=True)
class StageRow:
    """One stage; state: how its class in the style sheet is called, said: the same in words."""

    name: str
    state: str
    said: str
    waiting: str
    pending: str
    retrying: str
    dead: str
    oldest: str


@dataclass(frozen=True)
class LetterRow:
    """A dead letter, and how long ago it was given up."""

    letter: Letter
    when: str


@dataclass(frozen=True)
class PipelinePage:
    """Everything on the page; well: whether nobody need do anything."""

    verdict: str
    well: bool
    figures: tuple[Figure, ...]
    stages: tuple[StageRow, ...]
    ends: tuple[Figure, ...]
    letters: tuple[LetterRow, ...]
    more: bool


def pipeline_view(state: PipelineState, now: datetime) -> PipelinePage:
    """The page."""
    stages = tuple(map(_stage, state.stages))
    needs = tuple(_needs(state.stages))
    return PipelinePage(
        verdict="; ".join(needs) + "." if needs else "All stages keep up, and nothing was given up.",
        well=not needs,
        figures=tuple(_figures(state, now)),
        stages=stages,
        ends=tuple(_ends(state.ledger)),
        letters=tuple(LetterRow(letter, ago(from_ms(letter.failed_at_ms), now)) for letter in state.letters),
        more=state.more,
    )


def _needs(stages: Iterable[StageLag]) -> Iterable[str]:
    """What somebody should look at, in words."""
    for stage in stages:
        if stage.dead:
            yield f"{stage.stage} gave up {wording.counted(stage.dead, 'event', 'events')}: see the dead letters below"
        if stage.oldest_pending_s > _LATE_S:
            yield f"{stage.stage} has held an event for {stage.oldest_pending_s:,.0f} s: look at its log"


def _stage(stage: StageLag) -> StageRow:
    if stage.dead:
        state, said = "failing", "has given up"
    elif stage.oldest_pending_s > _LATE_S:
        state, said = "failing", "stuck or slow"
    elif stage.backlog or stage.retrying:
        state, said = "busy", "working"
    else:
        state, said = "fine", "idle"
    return StageRow(
        name=stage.stage,
        state=state,
        said=said,
        waiting=f"{stage.waiting:,}",
        pending=f"{stage.pending:,}",
        retrying=f"{stage.retrying:,}",
        dead=f"{stage.dead:,}",
        oldest=f"{stage.oldest_pending_s:.0f} s" if stage.pending else "",
    )


def _figures(state: PipelineState, now: datetime) -> Iterable[Figure]:
    pace = state.throughput
    yield Figure("Indexed in the last hour", _counted(pace), f"the last one {ago(pace.last_at, now)}")
    took = "none lately" if pace.median_s is None else f"{pace.median_s:,.1f} s"
    yield Figure("From fetched to searchable", took, "the median of the newest")
    yield Figure("Waiting or in hand", f"{sum(stage.backlog for stage in state.stages):,}", "events of all stages")
    yield Figure("Given up", f"{sum(stage.dead for stage in state.stages):,}", "dead letters of all stages")


def _counted(pace: Throughput) -> str:
    more = "+" if pace.last_hour >= MOST_COUNTED else ""
    return f"{pace.last_hour:,}{more}"


def _ends(ledger: Ledger) -> Iterable[Figure]:
    yield Figure("fetched", f"{ledger.fetched:,}")
    yield Figure("under way", f"{ledger.in_flight:,}")
    for name, count in sorted(ledger.by_disposition.items(), key=lambda item: (-item[1], item[0])):
        yield Figure(_ENDS.get(name, _left_out(name)), f"{count:,}")


def _left_out(name: str) -> str:
    return f"left out: {name.removeprefix(_LEFT_OUT).replace('-', ' ')}" if name.startswith(_LEFT_OUT) else name
