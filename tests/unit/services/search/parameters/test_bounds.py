import pytest

from services.search.parameters.form import Form, Given
from services.search.parameters.query_string import InvalidParameter
from services.search.parameters.ranges import amounts
from services.search.parameters.times import times
from tests.builders import NOON

AMOUNTS = amounts("At least.", "Below.")
TIMES = times("Since.", "Until.")


def given(**said: str) -> Given:
    return Form((*AMOUNTS.parameters, *TIMES.parameters)).read(said.items(), NOON)


def test_each_side_may_be_left_open():
    assert AMOUNTS.of(given()) == (None, None)
    assert AMOUNTS.of(given(amount_from="2.5m")) == (2_500_000.0, None)


@pytest.mark.parametrize(
    ("bounds", "said", "wrong"),
    [
        (AMOUNTS, {"amount_from": "2m", "amount_to": "1m"}, "amount_to"),
        (AMOUNTS, {"amount_from": "1m", "amount_to": "1m"}, "amount_to"),
        (TIMES, {"from": "2026-03-02", "to": "2026-03-01"}, "to"),
    ],
)
def test_an_end_that_leaves_nothing_is_refused_by_its_name(bounds, said, wrong):
    with pytest.raises(InvalidParameter, match="exchange the two") as refused:
        bounds.of(given(**said))

    assert refused.value.parameter == wrong


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        (AMOUNTS, {"amount_from": "2500000", "amount_to": "10000000"}),
        (TIMES, {"from": "2026-03-01", "to": "2026-03-31"}),
        (TIMES, {"from": "", "to": "2026-03-31T18:00:00Z"}),
    ],
)
def test_bounds_are_written_as_they_are_read(bounds, said):
    assert dict(bounds.pairs(*bounds.of(given(**said)))) == said
