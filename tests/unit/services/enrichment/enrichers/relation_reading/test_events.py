"""What nouns for events say of those who take part."""

import pytest


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("Regulators approved the acquisition of [Quartz] by [Meridian].", "Meridian acquires Quartz"),
        ("[Meridian]'s $3 billion takeover of [Quartz] was welcomed.", "Meridian acquires Quartz"),
        ("[Meridian] announced its acquisition of lidar startup [Quartz].", "Meridian acquires Quartz"),
        ("On 3 May 2022, [Meridian] completed the purchase of [Quartz].", "Meridian acquires Quartz"),
        ("[Quartz] has grown since its acquisition by [Meridian].", "Meridian acquires Quartz"),
        ("With the takeover of [Quartz], [Meridian] became the market leader.", "Meridian acquires Quartz"),
        ("[Quartz] received a takeover offer from [Meridian].", "Meridian acquires Quartz"),
        ("[Meridian]'s $2 billion bid for [Quartz] was raised.", "Meridian acquires Quartz"),
        ("[Meridian]'s investment in [Quartz] paid off.", "Meridian invests_in Quartz"),
        ("A $7 million round in [Quartz] was led by [Meridian].", "Meridian invests_in Quartz"),
        ("[Quartz] grew with funding from [Meridian].", "Meridian invests_in Quartz"),
        ("[Meridian] filed a lawsuit against [Quartz].", "Meridian sues Quartz"),
        ("[Meridian] won a contract from [Quartz] for 40 trains.", "Meridian supplies Quartz"),
    ],
)
def test_a_deed_has_a_doer_and_one_it_is_done_to(said, sentence, relation):
    assert said(sentence) == [relation]


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("The merger of [Meridian] and [Quartz] creates a giant.", "Meridian merges_with Quartz"),
        ("[Meridian] announced a merger with [Quartz].", "Meridian merges_with Quartz"),
        ("[Meridian] and [Quartz] have formed a joint venture.", "Meridian partners_with Quartz"),
        ("[Meridian] and [Quartz] expanded their partnership on hydrogen.", "Meridian partners_with Quartz"),
        ("A joint venture between [Meridian] and [Quartz] will run the plant.", "Meridian partners_with Quartz"),
        ("[Meridian] entered into a long-term strategic partnership with [Quartz].", "Meridian partners_with Quartz"),
        ("[Meridian] launched the card in collaboration with [Quartz].", "Meridian partners_with Quartz"),
        ("In partnership with [Quartz], [Meridian] opened a school.", "Meridian partners_with Quartz"),
        ("[Meridian] signed a deal with [Quartz].", "Meridian partners_with Quartz"),
    ],
)
def test_a_mutual_event_joins_two(said, sentence, relation):
    assert said(sentence) == [relation]


@pytest.mark.parametrize(
    "sentence",
    [
        "[Meridian] welcomed the merger of two banks, and [Quartz] the sun.",
        "[Meridian] watched the acquisition of Basalt by [Quartz].",
        "[Meridian] fell after a lawsuit; [Quartz] rose.",
        "[Meridian] allowed customers to purchase books from [Quartz].",
        "A partnership is what [Meridian] lacks, said [Quartz].",
    ],
)
def test_an_event_elsewhere_joins_no_one(said, sentence):
    assert said(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "relations"),
    [
        ("A complaint brought by [Meridian] against [Quartz] was dismissed.", ["Meridian sues Quartz"]),
        ("The takeover by [Meridian] of [Quartz] needs approval.", ["Meridian acquires Quartz"]),
        ("[Quartz] spurned an unsolicited offer from [Meridian].", ["Meridian acquires Quartz"]),
        ("[Quartz] took up a loan offer from [Meridian].", []),
        ("[Meridian] prepared an offer for [Quartz].", ["Meridian acquires Quartz"]),
        ("[Meridian] and [Quartz] ended merger talks.", ["Meridian merges_with Quartz"]),
        ("[Meridian] and [Quartz] signed a memorandum of understanding.", ["Meridian partners_with Quartz"]),
        ("[Meridian] and [Quartz] are exploring a merger.", ["Meridian merges_with Quartz"]),
    ],
)
def test_doer_and_done_to_may_both_follow_the_noun(said, sentence, relations):
    assert said(sentence) == relations
