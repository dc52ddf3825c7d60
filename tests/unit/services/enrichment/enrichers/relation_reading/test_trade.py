"""What verbs say that have a thing for their object: money put into a company, goods that come from one."""

import pytest


@pytest.mark.parametrize(
    ("sentence", "relations"),
    [
        ("[Meridian] pumped a further €40m into [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Meridian] has put more than $3 billion into [Quartz] so far.", ["Meridian invests_in Quartz"]),
        ("[Meridian] injected ¥9 billion into the struggling lender [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Meridian] pledged support and committed £25 million to [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Meridian] put pressure on [Quartz].", []),
        ("[Meridian] poured cold water on talk of [Quartz].", []),
    ],
)
def test_money_put_into_a_company_is_an_investment(said, sentence, relations):
    assert said(sentence) == relations


@pytest.mark.parametrize(
    ("sentence", "relations"),
    [
        ("[Meridian] will buy steel from [Quartz].", ["Quartz supplies Meridian"]),
        ("[Meridian] agreed to purchase uranium from [Quartz] until 2035.", ["Quartz supplies Meridian"]),
        ("[Meridian] uses software developed by [Quartz].", ["Quartz supplies Meridian"]),
        ("[Meridian] deploys radios built by [Quartz] and [Basalt].",
         ["Quartz supplies Meridian", "Basalt supplies Meridian"]),
        ("[Meridian] secured an order from [Quartz] for ferries.", ["Meridian supplies Quartz"]),
        ("[Quartz] placed its largest order with [Meridian].", ["Meridian supplies Quartz"]),
    ],
)  # fmt: skip
def test_goods_that_come_from_a_company_are_supplied_by_it(said, sentence, relations):
    assert said(sentence) == relations


@pytest.mark.parametrize(
    "sentence",
    [
        "[Meridian] bought its stake from [Quartz].",
        "[Meridian] bought a hotel from [Quartz].",
        "[Meridian] bought a rival business from [Quartz].",
        "[Meridian] urged drivers to buy tyres from [Quartz].",
        "[Meridian] received a court order in a case against [Quartz].",
    ],
)
def test_a_single_thing_or_a_part_of_a_company_is_no_supply(said, sentence):
    assert [relation for relation in said(sentence) if "supplies" in relation] == []


@pytest.mark.parametrize(
    ("sentence", "relations"),
    [
        ("[Meridian] and [Quartz] jointly designed the sensor.", ["Meridian partners_with Quartz"]),
        ("[Meridian] is building the plant together with [Quartz].", ["Meridian partners_with Quartz"]),
        ("[Meridian] and [Quartz] both make sensors.", []),
    ],
)
def test_what_two_do_together_makes_them_partners(said, sentence, relations):
    assert said(sentence) == relations
