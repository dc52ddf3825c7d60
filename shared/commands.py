"""What one service asks of another, and its answer: commands travel on a stream, answers wait under a key."""

from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

from shared.bus.envelope import encode
from shared.clock import Clock, from_ms
from shared.errors import DependencyUnavailable, LimitExceeded, PermanentFailure
from shared.events.commands import CommandAnswer, CrawlerCommand, Discover, Refusal, SiteFound, VisitNow, VisitsDue
from shared.redis_client import RedisConnection
from shared.topology import COMMANDS_CRAWLER

# So many unanswered questions mean that nobody answers: more would only fill the broker.
MAX_WAITING = 200
MAX_ANSWER_BYTES = 256_000
# Whoever asked has the answer by then, or has gone.
_KEPT_S = 600
_LOOK_EVERY_S = 0.1
Result = TypeVar("Result", SiteFound, VisitsDue)


async def discover(connection: RedisConnection, url: str, clock: Clock, *, timeout_s: float) -> SiteFound:
    """The doors of a site, found by a crawler; raises as `visit_now`."""
    return await _ask(connection, Discover(url=url), SiteFound, clock, timeout_s)


async def visit_now(connection: RedisConnection, source_id: str, clock: Clock, *, timeout_s: float) -> VisitsDue:
    """Have the doors of a source visited at their hosts' next turns.

    Raises:
        PermanentFailure: the crawler refuses, and says why.
        LimitExceeded: too many commands wait already.
        DependencyUnavailable: no crawler answers in time; the command is left undone then.
    """
    return await _ask(connection, VisitNow(source_id=source_id), VisitsDue, clock, timeout_s)


async def answer(connection: RedisConnection, said: CommandAnswer) -> None:
    """Leave the answer for whoever asked; one that is too large is replaced by a refusal."""
    text = said.model_dump_json()
    if len(text.encode()) > MAX_ANSWER_BYTES:
        refusal = Refusal(reason=f"the answer has more than {MAX_ANSWER_BYTES} bytes")
        text = said.model_copy(update={"result": refusal}).model_dump_json()
    await connection.client.set(_key(connection, said.command_id), text, ex=_KEPT_S)


async def _ask(
    connection: RedisConnection, ask: Discover | VisitNow, expected: type[Result], clock: Clock, timeout_s: float
) -> Result:
    asked_at = from_ms(clock.now_ms())
    command = CrawlerCommand(
        command_id=uuid4().hex, asked_at=asked_at, expires_at=asked_at + timedelta(seconds=timeout_s), ask=ask
    )
    stream = connection.key(COMMANDS_CRAWLER.name)
    if await connection.client.xlen(stream) >= MAX_WAITING:
        raise LimitExceeded(
            f"{MAX_WAITING} commands wait for a crawler already: `newsweir status` says whether one is running"
        )
    await connection.client.xadd(stream, encode(command))
    said = await _answer_to(command, connection, clock, timeout_s)
    if isinstance(said.result, Refusal):
        raise PermanentFailure(said.result.reason)
    if not isinstance(said.result, expected):
        raise PermanentFailure(f"the crawler answers a {ask.kind} with a {said.result.kind}: start the same version")
    return said.result


async def _answer_to(
    command: CrawlerCommand, connection: RedisConnection, clock: Clock, timeout_s: float
) -> CommandAnswer:
    until_s = clock.monotonic_s() + timeout_s
    while (text := await connection.client.getdel(_key(connection, command.command_id))) is None:
        if clock.monotonic_s() >= until_s:
            raise DependencyUnavailable(
                f"no crawler answered within {timeout_s:g} s: `newsweir status` says whether one is running"
            )
        await clock.sleep(_LOOK_EVERY_S)
    return CommandAnswer.model_validate_json(text)


def _key(connection: RedisConnection, command_id: str) -> str:
    return connection.key("answers", command_id)
