from datetime import UTC, datetime

import pytest

from services.search.ui.wording import amount, counted, dollars, last_day_before, moment, money, spoken
from shared.events.enrichment import Money

AT = datetime(2026, 3, 2, 9, 5, 30, tzinfo=UTC)


def an_amount(value, currency, **fields):
    return Money(value=value, currency=currency, text="…", start=0, end=1, **fields)


@pytest.mark.parametrize(
    ("precision", "machine", "text"),
    [
        ("second", "2026-03-02T09:05:30+00:00", "2 March 2026, 09:05 UTC"),
        ("minute", "2026-03-02T09:05:30+00:00", "2 March 2026, 09:05 UTC"),
        ("day", "2026-03-02", "2 March 2026"),
        ("month", "2026-03", "March 2026"),
    ],
)
def test_a_time_is_said_no_more_exactly_than_it_is_known(precision, machine, text):
    said = moment(AT, precision)

    assert (said.machine, said.text) == (machine, text)
    assert said.exact == (precision in ("second", "minute"))


@pytest.mark.parametrize(
    ("value", "currency", "said"),
    [
        (1.2e9, "USD", "$1.2 billion"),
        (0.0029, "USD", "$0.0029"),
        (0.29, "EUR", "€0.29"),
        (950_000, "CHF", "CHF 950,000"),
        (450e6, "EUR", "€450 million"),
        (2e12, "JPY", "¥2 trillion"),
        (12.5, "GBP", "£12.50"),
        (972_000.0000001, "USD", "$972,000"),
        (-3e6, "USD", "$-3 million"),
    ],
)
def test_a_sum_is_said_with_its_currency_and_scale(value, currency, said):
    assert amount(value, currency) == said


def test_a_range_has_both_ends():
    assert money(an_amount(1e6, "USD", value_max=2e6)) == "$1 million to $2 million"


def test_another_currency_is_given_in_dollars_with_the_date_of_the_rate():
    assert dollars(an_amount(1e6, "EUR", value_usd=1.08e6, rate_date="2025")) == (
        "about $1.08 million at the rate of 2025"
    )


@pytest.mark.parametrize("item", [an_amount(1, "USD", value_usd=1), an_amount(1, "XAF")])
def test_dollars_are_not_converted_and_neither_is_what_has_no_rate(item):
    assert dollars(item) is None


@pytest.mark.parametrize(("number", "said"), [(0, "0 articles"), (1, "1 article"), (1204, "1,204 articles")])
def test_a_number_agrees_with_its_noun(number, said):
    assert counted(number, "article", "articles") == said


def test_a_quote_ends_without_the_comma_that_led_on_to_its_speaker():
    assert spoken("We insure satellites, and harvests, ") == "We insure satellites, and harvests"
    assert spoken("Enough.") == "Enough."


def test_the_last_day_before_an_instant_is_said_also_before_the_first_of_all():
    assert last_day_before(datetime(2026, 4, 1, tzinfo=UTC)) == "31 March 2026"
    assert last_day_before(datetime(2026, 4, 1, 12, tzinfo=UTC)) == "1 April 2026"
    assert last_day_before(datetime.min.replace(tzinfo=UTC)) == "1 January 1"
