"""What one service asks of another, and its answer: commands travel on a stream, answers wait under a key."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar
from uuid import uuid4

from shared.bus.envelope import encode
from shared.clock import Clock, from_ms
from shared.errors import DependencyUnavailable, LimitExceeded, PermanentFailure
from shared.events.commands import (
    Command,
    CommandAnswer,
    CrawlerCommand,
    Discover,
    EnrichmentCommand,
    ForgetArticle,
    MergeStories,
    Refusal,
    SiteFound,
    SplitStory,
    StoriesRearranged,
    VisitNow,
    VisitsDue,
)
from shared.redis_client import RedisConnection
from shared.topology import COMMANDS_CRAWLER, COMMANDS_ENRICHMENT

# So many unanswered questions mean that nobody answers: more would only fill the broker.
MAX_WAITING = 200
MAX_ANSWER_BYTES = 256_000
# Whoever asked has the answer by then, or has gone.
_KEPT_S = 600
_LOOK_EVERY_S = 0.1
# What is forgotten must not wait for a person: it is done whenever enrichment runs again.
_FORGET_WITHIN_S = 30 * 86_400.0
Result = TypeVar("Result", SiteFound, VisitsDue, StoriesRearranged)


async def discover(connection: RedisConnection, url: str, clock: Clock, *, timeout_s: float) -> SiteFound:
    """The doors of a site, found by a crawler; raises as `visit_now`."""
    asked = _crawler_command(Discover(url=url), clock, timeout_s)
    return await _ask(connection, asked, SiteFound, clock, timeout_s)


async def visit_now(connection: RedisConnection, source_id: str, clock: Clock, *, timeout_s: float) -> VisitsDue:
    """Have the doors of a source visited at their hosts' next turns.

    Raises:
        PermanentFailure: the crawler refuses, and says why.
        LimitExceeded: too many commands wait already.
        DependencyUnavailable: no crawler answers in time; the command is left undone then.
    """
    asked = _crawler_command(VisitNow(source_id=source_id), clock, timeout_s)
    return await _ask(connection, asked, VisitsDue, clock, timeout_s)


async def split_story(
    connection: RedisConnection, story_id: str, article_ids: Sequence[str], clock: Clock, *, timeout_s: float
) -> StoriesRearranged:
    """Make members of a story a story of their own; answers both, the old one first. Raises as `visit_now`."""
    ask = SplitStory(story_id=story_id, article_ids=tuple(article_ids))
    return await _ask(connection, _enrichment_command(ask, clock, timeout_s), StoriesRearranged, clock, timeout_s)


async def merge_stories(
    connection: RedisConnection, into: str, story_id: str, clock: Clock, *, timeout_s: float
) -> StoriesRearranged:
    """Let the story `into` take over the members of another; answers both. Raises as `visit_now`."""
    ask = MergeStories(into=into, story_id=story_id)
    return await _ask(connection, _enrichment_command(ask, clock, timeout_s), StoriesRearranged, clock, timeout_s)


async def forget_in_stories(connection: RedisConnection, article_id: str, clock: Clock) -> None:
    """Have an article taken out of its story. Nobody waits for it: it is done as soon as enrichment runs.

    Raises:
        LimitExceeded: too many commands wait already.
    """
    await _put(connection, _enrichment_command(ForgetArticle(article_id=article_id), clock, _FORGET_WITHIN_S))


async def answer(connection: RedisConnection, said: CommandAnswer) -> None:
    """Leave the answer for whoever asked; one that is too large is replaced by a refusal."""
    text = said.model_dump_json()
    if len(text.encode()) > MAX_ANSWER_BYTES:
        refusal = Refusal(reason=f"the answer has more than {MAX_ANSWER_BYTES} bytes")
        text = said.model_copy(update={"result": refusal}).model_dump_json()
    await connection.client.set(_key(connection, said.command_id), text, ex=_KEPT_S)


def _crawler_command(ask: Discover | VisitNow, clock: Clock, within_s: float) -> CrawlerCommand:
    asked_at = from_ms(clock.now_ms())
    expires_at = asked_at + timedelta(seconds=within_s)
    return CrawlerCommand(command_id=uuid4().hex, asked_at=asked_at, expires_at=expires_at, ask=ask)


def _enrichment_command(
    ask: SplitStory | MergeStories | ForgetArticle, clock: Clock, within_s: float
) -> EnrichmentCommand:
    asked_at = from_ms(clock.now_ms())
    expires_at = asked_at + timedelta(seconds=within_s)
    return EnrichmentCommand(command_id=uuid4().hex, asked_at=asked_at, expires_at=expires_at, ask=ask)


async def _ask(
    connection: RedisConnection,
    command: CrawlerCommand | EnrichmentCommand,
    expected: type[Result],
    clock: Clock,
    timeout_s: float,
) -> Result:
    asked = await _put(connection, command)
    said = await _answer_to(command, asked, connection, clock, timeout_s)
    if isinstance(said.result, Refusal):
        raise PermanentFailure(said.result.reason)
    if not isinstance(said.result, expected):
        raise PermanentFailure(
            f"{asked} answers a {command.ask.kind} with a {said.result.kind}: start the same version"
        )
    return said.result


async def _put(connection: RedisConnection, command: CrawlerCommand | EnrichmentCommand) -> str:
    """Put the command where whoever it is meant for reads it; who that is."""
    to_crawler = isinstance(command, CrawlerCommand)
    stream, asked = (COMMANDS_CRAWLER, "a crawler") if to_crawler else (COMMANDS_ENRICHMENT, "enrichment")
    key = connection.key(stream.name)
    if await connection.client.xlen(key) >= MAX_WAITING:
        raise LimitExceeded(
            f"{MAX_WAITING} commands wait for {asked} already: `newsweir status` says whether it is running"
        )
    await connection.client.xadd(key, encode(command))
    return asked


async def _answer_to(
    command: Command, asked: str, connection: RedisConnection, clock: Clock, timeout_s: float
) -> CommandAnswer:
    until_s = clock.monotonic_s() + timeout_s
    while (text := await connection.client.getdel(_key(connection, command.command_id))) is None:
        if clock.monotonic_s() >= until_s:
            raise DependencyUnavailable(
                f"no answer from {asked} within {timeout_s:g} s: `newsweir status` says whether it is running"
            )
        await clock.sleep(_LOOK_EVERY_S)
    return CommandAnswer.model_validate_json(text)


def _key(connection: RedisConnection, command_id: str) -> str:
    return connection.key("answers", command_id)
