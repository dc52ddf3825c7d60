import pytest
import structlog.testing
from aiohttp import web

from services.enrichment.embed import EmbedArticles
from services.enrichment.handle import EnrichArticles
from shared.article_store.document import stored
from shared.embeddings.opening import open_embedder
from shared.events.embedding import Embedding
from shared.metrics import EMBEDDING_FAILURES
from shared.settings import EmbeddingSettings
from tests.builders import NOON, an_article
from tests.fakes_embeddings import an_endpoint, numbers_of
from tests.pipelines import fast_pipeline


class Englishman:
    """Reads English, and makes the same vector of everything."""

    model, languages, least_cosine = "english", frozenset({"en"}), 0.0

    def __init__(self) -> None:
        self.shown: list[str] = []

    async def articles(self, texts):
        self.shown += texts
        return [Embedding.of(self.model, [1.0] * 256) for _ in texts]

    async def question(self, text):
        raise NotImplementedError


def settings(fake) -> EmbeddingSettings:
    return EmbeddingSettings(embeddings="endpoint", embeddings_url=fake.url, embeddings_model="small")


async def test_each_article_leaves_with_the_vector_of_its_own_text(clock):
    events = [an_article(1), an_article(2, description="What it is about.")]

    async with an_endpoint() as fake, open_embedder(settings(fake)) as embedder:
        handle = EnrichArticles(fast_pipeline(), clock, embed=EmbedArticles(embedder))
        outcomes = await handle(events)

    texts = [f"{events[0].title}\n{events[0].text}", f"{events[1].title}\nWhat it is about.\n{events[1].text}"]
    assert [o.event.embedding for o in outcomes] == [Embedding.of("small", numbers_of(text)) for text in texts]
    assert stored(outcomes[0].event, NOON).embedding == outcomes[0].event.embedding


async def test_a_model_that_fails_leaves_articles_without_a_vector_and_is_counted(clock):
    async def away(texts):
        return web.json_response({"error": "loading"}, status=503)

    before = EMBEDDING_FAILURES._value.get()
    async with an_endpoint(away) as fake, open_embedder(settings(fake)) as embedder:
        with structlog.testing.capture_logs() as lines:
            vectors = await EmbedArticles(embedder)([an_article(1), an_article(2)], ["en", "en"])

    assert vectors == [None, None]
    assert [line["article_id"] for line in lines] == [an_article(1).article_id, an_article(2).article_id]
    assert EMBEDDING_FAILURES._value.get() == before + 2


@pytest.mark.parametrize(("languages", "read"), [(["en", "de", "en"], [0, 2]), (["de", "zh", "und"], [])])
async def test_a_model_is_shown_the_languages_that_it_reads_alone(languages, read):
    model = Englishman()

    vectors = await EmbedArticles(model)([an_article(n) for n in range(3)], languages)

    assert [at for at, vector in enumerate(vectors) if vector] == read
    assert len(model.shown) == len(read)


async def test_without_a_model_articles_have_no_vector(clock):
    [outcome] = await EnrichArticles(fast_pipeline(), clock)([an_article(1)])

    assert outcome.event.embedding is None
