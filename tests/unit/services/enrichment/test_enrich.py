import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import ENRICHERS, ENRICHMENT_VERSION, Pipeline, open_pipeline
from shared.metrics import ENRICHER_FAILURES

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
    return open_pipeline()


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


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=60, deadline=None)
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
