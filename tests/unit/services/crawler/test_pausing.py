import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.crawler.pausing import Pausing, read_pause
from shared.bus.lag import Pause
from shared.errors import DependencyUnavailable

BEHIND = Pause("high-water", "enrichment is 5000 events behind")
FULL = Pause("memory", "the broker uses 90% of its maxmemory")
NO_ROOM = Pause("disk", "the disk of data has 1.0 GB of 100 GB left")
LOST = Pause("state", "the broker has lost its state")


class Told:
    """A guard that answers what it was told."""

    def __init__(self) -> None:
        self.answer: Pause | None = None
        self.asked = 0

    async def pause(self) -> Pause | None:
        self.asked += 1
        return self.answer


@pytest.fixture
def guard():
    return Told()


@pytest.fixture
def pausing(connection, guard, clock):
    return Pausing(connection, [guard], clock)


async def asked_for(pausing, clock, seconds: float) -> list[bool]:
    """The answers to a question every half second."""
    answers = []
    for _ in range(round(seconds / 0.5)):
        answers.append(await pausing.allows())
        clock.advance(0.5)
    return answers


async def test_a_pause_is_said_once_and_its_end_too(pausing, guard, clock):
    with capture_logs() as said:
        guard.answer = LOST
        paused = await asked_for(pausing, clock, 120)
        guard.answer = None
        going = await asked_for(pausing, clock, 5)

    assert (set(paused), set(going)) == ({False}, {True})
    assert [(line["log_level"], line["event"]) for line in said] == [
        ("error", "crawling pauses"),
        ("info", "crawling goes on"),
    ]
    assert said[0]["reason"] == LOST.reason


@pytest.mark.parametrize(("pause", "level"), [(BEHIND, "info"), (FULL, "warning"), (NO_ROOM, "error"), (LOST, "error")])
async def test_what_costs_nothing_is_said_quietly(pausing, guard, pause, level):
    guard.answer = pause

    with capture_logs() as said:
        await pausing.allows()

    assert [line["log_level"] for line in said] == [level]


async def test_one_that_stops_and_goes_at_the_mark_says_so_once_a_minute(pausing, guard, clock):
    with capture_logs() as said:
        for _ in range(119):
            guard.answer = None if guard.answer else BEHIND
            await asked_for(pausing, clock, 1)

    assert len([line for line in said if line["event"] == "crawling pauses"]) == 2
    assert len([line for line in said if line["event"] == "crawling goes on"]) == 2


async def test_another_reason_is_said_at_once(pausing, guard, clock):
    with capture_logs() as said:
        for guard.answer in (BEHIND, FULL):
            await asked_for(pausing, clock, 1)

    assert [line["reason"] for line in said] == [BEHIND.reason, FULL.reason]


async def test_the_first_guard_that_objects_is_believed(connection, clock):
    first, second = Told(), Told()
    first.answer, second.answer = LOST, BEHIND
    pausing = Pausing(connection, [first, second], clock)

    allowed = await pausing.allows()

    assert not allowed
    assert second.asked == 0
    assert await read_pause(connection) == LOST


async def test_guards_are_not_asked_before_every_claim(pausing, guard, clock):
    for _ in range(10):
        await pausing.allows()

    clock.advance(0.5)
    await pausing.allows()

    assert guard.asked == 2


async def test_others_can_read_why_for_as_long_as_it_lasts(connection, pausing, guard, clock):
    before = await read_pause(connection)
    guard.answer = FULL

    await pausing.allows()

    key = connection.key("crawler", "paused")
    assert before is None
    assert await read_pause(connection) == FULL
    assert 0 < await connection.client.ttl(key) <= 10


async def test_the_metric_names_the_reason(pausing, guard, clock):
    def paused_for(reason: str) -> float | None:
        return REGISTRY.get_sample_value("newsweir_crawler_paused", {"reason": reason})

    guard.answer = FULL
    await pausing.allows()
    full = (paused_for("memory"), paused_for("state"))
    guard.answer = None
    clock.advance(1)
    await pausing.allows()

    assert full == (1, 0)
    assert paused_for("memory") == 0


@pytest.mark.parametrize("remedied", [LOST, NO_ROOM])
async def test_a_crawler_is_unready_only_where_a_person_must_act(pausing, guard, remedied):
    await pausing.check_state()
    guard.answer = BEHIND
    await pausing.allows()
    await pausing.check_state()

    guard.answer = remedied
    await pausing.allows()

    with pytest.raises(DependencyUnavailable, match=remedied.reason):
        await pausing.check_state()


async def test_a_broker_that_takes_no_word_makes_no_difference(connection, guard, clock):
    guard.answer = FULL
    pausing = Pausing(connection, [guard], clock)
    await connection.client.config_set("maxmemory", 1_000_000)
    try:
        allowed = await pausing.allows()
    finally:
        await connection.client.config_set("maxmemory", 0)

    assert not allowed
