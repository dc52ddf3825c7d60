import pytest

from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import ENRICHMENT_VERSION, Pipeline, open_pipeline
from services.enrichment.handle import EnrichArticles
from shared.bus.outcome import Publish
from shared.clock import from_ms
from tests.builders import an_article


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return open_pipeline("fast")


async def test_every_article_of_a_batch_is_published_with_what_it_says(pipeline, clock):
    events = [an_article(n, text=f"Siemens paid €{n} million to a supplier in Spain on Friday.") for n in (1, 2)]

    outcomes = await EnrichArticles(pipeline, clock)(events)

    assert all(isinstance(outcome, Publish) and outcome.disposition is None for outcome in outcomes)
    assert [outcome.event.article for outcome in outcomes] == events
    assert [outcome.event.enrichment.money[0].value for outcome in outcomes] == [1e6, 2e6]


async def test_the_event_says_when_and_by_which_version_it_was_enriched(pipeline, clock):
    [outcome] = await EnrichArticles(pipeline, clock)([an_article(1)])

    assert outcome.event.enriched_at == from_ms(clock.now_ms())
    assert outcome.event.enrichment.enrichment_version == ENRICHMENT_VERSION
    assert outcome.event.version == outcome.event.article.revision * 1000 + ENRICHMENT_VERSION


async def test_an_enricher_that_stumbles_is_named_and_the_article_goes_on(pipeline, clock):
    def stumble(article: ArticleText, found: object, knowledge: object) -> object:
        raise ZeroDivisionError

    broken = Pipeline(pipeline.tier, pipeline.knowledge, (*pipeline.enrichers, ("quotes", stumble)))

    [outcome] = await EnrichArticles(broken, clock)([an_article(1)])

    assert outcome.event.enrichment.failed == ("quotes",)
    assert outcome.event.enrichment.language.code == "en"


async def test_an_article_without_text_is_enriched_too(pipeline, clock):
    [outcome] = await EnrichArticles(pipeline, clock)([an_article(1, title="", text="")])

    assert outcome.event.enrichment.failed == ()
    assert outcome.event.enrichment.language.code == "und"
