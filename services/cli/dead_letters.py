"""`newsweir dead-letters`: what the stages gave up and why; put back into their streams, or dropped for good."""

import heapq
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.cli.ages import ago
from services.cli.letters_wanted import Wanted
from services.cli.output import printable, say, write_json_line, write_table
from services.cli.with_broker import broken_off, with_broker
from shared import errors
from shared.bus.dead_letters import DeadLetters, Letter, LetterFilter
from shared.clock import SystemClock, from_ms
from shared.errors import InvalidInput, PermanentFailure
from shared.redis_client import RedisConnection

Way = Literal["replay", "discard"]
DEFAULT_LIMIT = 50
_DONE = {"replay": "replayed", "discard": "discarded"}
_NEXT = {
    "replay": "each is in the stream of its stage again, unmodified and with all attempts before it: "
    "`newsweir status` shows how far the stages are, `newsweir dead-letters list` what came back",
    "discard": "their articles come again only when their pages change",
}
_AT_ONCE = 500
_SAY_EVERY = 5_000
_FINAL = frozenset(
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, PermanentFailure)
)


@dataclass(frozen=True)
class Consent:
    """How far somebody agrees to what is about to be done.

    Attributes:
        all_letters: every letter is meant, where nothing narrows.
        yes: no question is needed.
        dry_run: only look.
        ask: puts a question to a person; None where there is none.
    """

    all_letters: bool = False
    yes: bool = False
    dry_run: bool = False
    ask: Callable[[str], bool] | None = None


@dataclass
class Group:
    """Letters of one stage and one type of error."""

    stage: str
    error_type: str
    count: int = 0
    attempts: tuple[int, int] = (0, 0)
    failed_ms: tuple[int, int] = (0, 0)

    def add(self, letter: Letter) -> None:
        """Count a letter; the fewest and most attempts and the first and last burial follow."""
        known = self.count > 0
        self.attempts = _widened(self.attempts if known else None, letter.attempts)
        self.failed_ms = _widened(self.failed_ms if known else None, letter.failed_at_ms)
        self.count += 1


class Counts:
    """Letters by stage and type of error."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], Group] = {}

    def add(self, letter: Letter) -> None:
        """Count a letter."""
        key = (letter.stage, letter.error_type)
        self._groups.setdefault(key, Group(*key)).add(letter)

    @property
    def total(self) -> int:
        return sum(group.count for group in self._groups.values())

    @property
    def final_errors(self) -> list[str]:
        """Types of error that trying again does not heal."""
        return sorted({group.error_type for group in self._groups.values()} & _FINAL)

    def write(self, now_ms: int) -> None:
        """A table, the most frequent first."""
        groups = sorted(self._groups.values(), key=lambda group: (-group.count, group.stage, group.error_type))
        rows = [
            (g.count, g.stage, g.error_type, _span(*g.attempts), *(ago(failed_ms, now_ms) for failed_ms in g.failed_ms))
            for g in groups
        ]
        columns = ("letters", "stage", "error", "attempts", "first", "last")
        write_table(columns, rows, whole=columns)


async def list_letters(
    connection: RedisConnection, wanted: Wanted, now_ms: int, *, limit: int | None = None, as_json: bool
) -> None:
    """Counts and the newest letters, the newest last; or a JSON line for each, the oldest of each stage first."""
    if as_json:
        await _write_lines(connection, wanted.as_filter(now_ms), limit)
        return
    size, counts, newest = limit or DEFAULT_LIMIT, Counts(), list[tuple[int, str, Letter]]()
    async for letter in DeadLetters(connection).find(wanted.as_filter(now_ms)):
        counts.add(letter)
        heapq.heappush(newest, (letter.failed_at_ms, letter.name, _without_payload(letter)))
        if len(newest) > size:
            heapq.heappop(newest)
    if not counts.total:
        say("no dead letter matches")
        return
    counts.write(now_ms)
    print()
    if older := counts.total - len(newest):
        print(f"{older} more are older than these: --limit {counts.total} shows all\n")
    rows = [(x.name, ago(x.failed_at_ms, now_ms), x.attempts, _what_and_where(x)) for _, _, x in sorted(newest)]
    columns = ("letter", "buried", "tries", "what and where")
    write_table(columns, rows, wide="what and where", whole=columns[:3])


async def show_letter(connection: RedisConnection, name: str, *, as_json: bool) -> None:
    """Everything that a letter says, its payload included.

    Raises:
        InvalidInput: no letter has that name, or it is none.
    """
    async for letter in DeadLetters(connection).find(Wanted(names=(name,)).as_filter(0)):
        if as_json:
            write_json_line({**_as_json(letter), "fields": dict(letter.fields)})
        else:
            _write_letter(letter)
        return
    raise InvalidInput(f"no dead letter is called {name}: `newsweir dead-letters list` names them all")


def end_command(wanted: Wanted, how: Way, consent: Consent) -> int:
    """`newsweir dead-letters replay` and `discard`; the exit status."""
    now_ms = SystemClock().now_ms()
    return with_broker(
        f"newsweir dead-letters {how}",
        lambda connection: end_letters(DeadLetters(connection), wanted, how, now_ms, consent),
    )


async def end_letters(letters: DeadLetters, wanted: Wanted, how: Way, now_ms: int, consent: Consent) -> int:
    """Replay or discard the letters that are meant, with consent; the exit status.

    Letters that are buried from now on are not touched.

    Raises:
        InvalidInput: nothing says which letters are meant, or nobody can be asked.
        DependencyUnavailable: the broker went away meanwhile.
    """
    if not wanted.narrows and not consent.all_letters:
        raise InvalidInput(
            "which letters? name them, narrow them down (--stage, --error, --url, --older-than, --newer-than), "
            "or say --all"
        )
    counts, found = Counts(), list[Letter]()
    async for letter in letters.find(wanted.as_filter(now_ms)):
        counts.add(letter)
        found.append(_without_payload(letter))
    if not found:
        say(f"no dead letter matches: nothing to {how}")
        return 0
    counts.write(now_ms)
    if how == "replay" and (final := counts.final_errors):
        say(f"{' and '.join(final)}: no other try heals these; unless what made them fail was mended, they come back")
    if consent.dry_run:
        say(f"{_letters(len(found))} would be {_DONE[how]}; nothing was done")
        return 0
    if not _agreed(how, len(found), consent):
        say(f"nothing was {_DONE[how]}")
        return 1
    ended = await _end(letters, found, how)
    gone = f" ({len(found) - ended} gone already)" if ended < len(found) else ""
    say(f"{_letters(ended)} {_DONE[how]}{gone}; {_NEXT[how]}")
    return 0


async def _end(letters: DeadLetters, found: Sequence[Letter], how: Way) -> int:
    ended = 0
    with broken_off(lambda: f"{_letters(ended)} {_DONE[how]}", f"do the same again: nothing is {_DONE[how]} twice"):
        for start in range(0, len(found), _AT_ONCE):
            if start and start % _SAY_EVERY == 0:
                say(f"{start} of {len(found)}")
            ended += await letters.end(found[start : start + _AT_ONCE], how)
    return ended


def _agreed(how: Way, count: int, consent: Consent) -> bool:
    if consent.yes:
        return True
    if consent.ask is None:
        raise InvalidInput(f"{_letters(count)} would be {_DONE[how]}: say --yes to do it, --dry-run to only look")
    return consent.ask(f"{how.capitalize()} {_letters(count)}?")


async def _write_lines(connection: RedisConnection, wanted: LetterFilter, limit: int | None) -> None:
    written = 0
    async for letter in DeadLetters(connection).find(wanted):
        if limit is not None and written >= limit:
            return
        write_json_line(_as_json(letter))
        written += 1


def _write_letter(letter: Letter) -> None:
    said = {
        "letter": letter.name,
        "buried": f"{from_ms(letter.failed_at_ms):%Y-%m-%d %H:%M:%S} UTC",
        "error": f"{letter.error_type}: {letter.error}",
        "attempts": letter.attempts,
        "entry": f"{letter.entry_id} of {letter.stage}'s stream",
        **{name: value for name, value in letter.fields.items() if name != "payload"},
    }
    for name, value in said.items():
        print(printable(f"{name:<12}{value}"))
    if payload := letter.fields.get("payload"):
        print(f"payload\n{printable(_pretty(payload))}")


def _pretty(payload: str) -> str:
    try:
        return json.dumps(json.loads(payload), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        # What cannot be read is shown as it is: that may be why it lies here.
        return payload


def _as_json(letter: Letter) -> dict[str, Any]:
    return {
        "name": letter.name,
        "stage": letter.stage,
        "entry_id": letter.entry_id,
        "buried_at": from_ms(letter.failed_at_ms).isoformat(),
        "error_type": letter.error_type,
        "error": letter.error,
        "attempts": letter.attempts,
        "event_type": letter.event_type,
        "article_id": letter.article_id,
        "url": letter.url,
        "fetch_id": letter.fetch_id,
    }


def _without_payload(letter: Letter) -> Letter:
    return replace(letter, fields={name: value for name, value in letter.fields.items() if name != "payload"})


def _what_and_where(letter: Letter) -> str:
    where = letter.url or letter.article_id or letter.event_type or "an entry without a name"
    return f"{letter.error_type}: {letter.error}\n{where}"


def _widened(range_: tuple[int, int] | None, value: int) -> tuple[int, int]:
    return (value, value) if range_ is None else (min(range_[0], value), max(range_[1], value))


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


def _letters(count: int) -> str:
    return f"{count} letter{'' if count == 1 else 's'}"
