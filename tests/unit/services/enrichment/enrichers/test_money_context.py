"""Currencies of several countries, told by the countries that a text names."""

import pytest

from services.enrichment.enrichers.money_context import Shared


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("Chile lent the mine money.", "PESO", "CLP"),
        ("Shops in Buenos Aires raised prices.", "PESO", "ARS"),
        ("Shops raised prices.", "PESO", None),
        ("Traders from Mexico met traders from Colombia.", "PESO", None),
        ("Karachi lost power, and Pakistan wants India to help Pakistan.", "RUPEE", "PKR"),
        ("Shops raised prices.", "RUPEE", "INR"),
        ("Kuwait raised wages.", "DINAR", "KWD"),
        ("Prices in Chinese shops.", "YEN OR YUAN", "CNY"),
        ("Prices in shops.", "YEN OR YUAN", "JPY"),
    ],
)
def test_the_country_that_is_named_most_says_whose_currency_it_is(text: str, name: str, code: str | None) -> None:
    assert Shared(text, "en").currency(name) == code


def test_a_text_in_chinese_writes_of_yuan_and_one_in_japanese_of_yen() -> None:
    assert Shared("日本", "zh").currency("YEN OR YUAN") == "CNY"
    assert Shared("中国", "ja").currency("YEN OR YUAN") == "JPY"
