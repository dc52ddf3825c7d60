import pytest

from services.enrichment.enrichers.relation_reading.reading import relations_in
from tests.unit.services.enrichment.enrichers.relation_reading.conftest import parties_of


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("[Meridian] acquired [Quartz] last year.", "completed"),
        ("[Meridian] has completed its acquisition of [Quartz].", "completed"),
        ("[Meridian] has built a 28% stake in [Quartz].", "completed"),
        ("[Meridian] will acquire [Quartz].", "announced"),
        ("[Meridian] has agreed to buy [Quartz].", "announced"),
        ("[Meridian] buys [Quartz] for $2bn in cash.", "announced"),
        ("[Meridian] is in talks to buy [Quartz].", "rumoured"),
        ("[Meridian] may announce a takeover of [Quartz].", "rumoured"),
        ("[Meridian] is reportedly considering buying [Quartz].", "rumoured"),
        ("[Meridian] denied that it would acquire [Quartz].", "denied"),
        ("[Meridian] will not acquire [Quartz].", "denied"),
        ("[Meridian] has no plans to buy [Quartz].", "denied"),
        ("[Quartz] is not a subsidiary of [Meridian].", "denied"),
        ("[Quartz] rejected a takeover bid from [Meridian].", "denied"),
        ("[Meridian] abandoned its acquisition of [Quartz].", "terminated"),
        ("[Meridian]'s merger with [Quartz] was called off.", "terminated"),
        ("[Meridian] ended its partnership with [Quartz].", "terminated"),
        ("[Meridian]'s bid for [Quartz] was blocked.", "terminated"),
    ],
)
def test_a_relation_says_how_far_it_has_come(told, sentence, status):
    assert told(sentence).status == status


@pytest.mark.parametrize(
    "sentence",
    [
        "[Meridian] competes with [Quartz].",
        "[Meridian] not only competes with [Quartz].",
        "[Quartz]'s investors include [Meridian].",
        "[Meridian] holds a 5% stake in [Quartz].",
        "[Quartz] is a subsidiary of [Meridian].",
        "[Meridian]'s acquisition of [Quartz] has changed much.",
    ],
)
def test_a_lasting_state_has_no_status(told, sentence):
    assert told(sentence).status is None


def test_what_another_sentence_denies_is_no_denial(told):
    assert told("[Meridian] will not comment. It acquired [Quartz] in 2019.").status == "completed"


@pytest.mark.parametrize(
    ("sentence", "percent"),
    [
        ("[Meridian] bought 12.5% of [Quartz].", 12.5),
        ("[Meridian] acquired a 51 per cent stake in [Quartz].", 51),
        ("[Meridian] acquired a majority stake in [Quartz].", None),
        ("40% of [Quartz] is owned by [Meridian].", 40),
        ("[Meridian], whose sales grew 8%, bought [Quartz].", None),
        ("[Meridian] bought 140% of [Quartz].", None),
        ("[Meridian] supplies 30% of the pumps of its plant to [Quartz].", None),
    ],
)
def test_the_share_is_told_in_percent(told, sentence, percent):
    assert told(sentence).stake_percent == percent


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("[Meridian] wasn't in talks to buy [Quartz].", "denied"),
        ("[Meridian] can't buy [Quartz].", "denied"),
        ("[Meridian] and [Quartz] are ending their alliance.", "terminated"),
        ("[Meridian] has offloaded its stake in [Quartz].", "terminated"),
        ("[Meridian] sold part of its stake in [Quartz].", None),
        ("The takeover of [Quartz] by [Meridian] was completed in spring.", "completed"),
        ("[Meridian] is close to buying [Quartz].", "rumoured"),
        ("[Meridian] is a suitor for [Quartz].", "rumoured"),
        ("[Quartz] accepted an all-share offer from [Meridian].", "announced"),
        ("[Meridian] made a bid for [Quartz].", "announced"),
    ],
)
def test_sales_closings_and_offers_tell_the_status(told, sentence, status):
    assert told(sentence).status == status


@pytest.mark.parametrize(
    ("sentence", "percent"),
    [
        ("[Meridian] lifted its stake in [Quartz] to 12.5%.", 12.5),
        ("[Meridian] reduced its holding in [Quartz] from 8 percent to 6 percent.", 6.0),
        ("[Meridian] owns a tenth of [Quartz].", 10.0),
    ],
)
def test_a_stake_is_what_it_has_come_to(told, sentence, percent):
    assert told(sentence).stake_percent == percent


def test_a_sale_ends_the_stake_of_who_sells_and_not_of_who_buys():
    text, parties = parties_of("[Meridian] sold its stake in [Quartz] to [Basalt].")

    found = {relation.subject: relation.status for relation in relations_in(text, parties)}

    assert found == {"Meridian": "terminated", "Basalt": "completed"}
