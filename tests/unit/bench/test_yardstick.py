import pytest

from shared.clock import SystemClock
from tests.bench.yardstick import Yardstick


class Noted(Yardstick):
    """One whose work took so many milliseconds at so many moments."""

    def __init__(self, *taken: tuple[float, float]) -> None:
        super().__init__(SystemClock())
        self._taken = list(taken)


def test_the_mean_is_that_of_the_moments_asked_for():
    yardstick = Noted((1.0, 5.0), (2.0, 6.0), (3.0, 8.0), (4.0, 90.0))

    assert yardstick.mean_ms(2.0, 3.5) == pytest.approx(7.0)


def test_between_two_moments_the_one_before_counts():
    assert Noted((1.0, 5.0), (9.0, 8.0)).mean_ms(2.0, 3.0) == 5.0


async def test_the_work_is_measured_as_soon_as_it_begins():
    clock, yardstick = SystemClock(), Yardstick(SystemClock())
    began_s = clock.monotonic_s()

    async with yardstick.held():
        took_ms = yardstick.mean_ms(began_s, clock.monotonic_s())

    assert took_ms > 0
