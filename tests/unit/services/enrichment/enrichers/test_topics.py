import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.topics import topics


@pytest.fixture
def told(knowledge, found_in):
    def told(title: str, text: str):
        return topics(ArticleText(title, text), found_in("en"), knowledge)

    return told


@pytest.mark.parametrize(
    ("title", "text", "topic_id"),
    [
        ("Central bank cuts interest rates", "They fell by 25 basis points.", "medtop:20000371"),
        ("Start-up raises $40 million", "The funding round doubled its valuation.", "topic:funding"),
        ("New curbs on chip exports", "Export controls now need a licence.", "topic:export-controls"),
        ("Festkörperbatterie vor dem Start", "Die Batteriezellen laden schneller.", "topic:batteries"),
        ("Grève dans les transports", "Les grévistes et le syndicat réclament une hausse.", "medtop:20000530"),
        ("中国扩大稀土出口管制", "新的出口限制涉及稀土和半导体。", "topic:export-controls"),
        ("Quake shakes coast", "The earthquake and a tsunami forced thousands to leave.", "medtop:20000151"),
        ("Late goal wins final", "A striker scored in the Champions League final.", "medtop:20001065"),
    ],
)  # fmt: skip
def test_terms_of_a_topic_tell_it(told, title, text, topic_id):
    assert topic_id in [topic.id for topic in told(title, text)]


def test_a_topic_names_the_words_that_spoke_for_it(told):
    (topic, *_) = told("Battery maker grows", "The solid-state batteries of the maker use lithium.")

    assert topic.id == "topic:batteries"
    assert topic.terms == ("battery", "solid state batteries", "lithium")


def test_a_topic_says_its_way_from_the_root(told):
    topic = next(topic for topic in told("Inflation eases", "Prices rose less.") if topic.id == "medtop:20000370")

    assert topic.path_labels[0] == "economy, business and finance"
    assert topic.path[-1] == topic.id
    assert len(topic.path) == len(topic.path_labels)


def test_one_telling_word_in_passing_is_no_topic(told):
    assert told("A quiet day", "Nothing happened near the university, and nobody came.") == ()


def test_two_telling_words_in_the_text_alone_are_a_topic(told):
    told_of = told("Vaccine arrives", "An earthquake and a tsunami were far away.")

    assert "medtop:20000151" in [topic.id for topic in told_of]


def test_no_more_than_eight_topics_are_told(told):
    text = (
        "Election, inflation, robots, batteries, football, earthquake, vaccine, tariffs, cinema, tourism, weather. " * 3
    )

    assert len(told("Election inflation robots batteries earthquake vaccine tariffs tourism strike war", text)) <= 8


BRANCHES = {
    "medtop:01000000": "The ballet company and its choreographer danced to the orchestra, and dancers bowed on stage.",
    "medtop:02000000": "Police arrested a suspect after a man was stabbed to death; detectives called it murder.",
    "medtop:03000000": "An earthquake shook the coast; aftershocks followed and rubble filled the streets.",
    "medtop:04000000": "The central bank raised its interest rate; interest rates rose before, the central bank said.",
    "medtop:05000000": "Pupils return to secondary schools, where teachers have a new curriculum and exams.",
    "medtop:06000000": "The nature reserve shelters endangered species; conservationists fear for biodiversity.",
    "medtop:07000000": "The vaccine trial enrolled patients at nine hospitals; doctors gave them two doses each.",
    "medtop:08000000": "The laureate won the award; the Nobel Prize ceremony is held each year.",
    "medtop:09000000": "The union called for a higher minimum wage and a pay deal; workers want wage growth.",
    "medtop:10000000": "Restaurants serve local cuisine, and a chef wrote on wine and meals.",
    "medtop:11000000": "Voters go to the polls in the general election; candidates campaign for votes.",
    "medtop:12000000": "The pope met bishops in the Vatican; Catholic churches held mass.",
    "medtop:13000000": "Astronomers pointed the telescope at a galaxy and found a black hole.",
    "medtop:14000000": "Immigration rose; asylum seekers wait, and poverty grows with homelessness.",
    "medtop:15000000": "The cyclist won a stage of the Tour de France ahead of the peloton.",
    "medtop:16000000": "Peace talks failed and the ceasefire broke; artillery fired on the front line.",
    "medtop:17000000": "Forecasters expect a heatwave with record temperatures, then thunderstorms, hail and rain.",
}


@pytest.mark.parametrize("branch", BRANCHES)
def test_each_of_the_seventeen_branches_of_iptc_is_recognised(knowledge, found_in, branch):
    found = topics(ArticleText("", BRANCHES[branch]), found_in("en"), knowledge)

    assert branch in {topic.path[0] for topic in found[:2]}


def test_the_power_of_data_centres_is_a_theme_of_its_own(knowledge, found_in):
    text = "Power demand from data centers strains the grid. A utility will power data centers with gas turbines."

    found = topics(ArticleText("", text), found_in("en"), knowledge)

    assert "topic:data-centre-power" in [topic.id for topic in found]
