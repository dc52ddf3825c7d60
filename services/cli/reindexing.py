"""`newsweir reindex`: the articles of an Elasticsearch moved to this program's mapping, and back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from services.cli.output import say
from shared.article_store.reindexing import IndicesState, Reindexing
from shared.clock import Clock

_SAY_EVERY_S = 5.0


@dataclass(frozen=True)
class Wanted:
    """What was asked for; none of it: to move here.

    Attributes:
        prepare: only to make what an empty store needs.
    """

    back: bool = False
    finish: bool = False
    prepare: bool = False


@dataclass(frozen=True)
class Step:
    """What is to be done.

    Attributes:
        action: None: nothing.
        will: what it does, or why nothing is done.
        question: to be agreed to first; None: it is harmless.
        done: what to say afterwards.
        status: of a command that ends without having been agreed to, or with nothing to do.
    """

    action: Literal["run", "back", "finish"] | None
    will: str
    question: str | None = None
    done: str = ""
    status: int = 1


async def reindex_command(
    reindexing: Reindexing, wanted: Wanted, clock: Clock, *, dry_run: bool, agreed: Callable[[str], bool]
) -> int:
    """Do what is wanted, or only say what would be done; the exit status, 1 where nobody agreed or it cannot be done.

    Raises:
        DependencyUnavailable: Elasticsearch is away; repeated, it goes on where it was.
        ConfigurationError: another program moves the articles elsewhere.
    """
    state = await reindexing.state()
    step = step_for(state, wanted)
    for line in (*described(state), step.will):
        say(line)
    if step.action is None or dry_run:
        say("nothing was changed")
        return 0 if dry_run else step.status
    if step.question is not None and not agreed(step.question):
        say("nothing was changed")
        return step.status
    if step.action == "run":
        await reindexing.run(_reporting(clock))
    elif step.action == "back":
        await reindexing.back()
    else:
        await reindexing.finish()
    say(step.done)
    return 0


def described(state: IndicesState) -> list[str]:
    """What is in use, for people."""
    if state.read is None:
        return ["there are no indices yet"]
    lines = [f"{state.articles} articles are read, with the mapping {state.read}"]
    if state.written != state.read:
        lines.append(f"{state.written} is filled: it holds {state.copied} of them; both are written")
    if state.way_back is not None:
        lines.append(f"{state.way_back} is written, too: the way back")
    return lines


def step_for(state: IndicesState, wanted: Wanted) -> Step:
    """What is to be done in a state."""
    if wanted.back:
        return _back(state)
    if wanted.finish:
        return _finish(state)
    if state.read is None and state.written is None:
        return Step("run", "template and indices are to be made", done="template and indices are there")
    return Step(None, "there are indices: they stay as they are", status=0) if wanted.prepare else _move(state)


def _move(state: IndicesState) -> Step:
    if state.read in (None, state.own):
        if state.written in (None, state.own):
            return Step(None, "this is the mapping of this program", status=0)
        return Step(None, f"{state.written} is another program's: newsweir reindex --back leaves it")
    there = state.copied if state.written == state.own else 0
    again = ", though an operator went back from it" if state.left else ""
    return Step(
        "run",
        f"{state.articles - there} articles are to be copied to {state.own}{again}",
        done=f"{state.own} is read now; {state.read} goes on being written: newsweir reindex --back returns to it, "
        "--finish drops it",
    )


def _back(state: IndicesState) -> Step:
    older = state.way_back or (state.read if state.read != state.written else None)
    if older is None:
        return Step(None, "there is no older mapping to go back to")
    return Step(
        "back",
        f"{older} is to be read and written alone, {state.written} to be dropped",
        question=f"Read and write {older} alone, and drop {state.written}?",
        done=f"{older} is read and written; run the indexing and search of its version",
    )


def _finish(state: IndicesState) -> Step:
    if state.way_back is None:
        return Step(
            None,
            "there is no older mapping to drop" if state.read == state.written else "it is not finished: run it first",
        )
    return Step(
        "finish",
        f"the indices of {state.way_back} are to be dropped",
        question=f"Drop the indices of {state.way_back}? There is no way back then.",
        done=f"the indices of {state.way_back} are dropped",
    )


def _reporting(clock: Clock) -> Callable[[int, int], None]:
    """Tells of progress every few seconds."""
    said_s = clock.monotonic_s()

    def report(done: int, total: int) -> None:
        nonlocal said_s
        if clock.monotonic_s() - said_s >= _SAY_EVERY_S:
            said_s = clock.monotonic_s()
            say(f"{done} of {total} articles copied")

    return report
