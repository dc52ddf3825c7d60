import datetime as dt
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import ENRICHERS, ENRICHMENT_VERSION, Pipeline, open_pipeline
from shared.bus.envelope import encode
from shared.metrics import ENRICHER_FAILURES
from tests.builders import an_enriched_article
from tests.pipelines import fast_pipeline
from tests.properties import examples

# What is found in an article, and what says how the whole of it was made.
VALUES = {
    *("language", "entities", "relations", "money", "quotes", "topics", "events", "keyphrases", "sentiment"),
}
SUMMARY = {"summary", "summary_origin", "summary_confidence"}
ABOUT_THE_WHOLE = {
    *("reading_time_s", "tier", "enrichment_version", "failed", "story_id", "copy_of", "story_version"),
}
ORIGIN = re.compile(r"(?:rule|lexicon):\d+|gazetteer|model:[\w-]+|llm:\w+")
# Names, signs and scripts that enrichers look for, to be strewn into arbitrary text.
BAITS = st.sampled_from(
    [
        *(
            "Nvidia",
            "Apple Inc.",
            "OPEC+",
            "U.S.",
            "President Xi",
            "Jensen Huang",
            "Huang",
            "solid-state battery",
            "英伟达",
        ),
        *("$5 million", "between $2bn and 3 billion dollars", "1,2 Milliarden Euro", "50亿美元"),
        *("acquired", "a unit of", "invested in", "'s", "and"),
        *("São Paulo", "İstanbul", "𝔘nicode", "e\u0301", "“We will,” said Jensen Huang.", "\n", "。"),
    ]
)
TEXTS = st.lists(st.one_of(BAITS, st.text(max_size=20)), max_size=12).map(" ".join)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return fast_pipeline()


def test_an_article_is_understood_in_every_section_of_the_fast_tier(pipeline):
    article = ArticleText(
        title="Nvidia invests in Mistral AI",
        text="Nvidia said on Tuesday that it would invest €500 million in Mistral AI, a Paris startup that builds "
        "large language models. The chipmaker expects more demand for its semiconductors in Europe.",
        published_at=dt.datetime(2025, 3, 4, tzinfo=dt.UTC),
    )

    enrichment = pipeline.enrich(article)

    assert enrichment.language.code == "en"
    assert [entity.id for entity in enrichment.entities[:2]] == ["org:nvidia", "org:mistral-ai"]
    assert [(amount.value, amount.currency) for amount in enrichment.money] == [(5e8, "EUR")]
    assert [relation.type for relation in enrichment.relations] == ["invests_in"]
    assert "topic:artificial-intelligence" in [topic.id for topic in enrichment.topics]
    assert enrichment.reading_time_s > 0
    assert (enrichment.tier, enrichment.enrichment_version) == ("fast", ENRICHMENT_VERSION)
    assert enrichment.failed == ()


@pytest.fixture(scope="module")
def told(pipeline) -> tuple[ArticleText, dict[str, Any]]:
    """An article that has something for every section, and what is understood of it, as JSON."""
    article = ArticleText(
        title="Nvidia invests in Mistral AI",
        text="Nvidia said on Tuesday that it would invest €500 million in Mistral AI, a Paris startup that builds "
        "large language models. “We will build the best language models for engineers,” said Jensen Huang, the chief "
        "executive of Nvidia. Nvidia launched a new software platform for data centres in Germany last year. "
        "Engineers welcomed the platform and its excellent quality. The language models of Mistral AI compete with "
        "those of OpenAI in the market for large language models.",
        published_at=dt.datetime(2025, 3, 4, tzinfo=dt.UTC),
    )
    return article, json.loads(pipeline.enrich(article).model_dump_json())


def items_of(enrichment: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each value that was found, with the name of its section."""
    for section in VALUES:
        assert enrichment[section], f"the article says nothing for {section}"
        found = enrichment[section] if isinstance(enrichment[section], list) else [enrichment[section]]
        yield from ((section, item) for item in found)
    yield "summary", {"origin": enrichment["summary_origin"], "confidence": enrichment["summary_confidence"]}


def places_of(value: object) -> Iterator[dict[str, Any]]:
    """Each part of a value that has a place in the article."""
    if isinstance(value, dict):
        if "start" in value or "end" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from places_of(part)


def test_every_value_says_by_what_it_was_read_and_how_sure_that_is(told):
    _, enrichment = told

    for section, item in items_of(enrichment):
        assert ORIGIN.fullmatch(item["origin"]), (section, item)
        assert 0 < item["confidence"] <= 1, (section, item)


def test_every_place_that_a_value_names_holds_the_text_that_it_says(told):
    article, enrichment = told

    places = [(section, place) for section, item in items_of(enrichment) for place in places_of(item)]

    assert {section for section, _ in places} == {"entities", "relations", "money", "quotes", "events", "keyphrases"}
    for section, place in places:
        field = article.title if place.get("field") == "title" else article.text
        assert field[place["start"] : place["end"]] == place["text"] != "", (section, place)


def test_every_section_is_a_value_with_provenance_or_none_that_needs_it(told):
    _, enrichment = told

    assert set(enrichment) == VALUES | SUMMARY | ABOUT_THE_WHOLE


def test_an_enricher_that_raises_is_named_logged_and_counted_and_the_others_go_on(pipeline):
    def broken(article, found, knowledge):
        raise ZeroDivisionError

    with_a_broken_one = Pipeline("fast", pipeline.knowledge, (("money", broken), *ENRICHERS[:2]))

    before = ENRICHER_FAILURES.labels("money")._value.get()
    with capture_logs() as logs:
        enrichment = with_a_broken_one.enrich(
            ArticleText("", "Nvidia and the European Commission met in Brussels today.")
        )

    assert ENRICHER_FAILURES.labels("money")._value.get() == before + 1
    assert [(line["event"], line["section"]) for line in logs] == [("enricher failed", "money")]
    assert enrichment.failed == ("money",)
    assert enrichment.money == ()
    assert enrichment.entities


def test_an_empty_article_yields_empty_sections(pipeline):
    enrichment = pipeline.enrich(ArticleText("", ""))

    assert enrichment.language.code == "und"
    assert (enrichment.entities, enrichment.money, enrichment.topics, enrichment.failed) == ((), (), (), ())


def test_the_same_article_is_enriched_alike_each_time(pipeline):
    article = ArticleText(
        "Tariffs on chips", "China and the United States met in Geneva to talk about tariffs on chips."
    )

    assert pipeline.enrich(article) == pipeline.enrich(article)


@settings(max_examples=examples(60), deadline=None)
@given(title=TEXTS, text=TEXTS)
def test_offsets_are_exact_in_any_text_and_no_enricher_stumbles(pipeline, title, text):
    enrichment = pipeline.enrich(ArticleText(title, text))

    fields = {"title": title, "text": text}
    mentions = [mention for entity in enrichment.entities for mention in entity.mentions]
    assert enrichment.failed == ()
    assert all(fields[m.field][m.start : m.end] == m.text and m.text.strip() for m in mentions)
    assert all(text[amount.start : amount.end] == amount.text for amount in enrichment.money)
    assert all(text[r.evidence.start : r.evidence.end] == r.evidence.text for r in enrichment.relations)
    assert all(text[quote.start : quote.end] == quote.text for quote in enrichment.quotes)


@settings(max_examples=examples(60), deadline=None)
@given(text=TEXTS)
def test_mentions_never_overlap(pipeline, text):
    enrichment = pipeline.enrich(ArticleText("", text))

    spans = sorted((m.start, m.end) for entity in enrichment.entities for m in entity.mentions)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))


def test_a_users_exchange_rates_take_the_place_of_the_built_in_ones(tmp_path):
    rates = tmp_path / "rates.csv"
    rates.write_text("year,currency,usd_per_unit\n2024,EUR,2.0\n")

    (amount,) = open_pipeline(exchange_rates=rates).enrich(ArticleText("", "The plant cost 3 million euros.")).money

    assert (amount.value_usd, amount.usd_rate, amount.rate_date) == (6e6, 2.0, "2024")


COMPANIES = (
    "Apple Inc., Nvidia, Intel, Siemens, Toyota, Samsung, Volkswagen, Microsoft, Airbus, Boeing, Nestlé, Pfizer, Sony, "
    "Honda, Nokia, Ericsson, Philips, Bayer, Novartis, Unilever, Netflix, Spotify"
)


@pytest.mark.parametrize(
    ("text", "section", "most"),
    [
        ("$5 " * 66_000, "money", 2_000),
        ("英伟达，" * 50_000, "entities", 1),
        (
            "\n".join(f"{COMPANIES} and Tesla Inc. acquired {name}." for name in COMPANIES.split(", ")) * 20,
            "relations",
            300,
        ),
    ],
)
def test_the_event_of_a_page_that_holds_far_too_much_fits_the_stream(pipeline, text, section, most):
    enrichment = pipeline.enrich(ArticleText("The company said it", text))

    assert 0 < len(getattr(enrichment, section)) <= most
    assert encode(an_enriched_article(1, enrichment, text=text))
