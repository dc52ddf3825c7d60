"""What the benchmarks print is computed as they say."""

import pytest

from tests.bench.comparison import Mark, Speed, median_speed, ratio, speed


def at(*rates: float) -> list[Speed]:
    return [Speed(messages_per_s=rate, cpu_us=1e6 / rate) for rate in rates]


def test_a_speed_is_counted_between_the_first_mark_and_the_last():
    marks = [Mark(20, 5.0, 1.0), Mark(40, 5.1, 1.05), Mark(220, 7.0, 2.0)]

    assert speed(marks) == Speed(messages_per_s=100, cpu_us=5000)


@pytest.mark.parametrize("marks", [[], [Mark(20, 5.0, 1.0)], [Mark(20, 5.0, 1.0), Mark(40, 5.0, 1.0)]])
def test_a_speed_without_a_stretch_of_time_is_refused(marks):
    with pytest.raises(ValueError, match="two marks"):
        speed(marks)


def test_a_ratio_is_taken_within_each_round_so_that_a_slow_moment_spoils_one_round_alone():
    measured, reference = at(60, 6, 70), at(100, 10, 100)

    assert str(ratio(measured, reference)) == "0.60 (0.60 to 0.70)"


def test_rounds_of_unequal_number_are_refused():
    with pytest.raises(ValueError, match="longer"):
        ratio(at(1), at(1, 2))


def test_the_median_of_speeds_is_taken_figure_by_figure():
    assert median_speed([Speed(10, 7), Speed(30, 9), Speed(20, 8)]) == Speed(20, 8)
