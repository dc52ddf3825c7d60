"""Companies that are told by the companies beside them in a list, and words that only stand beside one."""

import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.coordination import Listed
from services.enrichment.enrichers.mentions import known_mentions
from services.enrichment.knowledge_base.knowledge import Knowledge


def listed(text: str, company: str, *, industry: str = "Banks") -> Listed:
    places = Listed(text)
    start = text.index(company)
    places.add(start, start + len(company), "organization", industry)
    return places


@pytest.mark.parametrize(
    ("text", "name", "company"),
    [
        ("Block and Nubank lend.", "Block", "Nubank"),
        ("Nubank or Block may lend.", "Block", "Nubank"),
        ("Block, Nubank and others lend.", "Block", "Nubank"),
        ("Nubank, Block and others lend.", "Block", "Nubank"),
        ("Nubank and rival Block lend.", "Block", "Nubank"),
    ],
)
def test_a_name_joined_to_a_company_stands_beside_it(text: str, name: str, company: str) -> None:
    start = text.index(name)

    assert listed(text, company).has_beside(start, start + len(name))


@pytest.mark.parametrize(
    ("text", "name", "company"),
    [
        ("Nubank and Block Island trade.", "Block", "Nubank"),
        ("After a visit to Block, Nubank lent more.", "Block", "Nubank"),
        ("At Nubank, Block by block, loans grew.", "Block", "Nubank"),
        ("Nubank lends. Block parties follow.", "Block", "Nubank"),
    ],
)
def test_a_name_that_is_only_near_a_company_does_not(text: str, name: str, company: str) -> None:
    start = text.index(name)

    assert not listed(text, company).has_beside(start, start + len(name))


def test_a_body_that_is_no_company_says_nothing_of_its_neighbours() -> None:
    text = "Chad and Unesco signed."

    assert not listed(text, "Unesco", industry="International organisation").has_beside(0, 4)


@pytest.mark.parametrize(
    ("sentence", "entity_id"),
    [
        ("Visa and PayPal dropped the app.", "org:visa"),
        ("Ford and Hyundai lost ground in Brazil.", "org:ford"),
        ("Costco, Target and Gap opened early.", "org:gap"),
        ("Lawyers went after Snap, TikTok and Discord.", "org:snap"),
    ],
)
def test_an_ambiguous_name_is_the_company_that_its_list_makes_of_it(
    sentence: str, entity_id: str, knowledge: Knowledge
) -> None:
    found, _ = known_mentions(ArticleText("", sentence), "en", knowledge)

    assert entity_id in {item.entity_id for item in found}


@pytest.mark.parametrize(
    "sentence", ["Tom Ford and Hyundai opened a shop.", "A Visa waiver and PayPal are needed for entry."]
)
def test_what_speaks_against_a_name_does_so_in_a_list_as_well(sentence: str, knowledge: Knowledge) -> None:
    found, _ = known_mentions(ArticleText("", sentence), "en", knowledge)

    assert {item.entity_id for item in found}.isdisjoint({"org:ford", "org:visa"})


@pytest.mark.parametrize("sentence", ["Visa, Target and Gap sued PayPal.", "PayPal and Visa and Snap and Gap."])
def test_a_chain_of_ambiguous_names_is_told_from_either_end(sentence: str, knowledge: Knowledge) -> None:
    found, _ = known_mentions(ArticleText("", sentence), "en", knowledge)

    assert "org:visa" in {item.entity_id for item in found}


def test_a_long_list_of_ambiguous_names_is_read_once_in_each_direction(knowledge: Knowledge) -> None:
    text = "Gap and " * 3_000 + "PayPal."

    found, _ = known_mentions(ArticleText("", text), "en", knowledge)

    assert len(found) == 3_001
