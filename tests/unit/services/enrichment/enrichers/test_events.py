import datetime as dt

import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.entities import entities
from services.enrichment.enrichers.events import events
from services.enrichment.enrichers.relations import relations


@pytest.fixture
def read(knowledge, found_in):
    def read(text: str, language: str = "en"):
        article = ArticleText("", text, dt.datetime(2025, 6, 4, tzinfo=dt.UTC))
        found = found_in(language)
        found = found.model_copy(update={"entities": entities(article, found, knowledge)})
        found = found.model_copy(update={"relations": relations(article, found, knowledge)})
        return events(article, found, knowledge)

    return read


TOLD = [
    ("product_launch", "org:nvidia", "Nvidia unveiled a faster chip for servers."),
    ("funding_round", "org:mistral-ai", "Mistral AI raised $600 million in a Series B round."),
    ("funding_round", "org:mistral-ai", "Mistral AI has secured 40 million euros."),
    ("layoffs", "org:microsoft", "Microsoft will cut 900 jobs in Europe."),
    ("resignation", "person:satya-nadella", "Satya Nadella stepped down as chief executive of Microsoft."),
    ("fine", "org:meta", "Meta was fined €90 million by the European Commission."),
    ("regulation", "org:european-commission", "The European Commission opened an investigation into Meta."),
    ("recall", "org:tesla", "Tesla recalled 20,000 vehicles over a faulty latch."),
    ("earnings", "org:microsoft", "Microsoft reported a profit of $18 billion for the quarter."),
    ("partnership", "org:toyota", "Toyota and Panasonic signed a partnership on batteries."),
    ("plant_opening", "org:tsmc", "TSMC opened a second plant in Arizona."),
    ("outage", "org:cloudflare", "Cloudflare went offline for two hours."),
    ("ipo", "org:openai", "OpenAI will go public next year."),
    ("disaster", "place:japan", "An earthquake of magnitude 7 struck Japan."),
    ("election", "person:emmanuel-macron", "Emmanuel Macron was re-elected in France."),
    ("lawsuit", "org:openai", "OpenAI was sued by the New York Times."),
    ("research_result", "org:stanford-university", "Researchers at Stanford University found that sleep helps."),
    ("bankruptcy", "org:northvolt", "Northvolt filed for bankruptcy in Sweden."),
    ("strike", "org:boeing", "Workers at Boeing went on strike over pay."),
    ("acquisition", "org:microsoft", "Microsoft acquired Mistral AI for $5 billion."),
]


@pytest.mark.parametrize(("event_type", "subject", "text"), TOLD)
def test_an_event_is_told_by_its_words_and_whom_it_happens_to(read, event_type, subject, text):
    found = {event.type: event for event in read(text)}

    assert subject in found[event_type].subject_ids
    assert found[event_type].evidence.text == text


def test_an_event_has_the_day_that_its_sentence_names(read):
    (event,) = read("Cloudflare went offline on Monday.")

    assert event.date == dt.date(2025, 6, 2)


@pytest.mark.parametrize(
    "text",
    [
        "Nvidia did not unveil a faster chip.",
        "Microsoft denied that it would cut jobs.",
        "Microsoft has 900 jobs in Europe.",
        "A faster chip was unveiled by someone.",
        "Tesla recalled that the year had been hard.",
        "Nvidia could launch a new chip next year.",
        "Nvidia secured 2,140 orders at the fair.",
        "Nvidia closed its 3 oldest halls.",
    ],
)
def test_what_did_not_happen_or_happens_to_nobody_is_no_event(read, text):
    assert read(text) == ()


def test_an_event_that_is_told_twice_is_one(read):
    found = read("Tesla recalled 20,000 vehicles. On Friday Tesla recalled its vehicles over a faulty latch.")

    assert [event.type for event in found] == ["recall"]


def test_the_evidence_is_exact_and_in_order(read):
    text = "It rained. Tesla recalled 20,000 vehicles. Meta was fined €90 million in France."

    found = read(text)

    assert [event.type for event in found] == ["recall", "fine"]
    assert all(text[e.evidence.start : e.evidence.end] == e.evidence.text for e in found)


def test_other_languages_have_no_events(read):
    assert read("Tesla recalled 20,000 vehicles.", "de") == ()
