import pytest

from services.cli.ages import ago, parse_age
from shared.errors import InvalidInput

NOW = 1_772_452_800_000


@pytest.mark.parametrize(
    ("age", "ms"), [("90s", 90_000), ("15m", 900_000), ("2h", 7_200_000), ("3d", 259_200_000), (" 0s ", 0)]
)
def test_an_age_is_a_number_and_a_unit(age, ms):
    assert parse_age("--older-than", age) == ms


@pytest.mark.parametrize("age", ["", "5", "h", "5x", "-5m", "1.5h", "5 m", "5m5s", "9999999d", "٣d x"])
def test_what_is_no_age_is_refused_by_the_name_of_its_option(age):
    with pytest.raises(InvalidInput, match=r"--older-than: .* is no age: write it as 90s, 15m, 2h or 3d"):
        parse_age("--older-than", age)


@pytest.mark.parametrize(
    ("passed_ms", "words"),
    [
        (0, "0s ago"),
        (59_999, "59s ago"),
        (60_000, "1m ago"),
        (7_199_999, "1h ago"),
        (86_400_000 * 400, "400d ago"),
        (-5_000, "0s ago"),
    ],
)
def test_a_time_is_told_in_the_largest_unit_that_fits(passed_ms, words):
    assert ago(NOW - passed_ms, NOW) == words
