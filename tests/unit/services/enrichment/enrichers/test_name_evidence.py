"""Sentences whose names mean an entity here and something else there, written without a look at the rules."""

import time
from collections.abc import Callable

import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.mentions import known_mentions
from services.enrichment.knowledge_base.knowledge import Knowledge

MEANT = [
    ("Shares of Apple fell two percent in early trading.", "org:apple"),
    ("The new phone was unveiled by Apple at its headquarters.", "org:apple"),
    ("Tim Cook said that Apple would hire in Texas.", "org:apple"),
    ("Regulators in Brussels fined Meta for its use of data.", "org:meta"),
    ("Meta said it would build a data centre in Louisiana.", "org:meta"),
    ("The retailer Target closed nine stores.", "org:target"),
    ("Target shares dropped after the earnings report.", "org:target"),
    ("Payment networks such as Visa charge merchants a fee.", "org:visa"),
    ("Visa shares rose after the ruling.", "org:visa"),
    ("Amazon opened a warehouse near Poznan.", "org:amazon"),
    ("Target faces a strike in Ohio.", "org:target"),
    ("The oil company Shell sold its stake in the field.", "org:shell"),
    ("Shell plc reported a lower profit.", "org:shell"),
    ("The French operator Orange raised its prices.", "org:orange"),
    ("Orange shares were little changed in Paris.", "org:orange"),
    ("The carmaker Ford recalled thousands of trucks.", "org:ford"),
    ("Ford Motor will build the van in Kentucky.", "org:ford"),
    ("The payments startup Stripe raised 600 million dollars.", "org:stripe"),
    ("Engineers at the database company Oracle wrote the patch.", "org:oracle"),
    ("Oracle shares soared on a cloud contract.", "org:oracle"),
    ("The chipmaker Intel cut its workforce.", "org:intel"),
    ("Intel CEO Lip-Bu Tan visited the plant.", "org:intel"),
    ("Snap shares fell after the forecast.", "org:snap"),
    ("Palantir won a contract with the army.", "org:palantir"),
    ("Nvidia and Palantir work together.", "org:palantir"),
    ("Amazon shares rose on strong cloud sales.", "org:amazon"),
    ("The online retailer Amazon hired drivers.", "org:amazon"),
    ("Theresa May resigned as prime minister in 2019.", "person:theresa-may"),
    ("Former President George W. Bush spoke in Dallas.", "person:george-w-bush"),
    ("Apple is led by Tim Cook, who lives in California.", "person:tim-cook"),
    ("Steve Jobs founded the company in a garage.", "person:steve-jobs"),
    ("Bill Gates gave the money to a fund.", "person:bill-gates"),
    ("Refugees crossed the border to Jordan at night.", "place:jordan"),
    ("The minister flew from Turkey to Doha.", "place:turkey"),
    ("Protesters gathered in Georgia after the vote.", "place:georgia"),
    ("Troops left Chad in January.", "place:chad"),
    ("Soldiers from Mali crossed the river.", "place:mali"),
    ("The delegation arrived in Washington on Monday.", "place:washington-d-c"),
    ("Beijing said it would retaliate against the tariffs.", "place:china"),
    ("The president spoke in Paris about the war.", "place:paris"),
]
NOT_MEANT = [
    ("An apple fell from the tree in the garden.", "org:apple"),
    ("Apple pie is best served warm.", "org:apple"),
    ("She baked an Apple Crumble for the guests.", "org:apple"),
    ("The film is very meta about its own making.", "org:meta"),
    ("Target practice is held on Tuesdays.", "org:target"),
    ("The bank missed its target for lending.", "org:target"),
    ("Her visa was refused at the embassy.", "org:visa"),
    ("Visa applications take three weeks.", "org:visa"),
    ("Shell companies were used to hide the money.", "org:shell"),
    ("A shell hit the school at dawn.", "org:shell"),
    ("Orange juice prices doubled in a year.", "org:orange"),
    ("Residents of Orange County lost power.", "org:orange"),
    ("Harrison Ford returns in the role.", "org:ford"),
    ("The horses had to ford the stream.", "org:ford"),
    ("The shirt has a white stripe on the sleeve.", "org:stripe"),
    ("Stripe patterns are back in fashion.", "org:stripe"),
    ("The oracle of Delphi was consulted before the war.", "org:oracle"),
    ("The agency shared intel with its allies.", "org:intel"),
    ("Snap elections were called for June.", "org:snap"),
    ("The Amazon rainforest lost trees.", "org:amazon"),
    ("Ships sail up the Amazon River to Manaus.", "org:amazon"),
    ("The block of flats was evacuated.", "org:block"),
    ("Block parties were held across town.", "org:block"),
    ("A gap in the fence let the dog out.", "org:gap"),
    ("The gender pay Gap narrowed last year.", "org:gap"),
    ("The vote is due in May next year.", "person:theresa-may"),
    ("May be it will rain tomorrow.", "person:theresa-may"),
    ("The fire spread from bush to bush.", "person:george-w-bush"),
    ("Jobs were lost in the steel industry.", "person:steve-jobs"),
    ("The gates were closed at nine.", "person:bill-gates"),
    ("The cook served lamb to the guests.", "person:tim-cook"),
    ("Michael Jordan scored forty points.", "place:jordan"),
    ("Jordan Henderson joined the club on loan.", "place:jordan"),
    ("The family ate turkey at Thanksgiving.", "place:turkey"),
    ("Chad Smith plays the drums.", "place:chad"),
    ("Harold Washington was elected mayor of Chicago.", "place:washington-d-c"),
    ("Paris Hilton opened the show.", "place:paris"),
    ("Unity among the parties is fragile.", "org:unity-software"),
]
HELD_OUT_MEANT = [
    ("Analysts expect Apple to raise prices in the spring.", "org:apple"),
    ("The lawsuit accuses Meta of copying the feature.", "org:meta"),
    ("Customers of Target complained about empty shelves.", "org:target"),
    ("Mastercard and Visa settled the case.", "org:visa"),
    ("The pipeline is run by Shell in the Niger Delta.", "org:shell"),
    ("Vodafone and Orange will share their networks in Spain.", "org:orange"),
    ("General Motors and Ford cut their forecasts.", "org:ford"),
    ("Investors valued Stripe at 90 billion dollars.", "org:stripe"),
    ("OpenAI signed a contract with Oracle worth billions.", "org:oracle"),
    ("AMD gained market share from Intel last year.", "org:intel"),
    ("The maker of Snapchat, Snap, laid off 500 people.", "org:snap"),
    ("The union organises warehouse workers at Amazon.", "org:amazon"),
    ("President Bush signed the law in 2002.", "person:george-w-bush"),
    ("Aid trucks from Jordan reached the camp.", "place:jordan"),
    ("An earthquake shook eastern Turkey on Sunday.", "place:turkey"),
    ("The opposition in Georgia boycotted parliament.", "place:georgia"),
    ("Rebels from Chad were blamed for the raid.", "place:chad"),
    ("Officials in Washington imposed new sanctions on Moscow.", "place:washington-d-c"),
    ("Palantir declined to comment on the report.", "org:palantir"),
    ("The festival in Paris drew a large crowd.", "place:paris"),
]
HELD_OUT_NOT_MEANT = [
    ("Apple orchards in Normandy suffered from frost.", "org:apple"),
    ("Meta descriptions help search engines to rank a page.", "org:meta"),
    ("Target audiences differ from town to town.", "org:target"),
    ("Visa fees for students will double.", "org:visa"),
    ("Shell casings were found on the road.", "org:shell"),
    ("Orange trees line the avenue.", "org:orange"),
    ("Tom Ford presented the collection in Milan.", "org:ford"),
    ("Stripe rust destroyed a third of the wheat.", "org:stripe"),
    ("Buffett, the Oracle of Omaha, will retire.", "org:oracle"),
    ("Intel gathered by drones led to the strike.", "org:intel"),
    ("Snap judgements are often wrong.", "org:snap"),
    ("Tribes of the Amazon basin met the minister.", "org:amazon"),
    ("May Day marches were peaceful.", "person:theresa-may"),
    ("Bush fires burned near Sydney.", "person:george-w-bush"),
    ("Jobs growth slowed in March.", "person:steve-jobs"),
    ("Jordan Peele directed the film.", "place:jordan"),
    ("Turkey sandwiches were handed out at noon.", "place:turkey"),
    ("Georgia Meloni is a common misspelling of her name.", "place:georgia"),
    ("Kerry Washington joins the cast.", "place:washington-d-c"),
    ("Gap years are popular with school leavers.", "org:gap"),
]

# The share of the held-out sentences read rightly may not fall below this; they are scored, never mended one by one.
HELD_OUT_FLOOR = 0.9


@pytest.fixture
def means(knowledge: Knowledge) -> Callable[[str, str], bool]:
    """Whether an article of one sentence names the entity."""

    def means(sentence: str, entity_id: str) -> bool:
        found, _ = known_mentions(ArticleText("", sentence), "en", knowledge)
        return any(item.entity_id == entity_id for item in found)

    return means


@pytest.mark.parametrize("entity_id", sorted({entity_id for _, entity_id in MEANT + NOT_MEANT}))
def test_every_entity_of_the_tables_is_known(knowledge, entity_id):
    assert knowledge.gazetteer.get(entity_id) is not None


@pytest.mark.parametrize(("sentence", "entity_id"), MEANT)
def test_an_ambiguous_name_is_found_where_its_entity_is_meant(means, sentence, entity_id):
    assert means(sentence, entity_id)


@pytest.mark.parametrize(("sentence", "entity_id"), NOT_MEANT)
def test_an_ambiguous_name_is_passed_over_where_something_else_is_meant(means, sentence, entity_id):
    assert not means(sentence, entity_id)


def test_held_out_sentences_are_mostly_read_rightly(means):
    right = [means(*case) for case in HELD_OUT_MEANT] + [not means(*case) for case in HELD_OUT_NOT_MEANT]

    assert sum(right) >= HELD_OUT_FLOOR * len(right)


@pytest.mark.parametrize(
    ("sentence", "country"),
    [
        ("Beijing said on Friday that it would buy less.", "place:china"),
        ("Washington imposed sanctions on two shipyards.", "place:united-states"),
        ("Last week Moscow has again denied the report.", "place:russia"),
        ("Nobody knows what Tehran's nuclear programme costs.", "place:iran"),
        ("The talks with Ankara ended early.", "place:turkey"),
        ("He put pressure on Brasília over the dam.", "place:brazil"),
        ("It hurts relations between London and Paris.", "place:france"),
        ("The actor Denzel Washington won. Washington retaliated with tariffs.", "place:united-states"),
    ],
)
def test_a_capital_that_acts_as_a_government_means_its_country(means, sentence, country):
    assert means(sentence, country)


@pytest.mark.parametrize(
    ("sentence", "capital", "country"),
    [
        ("The police in Beijing said on Friday that two people were hurt.", "place:beijing", "place:china"),
        ("A museum near Moscow wants more visitors.", "place:moscow", "place:russia"),
        ("It rained in London. Paris was dry.", "place:london", "place:united-kingdom"),
        ("The fair moved from Tokyo to Seoul.", "place:seoul", "place:south-korea"),
    ],
)
def test_a_capital_where_something_is_or_happens_is_the_town(means, sentence, capital, country):
    assert means(sentence, capital)
    assert not means(sentence, country)


def test_a_person_who_bears_the_name_of_a_capital_is_no_government(means):
    assert not means("George Washington won. Washington said he was glad.", "place:united-states")


def test_an_office_after_a_surname_says_who_is_meant(means):
    assert means("Then Powell, the Fed chair, did not speak.", "person:jerome-powell")
    assert not means("Then Powell, near the lake, was flooded.", "person:jerome-powell")


def test_a_by_name_with_of_is_no_company(means):
    assert not means("Investors call him the Oracle of Omaha.", "org:oracle")


def test_whoever_leads_a_company_is_evidence_for_its_name(means):
    assert means("Larry Ellison told staff about Oracle.", "org:oracle")


@pytest.mark.parametrize("text", ["Apple, " * 8_000, "Apple. " + "Aa-" * 16_000], ids=["names", "capitals"])
def test_one_sentence_of_nothing_but_names_is_judged_in_linear_time(knowledge, text):
    started = time.process_time()

    known_mentions(ArticleText("", text), "en", knowledge)

    assert time.process_time() - started < 2
