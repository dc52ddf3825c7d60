import pytest

from services.enrichment.enrichers.money_numbers import value_of


@pytest.mark.parametrize(
    ("written", "magnitude", "language", "value"),
    [
        ("5.58", "million", "en", 5_580_000),
        ("1,200", None, "en", 1_200),
        ("1.200,5", None, "de", 1_200.5),
        ("1 200,5", None, "fr", 1_200.5),
        ("1’200’000", None, "en", 1_200_000),
        ("1,5", "Milliarden", "und", 1_500_000_000),
        ("2.500", None, "und", 2_500),
        ("0.125", None, "en", 0.125),
        ("twenty-five", "million", "en", 25_000_000),
        ("two and a half", "billion", "en", 2_500_000_000),
        ("three hundred", None, "en", 300),
        ("2", "Billionen", "de", 2e12),
    ],
)
def test_a_number_is_read_in_the_conventions_of_its_language(written, magnitude, language, value):
    assert value_of(written, magnitude, language) == value
