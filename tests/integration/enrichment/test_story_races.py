"""Stories that several workers change at once, and workers that end between two steps: real brokers, real scripts."""

import asyncio
import itertools
import multiprocessing
import random
from collections.abc import Iterator, Sequence

import pytest

from services.enrichment.stories.placing import Membership, PlaceArticles
from services.enrichment.stories.plan import Plan, Sought
from services.enrichment.stories.state import StoryState
from shared.clock import SystemClock
from shared.redis_client import RedisConnection, open_connection
from shared.settings import BusSettings
from tests.builders import an_article
from tests.prose import a_newcomer, cut, prose

_ROUNDS = 25
_STEPS = ("counts", "read", "commit")


class Turns:
    """Lets workers take their steps in the order that is given; once that is used up, as they like."""

    def __init__(self, order: Sequence[int]) -> None:
        self._order = list(order)
        self._moved = asyncio.Condition()

    async def take(self, worker: int) -> None:
        async with self._moved:
            await self._moved.wait_for(lambda: not self._order or self._order[0] == worker or self._absent(worker))

    async def taken(self, worker: int) -> None:
        async with self._moved:
            if self._order and self._order[0] == worker:
                self._order.pop(0)
            self._moved.notify_all()

    def _absent(self, worker: int) -> bool:
        return worker not in self._order


class Stepping(StoryState):
    """Waits for its turn before each step."""

    def __init__(self, connection: RedisConnection, turns: Turns, worker: int) -> None:
        super().__init__(connection)
        self._turns = turns
        self._worker = worker

    async def counts(self, features, now_ms):
        await self._turns.take(self._worker)
        answer = await super().counts(features, now_ms)
        await self._turns.taken(self._worker)
        return answer

    async def read(self, sought: Sequence[Sought], now_ms: int):
        await self._turns.take(self._worker)
        answer = await super().read(sought, now_ms)
        await self._turns.taken(self._worker)
        return answer

    async def commit(self, plan: Plan, now_ms: int):
        await self._turns.take(self._worker)
        answer = await super().commit(plan, now_ms)
        await self._turns.taken(self._worker)
        return answer


class Killed(Exception):
    """The worker is no more."""


class Mortal(StoryState):
    """Ends its worker at a step: before it reached the broker, or after it took effect there."""

    def __init__(self, connection: RedisConnection, step: str, *, after: bool) -> None:
        super().__init__(connection)
        self._step = step
        self._after = after

    async def counts(self, features, now_ms):
        return await self._at("counts", super().counts(features, now_ms))

    async def read(self, sought, now_ms):
        return await self._at("read", super().read(sought, now_ms))

    async def commit(self, plan, now_ms):
        return await self._at("commit", super().commit(plan, now_ms))

    async def _at(self, step, work):
        if step == self._step and not self._after:
            work.close()
            raise Killed
        answer = await work
        if step == self._step:
            raise Killed
        return answer


def interleavings() -> Iterator[tuple[int, ...]]:
    """Every order in which two workers can take their three steps."""
    for first in itertools.combinations(range(6), 3):
        yield tuple(0 if at in first else 1 for at in range(6))


@pytest.mark.parametrize("order", list(interleavings()), ids=lambda order: "".join(map(str, order)))
async def test_two_copies_in_two_workers_end_in_one_story_however_their_steps_fall(connection, clock, order):
    text = prose(1)
    turns = Turns(order)
    workers = [PlaceArticles(Stepping(connection, turns, at), clock, random.Random(at)) for at in (0, 1)]

    [one], [other] = await asyncio.gather(
        workers[0]([a_newcomer(1, text)]), workers[1]([a_newcomer(2, cut(text, 0.7))])
    )

    assert one.story_id == other.story_id
    later = max(one, other, key=lambda membership: membership.version)
    [event] = later.changed
    assert [(member.article_id, member.copy_of) for member in event.members] == [
        (an_article(1).article_id, None),
        (an_article(2).article_id, an_article(1).article_id),
    ]
    assert event.version == max(one.version, other.version)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", _STEPS)
async def test_what_a_worker_left_undone_is_done_once_by_the_next_one(connection, clock, step, after):
    text = prose(1)
    batch = [a_newcomer(1, text), a_newcomer(2, text), a_newcomer(3)]
    with pytest.raises(Killed):
        await PlaceArticles(Mortal(connection, step, after=after), clock, random.Random(1))(batch)

    state = StoryState(connection)
    placed = await PlaceArticles(state, clock, random.Random(1))(batch)

    assert [one.copy_of for one in placed] == [None, an_article(1).article_id, None]
    assert placed[0].story_id == placed[1].story_id != placed[2].story_id
    assert {event.size for one in placed for event in one.changed} == {2}
    assert (await state.counts([], clock.now_ms()))[0] == 3


async def test_many_workers_at_once_lose_no_copy(connection, clock):
    texts = [prose(seed) for seed in range(6)]
    batches = [[a_newcomer(100 * at + n, cut(text, 0.8)) for n, text in enumerate(texts)] for at in range(1, 6)]
    workers = [PlaceArticles(StoryState(connection), SystemClock(), random.Random(at)) for at in range(5)]

    placed = await asyncio.gather(*(worker(batch) for worker, batch in zip(workers, batches, strict=True)))

    by_text = list(zip(*placed, strict=True))
    assert [len({one.story_id for one in ones}) for ones in by_text] == [1] * len(texts)
    assert len({one.story_id for ones in by_text for one in ones}) == len(texts)


def work(url: str, prefix: str, worker: int, begin, results) -> None:
    """A process that places the worker's copy of each text, at the same moments as the others."""

    async def place_all() -> list[Membership]:
        connection = open_connection(BusSettings(redis_url=url, key_prefix=prefix))
        place = PlaceArticles(StoryState(connection), SystemClock(), random.Random(worker))
        placed = []
        for number in range(_ROUNDS):
            newcomer = a_newcomer(1000 * worker + number, cut(prose(number), 0.9 - 0.2 * worker), event=number)
            begin.wait()
            placed += await place([newcomer])
        await connection.close()
        return placed

    results.put((worker, asyncio.run(place_all())))


@pytest.mark.slow
def test_copies_that_two_processes_place_at_once_end_in_one_story(valkey_url):
    context = multiprocessing.get_context("spawn")
    begin, results = context.Barrier(2, timeout=60), context.Queue()
    prefix = f"races-{random.randbytes(6).hex()}:"
    processes = [context.Process(target=work, args=(valkey_url, prefix, at, begin, results)) for at in (0, 1)]

    for process in processes:
        process.start()
    placed = dict(results.get(timeout=90) for _ in processes)
    for process in processes:
        process.join(30)

    assert [one.story_id for one in placed[0]] == [other.story_id for other in placed[1]]
    for number, pair in enumerate(zip(placed[0], placed[1], strict=True)):
        [event] = max(pair, key=lambda one: one.version).changed
        original, copy = (an_article(1000 * worker + number).article_id for worker in (0, 1))
        assert [(one.article_id, one.copy_of) for one in event.members] == [(original, None), (copy, original)]
