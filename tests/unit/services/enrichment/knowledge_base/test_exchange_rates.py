from pathlib import Path

import pytest

from services.enrichment.knowledge_base.exchange_rates import Rate, read_exchange_rates
from shared.errors import ConfigurationError

TABLE = "year,currency,usd_per_unit\n2020,EUR,1.1\n2022,EUR,1.0\n"


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "rates.csv"
    path.write_text(TABLE)
    return path


def test_the_rate_of_the_year_is_taken(path):
    assert read_exchange_rates(path).rate("EUR", 2020) == Rate(1.1, 2020)


def test_without_a_year_the_latest_rate_is_taken(path):
    assert read_exchange_rates(path).rate("EUR", None) == Rate(1.0, 2022)


def test_a_year_without_a_rate_takes_the_nearest_and_of_two_the_later(path):
    assert read_exchange_rates(path).rate("EUR", 2030) == Rate(1.0, 2022)
    assert read_exchange_rates(path).rate("EUR", 2021) == Rate(1.0, 2022)


def test_an_unknown_currency_has_no_rate(path):
    assert read_exchange_rates(path).rate("XYZ", 2020) is None


@pytest.mark.parametrize(
    "table",
    [
        "year,currency\n2020,EUR\n",
        *(
            f"year,currency,usd_per_unit\n2020,EUR,{rate}\n"
            for rate in ("dear", "nan", "inf", "0", "-1.1", "1" * 200_000)
        ),
    ],
    ids=["no column", "a word", "no number", "endless", "nothing", "a debt", "too long"],
)
def test_a_table_that_does_not_fit_is_refused(path, table):
    path.write_text(table)

    with pytest.raises(ConfigurationError, match=r"rates\.csv"):
        read_exchange_rates(path)
