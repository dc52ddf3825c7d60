import asyncio
import random
import threading

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from services.enrichment.app import open_llm
from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import ENRICHMENT_VERSION, Pipeline
from services.enrichment.handle import EnrichArticles
from services.enrichment.settings import LlmSettings
from services.enrichment.stories.placing import PlaceArticles
from services.enrichment.stories.state import StoryState
from shared import tracing
from shared.bus.outcome import Publish
from shared.clock import from_ms
from shared.errors import ConfigurationError
from shared.settings import TelemetrySettings
from tests.builders import an_article
from tests.fakes_llm import a_model, saying
from tests.otlp import receiving
from tests.pipelines import fast_pipeline
from tests.prose import prose


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return fast_pipeline()


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


async def test_the_process_answers_while_a_batch_is_enriched(pipeline, clock):
    answered = threading.Event()

    def waits_for_an_answer(article: ArticleText, found: object, knowledge: object) -> None:
        if not answered.wait(timeout=10):
            raise TimeoutError

    waiting = Pipeline(pipeline.tier, pipeline.knowledge, (("quotes", waits_for_an_answer),))
    asyncio.get_running_loop().call_later(0.01, answered.set)

    outcomes = await EnrichArticles(waiting, clock)([an_article(1), an_article(2)])

    assert [outcome.event.enrichment.failed for outcome in outcomes] == [(), ()]


async def test_an_enricher_that_stumbles_is_named_and_the_article_goes_on(pipeline, clock):
    def stumble(article: ArticleText, found: object, knowledge: object) -> object:
        raise ZeroDivisionError

    broken = Pipeline(pipeline.tier, pipeline.knowledge, (*pipeline.enrichers, ("quotes", stumble)))

    [outcome] = await EnrichArticles(broken, clock)([an_article(1)])

    assert outcome.event.enrichment.failed == ("quotes",)
    assert outcome.event.enrichment.language.code == "en"


async def test_what_an_enricher_says_of_an_article_names_it(pipeline, clock):
    def stumble(article: ArticleText, found: object, knowledge: object) -> object:
        raise ZeroDivisionError

    broken = Pipeline(pipeline.tier, pipeline.knowledge, (("quotes", stumble),))
    events = [an_article(1), an_article(2)]

    with capture_logs(processors=[merge_contextvars]) as lines:
        await EnrichArticles(broken, clock)(events)

    assert [line["article_id"] for line in lines] == [event.article_id for event in events]


async def test_each_article_of_a_batch_is_enriched_within_its_own_trace(pipeline, clock):
    events = [an_article(1), an_article(2)]
    with receiving() as receiver:
        with tracing.sending("enrichment", TelemetrySettings(otel_exporter_otlp_endpoint=receiver.url)):
            spans = {id(event): tracing.span("process", {"of": event.article_id}) for event in events}
            with tracing.carrying(spans):
                await EnrichArticles(pipeline, clock)(events)
            for span in spans.values():
                span.end()

        wholes, parts = receiver.named("process"), receiver.named("enrich")
    assert [part.parent for part in parts] == [whole.span_id for whole in wholes]
    assert {part.attributes["newsweir.language"] for part in parts} == {"en"}


async def test_an_article_without_text_is_enriched_too(pipeline, clock):
    [outcome] = await EnrichArticles(pipeline, clock)([an_article(1, title="", text="")])

    assert outcome.event.enrichment.failed == ()
    assert outcome.event.enrichment.language.code == "und"


async def test_a_language_model_is_asked_about_what_the_enrichers_found(pipeline, connection, clock):
    sentence = "Siemens will buy Nvidia for $3 million, both said."
    told = {"subject": "Siemens", "object": "Nvidia", "status": None, "amount": "$3 million", "evidence": sentence}
    async with a_model(saying({"relations": [{"type": "partners_with", **told}]})) as model:
        settings = LlmSettings(llm_url=model.url, llm_model="small", llm_key="hunter2")
        async with open_llm(settings, connection, clock) as llm:
            [outcome] = await EnrichArticles(pipeline, clock, llm)([an_article(1, text=sentence)])

    [added] = [r for r in outcome.event.enrichment.relations if r.origin == "llm:small"]
    assert (added.type, added.amount.value) == ("partners_with", 3e6)
    assert model.keys == ["Bearer hunter2"]


async def test_an_article_is_placed_in_the_same_story_whatever_a_language_model_adds(pipeline, connection, clock):
    sentence = "Siemens will buy Nvidia for $3 million, both said."
    told = {"subject": "Siemens", "object": "Nvidia", "status": None, "amount": "$3 million", "evidence": sentence}
    text = f"{sentence} {prose(1)}"
    place = PlaceArticles(StoryState(connection), clock, random.Random(1))
    [first] = await EnrichArticles(pipeline, clock, place=place)([an_article(1, text=text)])

    async with (
        a_model(saying({"relations": [{"type": "partners_with", **told}]})) as model,
        open_llm(LlmSettings(llm_url=model.url, llm_model="small"), connection, clock) as llm,
    ):
        [second] = await EnrichArticles(pipeline, clock, llm, place)([an_article(2, text=text)])

    enriched = second.event.enrichment
    assert "llm:small" in {relation.origin for relation in enriched.relations}
    assert (enriched.story_id, enriched.copy_of) == (first.event.enrichment.story_id, an_article(1).article_id)
    assert [len(changed.members) for changed in second.also] == [2]


async def test_a_language_model_that_is_away_holds_nothing_up(pipeline, connection, clock):
    settings = LlmSettings(llm_url="http://127.0.0.1:9/v1", llm_model="small")
    async with open_llm(settings, connection, clock) as llm:
        outcomes = await EnrichArticles(pipeline, clock, llm)([an_article(n) for n in range(5)])

    assert [outcome.event.enrichment.failed for outcome in outcomes] == [()] * 5


async def test_no_language_model_is_asked_unless_one_is_named(connection, clock):
    async with open_llm(LlmSettings(), connection, clock) as llm:
        assert llm is None


@pytest.mark.parametrize("half", [{"llm_url": "http://127.0.0.1:9/v1"}, {"llm_model": "small"}])
async def test_half_a_language_model_is_refused_at_the_start(connection, clock, half):
    with pytest.raises(ConfigurationError, match="set the other"):
        async with open_llm(LlmSettings(**half), connection, clock):
            pass
