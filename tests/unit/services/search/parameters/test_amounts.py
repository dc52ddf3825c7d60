import pytest

from services.search.parameters.amounts import amount, written_amount


@pytest.mark.parametrize(
    ("text", "dollars"), [("5", 5.0), ("2.5m", 2.5e6), ("1BN", 1e9), ("$3k", 3e3), ("1_000", 1e3), ("2tn", 2e12)]
)
def test_an_amount_may_be_written_short(text, dollars):
    assert amount(text) == dollars


@pytest.mark.parametrize("text", ["", "-1", "1e9", "m", "1.", "nan", "9" * 40])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="no amount"):
        amount(text)


@pytest.mark.parametrize("dollars", [0.5, 5.0, 2.5e6, 1e12])
def test_what_is_written_is_read_back(dollars):
    assert amount(written_amount(dollars)) == dollars


def test_no_amount_is_written_as_nothing():
    assert written_amount(None) == ""
