"""`newsweir reindex`: the articles of an Elasticsearch moved to this program's mapping, and back."""

from collections.abc import Callable
from dataclasses import dataclass

from services.cli.output import say
from shared.article_store.reindexing import IndicesState, Reindexing
from shared.clock import Clock

_SAY_EVERY_S = 5.0


@dataclass(frozen=True)
class Wanted:
    """What was asked for; neither back nor finish: to move here."""

    back: bool = False
    finish: bool = False
    dry_run: bool = False


async def reindex_command(
    reindexing: Reindexing, wanted: Wanted, clock: Clock, *, agreed: Callable[[str], bool]
) -> int:
    """Do what is wanted, or only say what would be done; the exit status, 1 where nobody agreed or it cannot be done.

    Raises:
        DependencyUnavailable: Elasticsearch is away; repeated, it goes on where it was.
        ConfigurationError: another program moves the articles elsewhere.
    """
    state = await reindexing.state()
    for line in described(state):
        say(line)
    if wanted.back:
        return await _back(reindexing, state, wanted, agreed)
    if wanted.finish:
        return await _finish(reindexing, state, wanted, agreed)
    return await _move(reindexing, state, wanted, clock)


def described(state: IndicesState) -> list[str]:
    """What is in use, for people."""
    if state.read is None:
        return ["there are no indices yet: the first start of indexing makes them"]
    lines = [f"{state.articles} articles are read, with the mapping {state.read}"]
    if state.written != state.read:
        lines.append(f"{state.written} is filled: it holds {state.copied} of them; both are written")
    if state.way_back is not None:
        lines.append(f"{state.way_back} is written, too: the way back")
    return lines


async def _move(reindexing: Reindexing, state: IndicesState, wanted: Wanted, clock: Clock) -> int:
    if state.read in (None, state.own):
        if state.written in (None, state.own):
            say("nothing to do: this is the mapping of this program")
            return 0
        say(f"{state.written} is another program's: newsweir reindex --back leaves it")
        return 1
    if wanted.dry_run:
        again = ", though an operator went back from it" if state.left else ""
        say(f"{state.articles - _there(state)} articles would be copied to {state.own}{again}; nothing was changed")
        return 0
    said_s = clock.monotonic_s()

    def report(done: int, total: int) -> None:
        nonlocal said_s
        if clock.monotonic_s() - said_s >= _SAY_EVERY_S:
            said_s = clock.monotonic_s()
            say(f"{done} of {total} articles copied")

    await reindexing.run(report)
    after = await reindexing.state()
    say(f"{after.articles} articles are read with the mapping {after.read} now")
    say(f"{state.read} goes on being written: newsweir reindex --back returns to it, --finish drops it")
    return 0


def _there(state: IndicesState) -> int:
    return state.copied if state.written == state.own else 0


async def _back(reindexing: Reindexing, state: IndicesState, wanted: Wanted, agreed: Callable[[str], bool]) -> int:
    older = state.way_back or (state.read if state.read != state.written else None)
    if older is None:
        say("there is no older mapping to go back to")
        return 1
    if wanted.dry_run:
        say(f"{older} would be read and written alone, {state.written} dropped; nothing was changed")
        return 0
    if not agreed(f"Read and write {older} alone, and drop {state.written}?"):
        say("nothing was changed")
        return 1
    await reindexing.back()
    say(f"{older} is read and written; run the indexing and search of its version")
    return 0


async def _finish(reindexing: Reindexing, state: IndicesState, wanted: Wanted, agreed: Callable[[str], bool]) -> int:
    if state.way_back is None:
        say("there is no older mapping to drop" if state.read == state.written else "it is not finished: run it first")
        return 1
    if wanted.dry_run:
        say(f"the indices of {state.way_back} would be dropped; nothing was changed")
        return 0
    if not agreed(f"Drop the indices of {state.way_back}? There is no way back then."):
        say("nothing was changed")
        return 1
    await reindexing.finish()
    say(f"the indices of {state.way_back} are dropped")
    return 0
