"""Yearly average exchange rates to the US dollar, from a table that users may replace."""

import csv
import math
from pathlib import Path
from typing import NamedTuple

from shared.errors import ConfigurationError


class Rate(NamedTuple):
    """What one unit of a currency was worth in US dollars, and the year that holds for."""

    usd_per_unit: float
    year: int


class ExchangeRates:
    """Rates by currency and year; a year without a rate takes the nearest one that has."""

    def __init__(self, rates: dict[str, dict[int, float]]) -> None:
        self._rates = rates

    def rate(self, currency: str, year: int | None) -> Rate | None:
        """The rate of the year, else of the nearest known year; without a year the latest; None if none is known."""
        by_year = self._rates.get(currency)
        if not by_year:
            return None
        wanted = max(by_year) if year is None else min(by_year, key=lambda known: (abs(known - year), -known))
        return Rate(by_year[wanted], wanted)


def read_exchange_rates(path: Path) -> ExchangeRates:
    """The table of a CSV file with the columns year, currency (ISO 4217), usd_per_unit.

    Raises:
        ConfigurationError: the file is missing, or a line does not fit; the message names it.
    """
    rates: dict[str, dict[int, float]] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                rates.setdefault(row["currency"], {})[int(row["year"])] = _rate(row["usd_per_unit"])
    except (OSError, KeyError, ValueError, TypeError, csv.Error) as error:
        raise ConfigurationError(f"exchange rates {path}: {error}; columns are year,currency,usd_per_unit") from error
    return ExchangeRates(rates)


def _rate(written: str) -> float:
    rate = float(written)
    # Python reads "nan" and "inf" as well; no JSON does.
    if not 0 < rate < math.inf:
        raise ValueError(f"{written!r} is no rate")
    return rate
