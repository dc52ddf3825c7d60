"""What nouns for roles say of their bearers."""

import pytest


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("[Quartz] is a wholly owned subsidiary of [Meridian].", "Quartz subsidiary_of Meridian"),
        ("[Quartz], a unit of the Swiss group [Meridian], makes pumps.", "Quartz subsidiary_of Meridian"),
        ("[Quartz] operates as a division of [Meridian].", "Quartz subsidiary_of Meridian"),
        ("[Quartz] is now part of [Meridian].", "Quartz subsidiary_of Meridian"),
        ("As a subsidiary of [Meridian], [Quartz] reports no figures.", "Quartz subsidiary_of Meridian"),
        ("[Meridian] is the parent company of [Quartz].", "Quartz subsidiary_of Meridian"),
        ("[Quartz]'s parent company, [Meridian], declined to comment.", "Quartz subsidiary_of Meridian"),
        ("[Quartz] and its parent [Meridian] declined to comment.", "Quartz subsidiary_of Meridian"),
        ("[Meridian]'s [Quartz] unit lost money.", "Quartz subsidiary_of Meridian"),
        ("[Quartz] is a [Meridian] subsidiary.", "Quartz subsidiary_of Meridian"),
        ("[Meridian] and its subsidiary [Quartz] were fined.", "Quartz subsidiary_of Meridian"),
    ],
)
def test_who_belongs_to_whom_is_told_in_many_ways(said, sentence, relation):
    assert said(sentence) == [relation]


@pytest.mark.parametrize(
    ("sentence", "relations"),
    [
        ("[Quartz]'s investors include [Meridian] and [Basalt].",
         ["Meridian invests_in Quartz", "Basalt invests_in Quartz"]),
        ("Investors in [Quartz] include [Meridian].", ["Meridian invests_in Quartz"]),
        ("[Quartz] builds rockets; its backers include [Meridian].", ["Meridian invests_in Quartz"]),
        ("[Quartz] builds rockets. Investors include [Meridian].", ["Meridian invests_in Quartz"]),
        ("Notable investments made by [Meridian] include [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Meridian], an early investor in [Quartz], sold nothing.", ["Meridian invests_in Quartz"]),
        ("[Meridian]'s partners include [Quartz].", ["Quartz partners_with Meridian"]),
        ("[Meridian] provides software to clients such as [Quartz] and [Basalt].",
         ["Meridian supplies Quartz", "Meridian supplies Basalt"]),
        ("[Meridian]'s customers include [Quartz] and [Basalt].",
         ["Meridian supplies Quartz", "Meridian supplies Basalt"]),
        ("[Quartz] is a customer of [Meridian].", ["Meridian supplies Quartz"]),
        ("[Quartz] supplier [Meridian] shut a factory.", ["Meridian supplies Quartz"]),
        ("[Meridian]'s main rivals are [Quartz] and [Basalt].",
         ["Quartz competes_with Meridian", "Basalt competes_with Meridian"]),
        ("[Meridian], a competitor of [Quartz], cut prices.", ["Meridian competes_with Quartz"]),
        ("[Meridian] was one of the first partners of [Quartz].", ["Meridian partners_with Quartz"]),
        ("[Meridian] founder [person:Ada Byron] spoke.", ["Meridian founded_by Ada Byron"]),
        ("[person:Ada Byron], the founder and chief executive of [Meridian], spoke.",
         ["Meridian founded_by Ada Byron"]),
    ],
)  # fmt: skip
def test_a_role_joins_its_bearers_with_another(said, sentence, relations):
    assert said(sentence) == relations


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("[Meridian]-owned [Quartz] cut prices.", "Quartz subsidiary_of Meridian"),
        ("[Meridian]-backed [Quartz] plans a listing.", "Meridian invests_in Quartz"),
        ("[Meridian]-backed rocket maker [Quartz] plans a listing.", "Meridian invests_in Quartz"),
    ],
)
def test_a_hyphen_joins_an_owner_or_backer_with_a_company(said, sentence, relation):
    assert said(sentence) == [relation]


@pytest.mark.parametrize(
    "sentence",
    [
        "[Meridian] said rivals such as [Quartz] were welcome.",
        "[Meridian] bought Basalt as part of a deal with lawyers of [Quartz].",
        "[Meridian] and [Quartz] each have a subsidiary.",
        "The parent of a pupil sued [Meridian] at the gates of [Quartz].",
        "[Meridian] said that investors in Asia sold [Quartz].",
        "[Meridian] bought Basalt, a startup that was once a part of [Quartz]'s strategy.",
        "[Meridian] praised a supplier; [Quartz] did not.",
    ],
)
def test_a_role_of_someone_else_joins_no_one(said, sentence):
    assert said(sentence) == []


def test_a_role_that_begins_a_title_has_no_owner_before_it(said):
    assert said("founders: [person:Ada], [person:Tom]") == []


@pytest.mark.parametrize(
    ("sentence", "relations"),
    [
        ("[Quartz] lists [Meridian] and [Basalt] among its backers.",
         ["Meridian invests_in Quartz", "Basalt invests_in Quartz"]),
        ("[Quartz], [Meridian]'s largest supplier, shut a plant.", ["Quartz supplies Meridian"]),
        ("[Quartz] founder and chairman [person:Ada Byron] resigned.", ["Quartz founded_by Ada Byron"]),
        ("[Meridian] is seen as a bidder for [Quartz].", ["Meridian acquires Quartz"]),
    ],
)  # fmt: skip
def test_a_role_may_follow_those_who_have_it(said, sentence, relations):
    assert said(sentence) == relations
