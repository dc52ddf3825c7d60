from hypothesis import given
from hypothesis import strategies as st

from shared.bus.breaker import FEWEST_EVENTS, WINDOW_EVENTS, Breaker


def test_a_stage_in_which_most_events_fail_opens_the_breaker():
    breaker = Breaker(0.5)

    breaker.record(failed=11, succeeded=9)

    assert breaker.open
    assert str(breaker) == "11 of the last 20 events failed"


def test_half_of_the_events_may_fail():
    breaker = Breaker(0.5)

    breaker.record(failed=10, succeeded=10)

    assert not breaker.open


def test_a_few_events_say_nothing_yet():
    breaker = Breaker(0.5)

    breaker.record(failed=FEWEST_EVENTS - 1, succeeded=0)

    assert not breaker.open


def test_the_breaker_closes_once_enough_succeeds():
    breaker = Breaker(0.5)
    breaker.record(failed=100, succeeded=0)

    breaker.record(failed=0, succeeded=100)

    assert not breaker.open


def test_pauses_grow_while_it_is_open_and_start_anew_after_it_was_closed():
    breaker = Breaker(0.5)
    breaker.record(failed=20, succeeded=0)
    growing = [breaker.pause_s() for _ in range(6)]

    breaker.record(failed=0, succeeded=WINDOW_EVENTS)
    breaker.record(failed=WINDOW_EVENTS, succeeded=0)

    assert growing == [5, 10, 20, 40, 60, 60]
    assert breaker.pause_s() == 5


def test_a_breaker_that_is_open_for_days_goes_on_pausing():
    breaker = Breaker(0.5)
    breaker.record(failed=20, succeeded=0)

    assert {breaker.pause_s() for _ in range(5_000)} == {5, 10, 20, 40, 60}


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=20))
def test_a_share_of_one_never_opens(batches):
    breaker = Breaker(1.0)

    for failed, succeeded in batches:
        breaker.record(failed=failed, succeeded=succeeded)

    assert not breaker.open
