"""What verbs of business news say of their parties."""

import pytest


@pytest.mark.parametrize(
    ("sentence", "relations"),
    [
        ("[Meridian] acquired [Quartz Labs] in March 2021.", ["Meridian acquires Quartz Labs"]),
        ("Chipmaker [Meridian] has agreed to buy smaller rival [Quartz] for $4.5bn.", ["Meridian acquires Quartz"]),
        ("[Meridian], based in Lyon, said on Monday it would acquire [Quartz].", ["Meridian acquires Quartz"]),
        ("[Meridian] to buy [Quartz] in $2 billion deal", ["Meridian acquires Quartz"]),
        ("[Meridian] was founded in 1990 and bought [Quartz] ten years later.", ["Meridian acquires Quartz"]),
        ("[Meridian], which took over [Quartz] in 2011, makes valves.", ["Meridian acquires Quartz"]),
        ("[Meridian] grew by acquiring [Quartz].", ["Meridian acquires Quartz"]),
        ("[Meridian] snapped up Danish drone maker [Quartz].", ["Meridian acquires Quartz"]),
        ("[Meridian] raised fresh money to buy out [Quartz].", ["Meridian acquires Quartz"]),
        ("[Meridian] bought several rivals, including [Quartz] and [Basalt].",
         ["Meridian acquires Quartz", "Meridian acquires Basalt"]),
        ("[Meridian] bought [Quartz], a maker of lenses, and [Basalt].",
         ["Meridian acquires Quartz", "Meridian acquires Basalt"]),
        ("[Schist] hired [Meridian], a startup that acquired [Quartz].", ["Meridian acquires Quartz"]),
        ("[Meridian] is a company that acquired [Quartz].", ["Meridian acquires Quartz"]),
        ("[Meridian] of Dayton, Ohio, acquired [Quartz].", ["Meridian acquires Quartz"]),
        ("In London, [Meridian] bought [Quartz].", ["Meridian acquires Quartz"]),
    ],
)  # fmt: skip
def test_an_active_verb_tells_who_acquires_whom(said, sentence, relations):
    assert said(sentence) == relations


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("[Quartz] was acquired by [Meridian] last year.", "Meridian acquires Quartz"),
        ("[Quartz] will be bought by the Dutch group [Meridian] for €90m.", "Meridian acquires Quartz"),
        ("[Quartz], acquired in 2019 by [Meridian], makes lasers.", "Meridian acquires Quartz"),
        ("[Quartz] was bought from Basalt Holdings by [Meridian].", "Meridian acquires Quartz"),
        ("[Quartz] was acquired and reorganised by [Meridian].", "Meridian acquires Quartz"),
        ("[Quartz] agreed to be taken over by [Meridian].", "Meridian acquires Quartz"),
        ("Ten years later the owners sold [Quartz] to [Meridian].", "Meridian acquires Quartz"),
        ("[Quartz] has been sold to private equity firm [Meridian] for $80 million.", "Meridian acquires Quartz"),
        ("Basalt is selling [Quartz] to [Meridian].", "Meridian acquires Quartz"),
        ("[Quartz] makes lasers. In 2012, the company was purchased by [Meridian].", "Meridian acquires Quartz"),
        ("Formerly owned by Basalt, [Quartz] was sold to [Meridian].", "Meridian acquires Quartz"),
        ("An agreement was announced for [Meridian] to acquire [Quartz].", "Meridian acquires Quartz"),
    ],
)
def test_a_passive_or_a_sale_tells_who_acquires_whom(said, sentence, relation):
    assert said(sentence) == [relation]


@pytest.mark.parametrize(
    ("sentence", "relations"),
    [
        ("[Meridian] invested $20 million in [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Meridian] and [Basalt] have invested in [Quartz].",
         ["Meridian invests_in Quartz", "Basalt invests_in Quartz"]),
        ("[Quartz] raised $40 million in a round led by [Meridian], with participation from [Basalt].",
         ["Meridian invests_in Quartz", "Basalt invests_in Quartz"]),
        ("[Quartz] has raised €5m from [Meridian] and existing investor [Basalt].",
         ["Meridian invests_in Quartz", "Basalt invests_in Quartz"]),
        ("[Quartz], backed by [Meridian] and [Basalt], builds rockets.",
         ["Meridian invests_in Quartz", "Basalt invests_in Quartz"]),
        ("Backed by [Meridian], [Quartz] builds rockets.", ["Meridian invests_in Quartz"]),
        ("[Quartz] closed a $9 million seed round from investors including [Meridian].",
         ["Meridian invests_in Quartz"]),
        ("[Meridian] led a $9 million seed round in [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Meridian] took a 12% stake in [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Meridian] acquired a minority stake in [Quartz].", ["Meridian invests_in Quartz"]),
        ("A 30 percent stake in [Quartz] was sold to [Meridian].", ["Meridian invests_in Quartz"]),
        ("[Quartz] received an investment from [Meridian] in May 2020.", ["Meridian invests_in Quartz"]),
        ("[Quartz] is partly owned by [Meridian].", ["Meridian invests_in Quartz"]),
        ("[person:Ada Byron] invested in [Quartz].", ["Ada Byron invests_in Quartz"]),
    ],
)  # fmt: skip
def test_money_for_a_part_of_a_company_is_an_investment(said, sentence, relations):
    assert said(sentence) == relations


@pytest.mark.parametrize(
    ("sentence", "relations"),
    [
        ("[Meridian] owns [Quartz].", ["Quartz subsidiary_of Meridian"]),
        ("[Quartz] is owned by [Meridian].", ["Quartz subsidiary_of Meridian"]),
        ("[Quartz] belongs to [Meridian].", ["Quartz subsidiary_of Meridian"]),
        ("[Quartz], which is owned by [Meridian], and [Schist], owned by [Basalt], grew.",
         ["Quartz subsidiary_of Meridian", "Schist subsidiary_of Basalt"]),
        ("[Meridian] merged with [Quartz] in 2005.", ["Meridian merges_with Quartz"]),
        ("[Meridian] and [Quartz] plan to merge.", ["Meridian merges_with Quartz"]),
        ("[Quartz] was merged with [Meridian].", ["Quartz merges_with Meridian"]),
        ("[Meridian] has partnered with [Quartz] to build batteries.", ["Meridian partners_with Quartz"]),
        ("[Meridian] teamed up with [Quartz] and [Basalt].",
         ["Meridian partners_with Quartz", "Meridian partners_with Basalt"]),
        ("[Meridian] is collaborating with [Quartz]'s Institute of Optics.", ["Meridian partners_with Quartz"]),
        ("[Meridian] joined forces with [Quartz] against Basalt.", ["Meridian partners_with Quartz"]),
        ("Partnering with [Quartz], [Meridian] opened a school.", ["Meridian partners_with Quartz"]),
    ],
)  # fmt: skip
def test_ownership_merger_and_partnership(said, sentence, relations):
    found = said(sentence)

    assert found == relations or ("_with" in found[0] and [" ".join(reversed(found[0].split()))] == relations)


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("[Meridian] supplies batteries to [Quartz].", "Meridian supplies Quartz"),
        ("[Meridian] supplies [Quartz] with batteries.", "Meridian supplies Quartz"),
        ("[Meridian] makes engines for [Quartz].", "Meridian supplies Quartz"),
        ("[Meridian] sells engines to [Quartz].", "Meridian supplies Quartz"),
        ("[Quartz] ordered 40 engines from [Meridian].", "Meridian supplies Quartz"),
        ("[Meridian] is used by [Quartz].", "Meridian supplies Quartz"),
        ("[Meridian] competes with [Quartz] in cloud services.", "Meridian competes_with Quartz"),
        ("[Meridian] sued [Quartz] over patents.", "Meridian sues Quartz"),
        ("[Quartz] was sued by [person:Ada Byron] in Delaware.", "Ada Byron sues Quartz"),
        ("[Quartz] is regulated by [Banking Authority].", "Banking Authority regulates Quartz"),
        ("[Banking Authority] supervises [Quartz].", "Banking Authority regulates Quartz"),
        ("[Meridian] appointed [person:Ada Byron] as chief executive.", "Meridian appoints Ada Byron"),
        ("[Meridian] named former Basalt executive [person:Ada Byron] its finance chief.",
         "Meridian appoints Ada Byron"),
        ("[person:Ada Byron] was named chief executive of [Meridian].", "Meridian appoints Ada Byron"),
        ("[person:Ada Byron] joins [Meridian] as head of design.", "Meridian appoints Ada Byron"),
        ("[Meridian] was founded in 2003 by [person:Ada Byron].", "Meridian founded_by Ada Byron"),
        ("[person:Ada Byron], who co-founded [Meridian], left.", "Meridian founded_by Ada Byron"),
    ],
)  # fmt: skip
def test_supply_competition_law_and_people(said, sentence, relation):
    assert said(sentence) == [relation]


@pytest.mark.parametrize(
    "sentence",
    [
        "[Meridian] and [Quartz] fell on Tuesday.",
        "Shares of [Meridian] rose after Basalt acquired [Quartz].",
        "[Meridian] said Basalt would acquire [Quartz].",
        "A unit of [Meridian] acquired [Quartz].",
        "[Meridian] bought a building from [Quartz].",
        "[Meridian] acquired Basalt from [Quartz].",
        "Analysts at [Meridian] expect [Quartz] to acquire Basalt.",
        "[Meridian] hired a lawyer who had worked against [Quartz].",
        "[Meridian] beat [Quartz] to the market by a year.",
        "[Meridian] sold phones. [Quartz] bought a stadium.",
        "The chief executive of [Meridian] once worked at [Quartz].",
        "[Meridian] owns several [Quartz] franchises.",
        "[Meridian] named its new office after [Quartz].",
        "[person:Ada Byron] acquired [person:Alan Kay].",
        "[person:Ada Byron] said the company would buy [Quartz].",
        "[Meridian] moved its shares from [Quartz] to Basalt.",
        "[Meridian] bought advertisements during the final, and [Quartz] did not.",
        "[Meridian] released its software for [person:Ada Byron] in June.",
        "Both [Meridian] and [Quartz] use steam.",
        "[Meridian] led the index while [Quartz] trailed it.",
        "Unlike [Meridian], [Quartz] builds its own aircraft.",
        "[Meridian] was fined, and Basalt agreed to buy [Quartz].",
        "At [Meridian] you can buy a plan, just like [Quartz].",
        "[Meridian] raised prices after complaints from [Quartz].",
    ],
)
def test_two_companies_in_a_sentence_need_not_have_to_do_with_each_other(said, sentence):
    assert said(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "relations"),
    [
        ("[Meridian] will invest up to €900 million in [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Meridian] may invest as much as $1 billion in [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Meridian] lifted its shareholding in [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Meridian], which holds 7 percent of [Quartz], abstained.", ["Meridian invests_in Quartz"]),
        ("[Meridian] owns a quarter of [Quartz].", ["Meridian invests_in Quartz"]),
        ("[Quartz] raised €8m from [Meridian], with [Basalt] participating.",
         ["Meridian invests_in Quartz", "Basalt invests_in Quartz"]),
        ("[Quartz], which [Meridian] acquired last year, makes pumps.", ["Meridian acquires Quartz"]),
        ("[Meridian] has taken over [Quartz].", ["Meridian acquires Quartz"]),
        ("[Meridian] might bid for [Quartz].", ["Meridian acquires Quartz"]),
        ("[Meridian] took [Quartz] to court.", ["Meridian sues Quartz"]),
        ("[Quartz] was taken to court by [Meridian].", ["Meridian sues Quartz"]),
        ("[Meridian] took [Quartz] to dinner.", []),
    ],
)  # fmt: skip
def test_amounts_relative_clauses_and_perfects_do_not_hide_an_object(said, sentence, relations):
    assert said(sentence) == relations
