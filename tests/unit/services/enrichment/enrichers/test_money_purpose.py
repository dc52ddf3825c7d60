import pytest

from services.enrichment.enrichers.money_purpose import Context

# The amount stands between braces.
CASES = [
    ("The utility drew {$90 million} in revolving loans.", 9e7, "debt"),
    ("The city sold {$90 million} of ten-year bonds.", 9e7, "debt"),
    ("The {$40 million-a-year} grant runs out.".replace("-a-year}", "}-a-year"), 4e7, "subsidy"),
    ("They put it at {$7 billion} pre-money.", 7e9, "valuation"),
    ("It pays {$0.60} a share in dividends.", 0.6, "dividend"),
    ("It earned {$1.10} per share.", 1.1, "profit"),
    ("It paid {$80 million} in cash for the bus business.", 8e7, "acquisition"),
    ("It paid {$80} for the bus.", 80, None),
    ("The fine is 2% of sales or {€3 million}.", 3e6, "fine"),
    ("The lab spent {$40 million} on training its model.", 4e7, "training_cost"),
    ("Training the model cost {$12 million}.", 1.2e7, "training_cost"),
    ("The firm is valued at {$3 billion}.", 3e9, "valuation"),
    ("It won a {$3 billion} valuation.", 3e9, "valuation"),
    ("The start-up raised {$30 million}.", 3e7, "funding"),
    ("START-UP RAISED {$30 MILLION}.", 3e7, "funding"),
    ("Die Übernahme für {30 Millionen Euro}.", 3e7, "acquisition"),
    ("It closed a {$30 million} Series B round.", 3e7, "funding"),
    ("It agreed to buy the rival for {$2 billion}.", 2e9, "acquisition"),
    ("The {$2 billion} all-share takeover is off.", 2e9, "acquisition"),
    ("They bought a bicycle for {$900}.", 900, "price"),
    ("It sold the division for {$400 million}.", 4e8, "acquisition"),
    ("The house sold for {$2 million}.", 2e6, "price"),
    ("Revenue rose to {$8 billion}.", 8e9, "revenue"),
    ("It had {$8 billion} in sales.", 8e9, "revenue"),
    ("Net income was {$77 million}.", 7.7e7, "profit"),
    ("It posted a {$77 million} loss.", 7.7e7, "loss"),
    ("It was fined {$5 million}.", 5e6, "fine"),
    ("It must pay {$5 million} in penalties.", 5e6, "fine"),
    ("It will pay {$5 million} to settle the claims.", 5e6, "settlement"),
    ("She won {$5 million} in damages.", 5e6, "damages"),
    ("It will invest {$5 billion} in ports.", 5e9, "investment"),
    ("It will spend {$5 billion} on a new plant.", 5e9, "investment"),
    ("She spent {$12} on lunch.", 12, None),
    ("The bridge will cost {$5 billion}.", 5e9, "cost"),
    ("The jacket costs {$50}.", 50, "price"),
    ("Oil rose to {$80} a barrel.", 80, "price"),
    ("It raised its dividend to {$2}.", 2, "dividend"),
    ("It will buy back {$2 billion} of stock.", 2e9, "buyback"),
    ("It has {$2 billion} of debt.", 2e9, "debt"),
    ("The navy awarded it a {$2 billion} contract.", 2e9, "contract"),
    ("She gave {$1 million} to the school.", 1e6, "donation"),
    ("Her salary is {$90,000}.", 9e4, "compensation"),
    ("The gang asked for a ransom of {$1 million}.", 1e6, "ransom"),
    ("Die Firma erhielt ein Bußgeld von {2 Millionen Euro}.", 2e6, "fine"),
    ("Le chiffre d'affaires est de {2 millions d'euros}.", 2e6, "revenue"),
    ("公司融资{3亿美元}。", 3e8, "funding"),
    ("Exports fell to {$11 billion}.", 1.1e10, None),
]


@pytest.mark.parametrize(("marked", "value", "purpose"), CASES)
def test_the_nearest_words_say_what_an_amount_is_for(marked, value, purpose):
    start, end = marked.index("{"), marked.index("}") - 1
    text = marked.replace("{", "").replace("}", "")

    assert Context(text).purpose_of(start, end, value, 0) == purpose


def test_an_amount_joined_to_the_one_before_is_for_the_same():
    text = "Sales fell from $5 billion to $4 billion."
    context = Context(text)

    purposes = [context.purpose_of(text.index(a), text.index(a) + len(a), 4e9, 0) for a in ("$5 billion", "$4 billion")]

    assert purposes == ["revenue", "revenue"]


def test_words_before_an_amount_say_nothing_of_the_next_one_that_is_not_joined_to_it():
    text = "Sales fell to $5 billion while the company had quietly moved $4 billion abroad."
    context = Context(text)

    purposes = [context.purpose_of(text.index(a), text.index(a) + len(a), 4e9, 0) for a in ("$5 billion", "$4 billion")]

    assert purposes == ["revenue", None]


def test_words_of_another_sentence_say_nothing_of_an_amount():
    text = "Revenue was fine. It moved $5 billion abroad."
    start = text.index("$")

    assert Context(text).purpose_of(start, start + 10, 5e9, text.index("It")) is None
