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


def test_no_more_than_eight_topics_are_told(told):
    text = (
        "Election, inflation, robots, batteries, football, earthquake, vaccine, tariffs, cinema, tourism, weather. " * 3
    )

    assert len(told("Election inflation robots batteries earthquake vaccine tariffs tourism strike war", text)) <= 8
