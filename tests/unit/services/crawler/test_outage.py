from services.crawler.outage import Outage
from tests.fakes import FakeClock


def test_a_broker_that_is_away_is_waited_for_in_ever_longer_steps(clock: FakeClock):
    outage = Outage(clock)
    waits = []

    for _ in range(8):
        waits.append(outage.seen(ConnectionError("refused")))
        clock.advance(waits[-1])

    assert waits == [0.5, 0.5, 1, 2, 4, 8, 15, 15]


def test_the_next_outage_starts_with_a_short_wait(clock: FakeClock):
    outage = Outage(clock)
    outage.seen(ConnectionError("refused"))
    clock.advance(100)
    outage.over()

    assert outage.seen(ConnectionError("refused")) == 0.5
