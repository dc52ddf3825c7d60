import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.entities import entities


@pytest.fixture
def named(knowledge, found_in):
    """The entities of an article, by id."""

    def named(text: str, title: str = "", language: str = "en"):
        return {entity.id: entity for entity in entities(ArticleText(title, text), found_in(language), knowledge)}

    return named


def surfaces(entity):
    return [mention.text for mention in entity.mentions]


def test_the_longest_name_wins(named):
    found = named("A lecture at Deutsche Bank in the German city of Frankfurt am Main.")

    assert surfaces(found["org:deutsche-bank"]) == ["Deutsche Bank"]
    assert surfaces(found["place:frankfurt"]) == ["Frankfurt am Main"]


def test_a_name_within_a_word_is_not_found(named):
    assert named("The metallurgist spoke of appleseeds and shellfish.") == {}


def test_possessives_and_hyphens_part_a_name_from_its_neighbours(named):
    found = named("Nvidia's rivals fear a US-backed plan.")

    assert surfaces(found["org:nvidia"]) == ["Nvidia"]
    assert surfaces(found["place:united-states"]) == ["US"]


def test_an_acronym_is_found_as_british_papers_write_it(named):
    assert "org:nasa" in named("The probe was built for Nasa in Pasadena.")


def test_a_technique_is_found_in_any_capitals(named):
    assert "tech:solid-state-battery" in named("Solid-State Batteries are coming.")


def test_chinese_names_stand_anywhere_and_latin_ones_between_them(named):
    found = named("昨天英伟达和OpenAI在北京宣布合作。", language="zh")

    assert set(found) == {"org:nvidia", "org:openai", "place:beijing"}


@pytest.mark.parametrize(
    "text",
    [
        "An apple a day keeps the doctor away. Apple pie is best served warm.",
        "Target prices were missed again this year.",
        "Shell companies hide the owners.",
        "Visa rules for tourists were eased. Travellers praised the new Visa waiver.",
        "The Amazon rainforest lost trees, and the Amazon river fell.",
        "In May the rains came. May was wet.",
        "Oracle bones were found in the tomb.",
        "A meta description helps search engines.",
    ],
)
def test_a_common_word_is_no_company(named, text):
    assert not [entity_id for entity_id in named(text) if entity_id.startswith(("org:", "person:"))]


@pytest.mark.parametrize(
    ("text", "entity_id"),
    [
        ("Shares of Apple fell two percent.", "org:apple"),
        ("On Monday Apple opened an office.", "org:apple"),
        ("The retailer Target hired a lawyer.", "org:target"),
        ("Shell said that profits rose.", "org:shell"),
        ("Meta CEO Mark Zuckerberg spoke.", "org:meta"),
        ("Visa Inc. raised its fees.", "org:visa"),
        ("Das Unternehmen Apple legt zu.", "org:apple"),
    ],
)
def test_company_makes_a_common_word_a_company(named, text, entity_id):
    language = "de" if "Unternehmen" in text else "en"

    assert entity_id in named(text, language=language)


def test_one_clear_name_vouches_for_the_ambiguous_ones(named):
    found = named("Ford Motor Company cut jobs. Ford was hit by tariffs.")

    assert surfaces(found["org:ford"]) == ["Ford Motor Company", "Ford"]


def test_a_surname_in_the_article_is_not_the_company_of_that_name(named):
    assert "org:ford" not in named("Harrison Ford arrived late. Ford said he had missed his train.")


def test_a_place_within_the_name_of_a_person_or_body_is_no_place(named):
    found = named("Jack London wrote novels. The Boston Herald and Houston Hospital praised him.")

    assert not [entity_id for entity_id in found if entity_id.startswith("place:")]


def test_someone_named_in_full_may_be_called_by_the_surname(named):
    found = named("Jensen Huang spoke in Taipei. Huang said demand was high.")

    assert surfaces(found["person:jensen-huang"]) == ["Jensen Huang", "Huang"]


def test_a_surname_that_two_people_share_means_neither(named):
    found = named("Bill Clinton and Hillary Clinton met. Later Clinton left.")

    assert surfaces(found["person:bill-clinton"]) == ["Bill Clinton"]
    assert surfaces(found["person:hillary-clinton"]) == ["Hillary Clinton"]


def test_a_product_with_a_common_name_needs_its_maker(named):
    assert "product:gemini" in named("Google improved Gemini again.")
    assert "product:gemini" not in named("Her star sign is Gemini, she said.")


def test_the_title_the_first_and_the_frequent_are_the_most_salient(named):
    text = "Nvidia grew. Nvidia shipped more. " + "Nothing else happened. " * 20 + "Intel Corp is a rival."
    found = named(text, title="Nvidia grows")

    assert found["org:nvidia"].salience > found["org:intel"].salience
    assert all(0 <= entity.salience <= 1 for entity in found.values())


def test_an_entity_carries_country_and_industry_where_they_are_known(named):
    entity = named("TSMC builds a plant.")["org:tsmc"]

    assert (entity.country, entity.industry, entity.origin) == ("TW", "Semiconductors", "gazetteer")


def test_each_mention_says_what_read_it_and_how_sure_that_is(named):
    found = named("Jensen Huang met Tessa Varnholt in Taipei. Huang praised Varnholt.")

    huang, varnholt = found["person:jensen-huang"], found["person:tessa-varnholt"]
    assert [(m.text, m.origin, m.confidence) for m in huang.mentions] == [
        ("Jensen Huang", "gazetteer", 1.0),
        ("Huang", "gazetteer", 0.9),
    ]
    assert {(m.origin, m.confidence) for m in varnholt.mentions} == {("rule", 0.75)}
    assert (huang.confidence, varnholt.confidence, varnholt.origin) == (1.0, 0.75, "rule")
