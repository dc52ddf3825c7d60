import datetime as dt
import time

import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.money import money


@pytest.fixture
def read(knowledge, found_in):
    def read(text: str, language: str = "en", year: int = 2024):
        published = dt.datetime(year, 6, 1, tzinfo=dt.UTC)
        return money(ArticleText("", text, published), found_in(language), knowledge)

    return read


AMOUNTS = [
    ("en", "The model cost $5.58 million to train.", "$5.58 million", 5.58e6, None, "USD"),
    ("en", "It will spend US$3bn on two plants.", "US$3bn", 3e9, None, "USD"),
    ("en", "The fine of €1.2 billion stands.", "€1.2 billion", 1.2e9, None, "EUR"),
    ("en", "A fund of 300 million yuan was set up.", "300 million yuan", 3e8, None, "CNY"),
    ("en", "Sales reached RMB 5 bn last year.", "RMB 5 bn", 5e9, None, "CNY"),
    ("en", "The Tokyo firm raised ¥500 million in Japan.", "¥500 million", 5e8, None, "JPY"),
    ("en", "The Chinese city spends ¥500 million.", "¥500 million", 5e8, None, "CNY"),
    ("en", "A grant of £20m was approved.", "£20m", 2e7, None, "GBP"),
    ("en", "The bank set aside CHF 3.5 million.", "CHF 3.5 million", 3.5e6, None, "CHF"),
    ("en", "The state pledged ₹500 crore.", "₹500 crore", 5e9, None, "INR"),
    ("en", "Losses of Rs 2 lakh crore are feared.", "Rs 2 lakh crore", 2e12, None, "INR"),
    ("en", "It may cost between 2 and 3 billion dollars.", "2 and 3 billion dollars", 2e9, 3e9, "USD"),
    ("en", "It may cost between $2bn and $3bn.", "$2bn and $3bn", 2e9, 3e9, "USD"),
    ("en", "Analysts expect $2-3 billion.", "$2-3 billion", 2e9, 3e9, "USD"),
    ("en", "Analysts expect $900 million to $1.2 billion.", "$900 million to $1.2 billion", 9e8, 1.2e9, "USD"),
    ("en", "They raised two billion dollars.", "two billion dollars", 2e9, None, "USD"),
    ("en", "They lost half a billion euros.", "half a billion euros", 5e8, None, "EUR"),
    ("en", "A ticket costs $1,234.56 now.", "$1,234.56", 1234.56, None, "USD"),
    ("en", "He owes 5,000 pounds sterling.", "5,000 pounds sterling", 5000.0, None, "GBP"),
    ("en", "It was worth 500 million Hong Kong dollars.", "500 million Hong Kong dollars", 5e8, None, "HKD"),
    ("en", "The chaebol will invest 300 billion won.", "300 billion won", 3e11, None, "KRW"),
    ("en", "A $500-million-a-year contract.", "$500-million", 5e8, None, "USD"),
    ("en", "He was awarded two and a half million dollars.", "two and a half million dollars", 2.5e6, None, "USD"),
    ("en", "A farm worth forty-five million euros.", "forty-five million euros", 4.5e7, None, "EUR"),
    ("en", "They stole three hundred thousand dollars.", "three hundred thousand dollars", 3e5, None, "USD"),
    ("en", "A coat for two hundred dollars.", "two hundred dollars", 200.0, None, "USD"),
    ("en", "It holds US $6 million.", "US $6 million", 6e6, None, "USD"),
    ("en", "A market of $2.5T by then.", "$2.5T", 2.5e12, None, "USD"),
    ("en", "Rent of $4MM a year.", "$4MM", 4e6, None, "USD"),
    ("en", "It earned 32 cents a share.", "32 cents", 0.32, None, "USD"),
    ("en", "A pint is 80 pence there.", "80 pence", 0.8, None, "GBP"),
    ("und", "20.000 Euro.", "20.000 Euro", 20_000.0, None, "EUR"),
    ("es", "Costó 45,5 millones de euros.", "45,5 millones de euros", 4.55e7, None, "EUR"),
    ("de", "Das kostet 1,2 Milliarden Euro.", "1,2 Milliarden Euro", 1.2e9, None, "EUR"),
    ("de", "Ein Bußgeld von 10.000 Euro.", "10.000 Euro", 10_000.0, None, "EUR"),
    ("de", "Der Schaden: 1 Billion Euro.", "1 Billion Euro", 1e12, None, "EUR"),
    ("de", "Kosten von 2 bis 3 Mio. Euro drohen.", "2 bis 3 Mio. Euro", 2e6, 3e6, "EUR"),
    ("fr", "Un plan de 3 milliards d'euros.", "3 milliards d'euros", 3e9, None, "EUR"),
    ("fr", "Une amende de 10 000 euros.", "10 000 euros", 10_000.0, None, "EUR"),
    ("fr", "Il coûte 5 M€ par an.", "5 M€", 5e6, None, "EUR"),
    ("zh", "公司投资50亿美元建厂。", "50亿美元", 5e9, None, "USD"),
    ("zh", "计划投资300亿元人民币。", "300亿元人民币", 3e10, None, "CNY"),
    ("zh", "融资20亿至30亿美元。", "20亿至30亿美元", 2e9, 3e9, "USD"),
]


@pytest.mark.parametrize(("language", "text", "span", "value", "value_max", "currency"), AMOUNTS)
def test_an_amount_is_read_with_its_span(read, language, text, span, value, value_max, currency):
    (amount,) = read(text, language)

    assert (amount.text, amount.value, amount.value_max, amount.currency) == (span, value, value_max, currency)
    assert text[amount.start : amount.end] == span


@pytest.mark.parametrize(
    "text",
    [
        "More than 5 million people live there.",
        "Leaders of the G20 met on page 12 of the history books.",
        "Shares of $NVDA rose 5 percent.",
        "He lost 20 pounds in a year.",
        "The 27 won their games.",
        "All 20 euro zone members agreed.",
        "Costs are given in 2015 dollars.",
        "Euro 2024 drew 3 million visitors.",
        "The 7 nm chip has 80 billion transistors.",
        "It is the $64,000 question.",
        "That is a million-dollar question.",
        "The Nine Million Dollar Dog was a series.",
        "She added her two cents.",
        "A dollar is a dollar.",
        "Two million pounds of butter were stored.",
        "A calf of nine pounds was born.",
    ],
)
def test_what_is_no_amount_of_money_is_left_alone(read, text):
    assert read(text) == ()


def test_a_change_from_one_amount_to_another_is_two_amounts(read):
    amounts = read("Revenue rose from $2 billion to $3 billion.")

    assert [amount.value for amount in amounts] == [2e9, 3e9]


def test_a_number_of_people_does_not_join_the_amount_before_it(read):
    (amount,) = read("It gave $5 million to 3 million people.")

    assert (amount.value, amount.value_max) == (5e6, None)


def test_an_amount_in_another_currency_is_given_in_dollars_with_the_year_of_the_rate(read):
    (amount,) = read("It cost 100 million euros.", year=2022)

    assert amount.value_usd == pytest.approx(105.3e6)
    assert amount.rate_date == "2022"


def test_a_year_past_the_table_takes_the_last_known_rate(read, knowledge):
    (amount,) = read("It cost 100 million euros.", year=2099)

    assert amount.rate_date == str(knowledge.exchange_rates.rate("EUR", None).year)


def test_dollars_need_no_rate(read):
    (amount,) = read("It cost $7.")

    assert (amount.value_usd, amount.rate_date) == (7.0, None)


def test_a_number_beyond_all_bounds_is_no_amount(read):
    assert read("$" + "1" * 5000) == ()


NAMES = """
INR rupees|PKR Pakistani rupees|RUB roubles|RUB rubles|SEK Swedish kronor|NOK Norwegian kroner|DKK Danish kroner
PLN zlotys|CZK Czech koruna|HUF forints|UAH hryvnias|TRY Turkish lira|ILS shekels|SAR riyals|AED dirhams|BRL reais
MXN Mexican pesos|ZAR rand
IDR rupiah|MYR ringgit|THB baht|VND Vietnamese dong|NGN naira|CHF Swiss francs|SGD Singapore dollars|JPY yen
EGP Egyptian pounds|CNY renminbi|USD dólares|RUB Rubel|INR roupies
"""


@pytest.mark.parametrize("name_with_code", NAMES.strip().replace("\n", "|").split("|"))
def test_the_name_of_a_currency_is_read(read, name_with_code):
    currency, _, name = name_with_code.partition(" ")

    (amount,) = read(f"The plant cost 30 million {name} in all.")

    assert (amount.value, amount.currency, amount.text) == (30e6, currency, f"30 million {name}")


def test_amounts_far_apart_in_a_long_text_are_all_read(read):
    gap = "Nothing was said of money for a long while. " * 50

    amounts = read(f"It cost $5 million. {gap}They paid 3 million euros. {gap}He got £7.")

    assert [amount.text for amount in amounts] == ["$5 million", "3 million euros", "£7"]


def test_the_rate_that_was_used_is_named_beside_its_year(read):
    (amount,) = read("It cost 100 million euros.", year=2022)

    assert amount.value_usd == pytest.approx(amount.value * amount.usd_rate)
    assert amount.origin.startswith("rule:")


def test_yen_or_yuan_by_context_is_less_sure(read):
    (yuan,) = read("The Chinese city spends ¥500 million.")
    (euro,) = read("The city spends €500 million.")

    assert yuan.confidence < euro.confidence


def test_an_amount_has_its_purpose(read):
    funding, valuation = read("Tarnwell raised $120 million at a valuation of $2 billion.")

    assert (funding.purpose, valuation.purpose) == ("funding", "valuation")


def test_a_text_of_nothing_but_signs_is_read_in_linear_time(read):
    started = time.process_time()

    amounts = read("$5 ¥ 3 million euros, £ " * 5_000)

    assert len(amounts) == 2_000
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("Johannesburg lent R1.5 billion to the railway.", 1.5e9, "ZAR"),
        ("The road cost KSh400 million.", 4e8, "KES"),
        ("The lender lost Dh90 million.", 9e7, "AED"),
        ("Jakarta spent Rp 3 trillion.", 3e12, "IDR"),
        ("Gamblers in Manila lost 20 million pesos.", 2e7, "PHP"),
        ("Lahore, Pakistan: the mill owes 3 billion rupees.", 3e9, "PKR"),
    ],
)
def test_letters_and_shared_names_of_currencies_are_read(read, text, value, currency):
    (amount,) = read(text)

    assert (amount.value, amount.currency) == (value, currency)


@pytest.mark.parametrize(
    "text", ["The R2 and the RM 3 are trains.", "A few hundred million dollars are lost.", "They owe 30 million pesos."]
)
def test_what_tells_no_currency_or_no_number_is_no_amount(read, text):
    assert not read(text)


@pytest.mark.parametrize(
    ("text", "value", "value_max"),
    [
        ("Bids ranged from €20m to €35m.", 2e7, 3.5e7),
        ("It may fetch anywhere from $1 billion to $2 billion.", 1e9, 2e9),
        ("Three quarters of a million euros went missing.", 7.5e5, None),
    ],
)
def test_a_span_that_is_said_with_from_and_a_fraction_of_a_million_are_amounts(read, text, value, value_max):
    (amount,) = read(text)

    assert (amount.value, amount.value_max) == (value, value_max)
