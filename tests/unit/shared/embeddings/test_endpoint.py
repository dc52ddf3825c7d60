import pytest
from aiohttp import web

from shared.embeddings.opening import open_embedder
from shared.errors import ConfigurationError, FetchFailed, InvalidInput, LimitExceeded
from shared.events.embedding import Embedding
from shared.settings import EmbeddingSettings
from tests.fakes_embeddings import an_endpoint, numbers_of, vectors


def settings(fake, **fields) -> EmbeddingSettings:
    return EmbeddingSettings(embeddings="endpoint", embeddings_url=fake.url, embeddings_model="small", **fields)


async def articles(fake, texts, **fields):
    async with open_embedder(settings(fake, **fields)) as embedder:
        return await embedder.articles(texts)


async def test_each_text_gets_the_vector_that_bears_its_index_whatever_the_order_of_the_answer():
    async with an_endpoint() as fake:
        found = await articles(fake, ["one", "two"])

    assert found == [Embedding.of("small", numbers_of("one")), Embedding.of("small", numbers_of("two"))]


async def test_model_and_key_are_sent():
    async with an_endpoint() as fake:
        await articles(fake, ["one"], embeddings_key="hunter2")

    assert fake.keys == ["Bearer hunter2"]
    assert fake.asked == [{"model": "small", "input": ["one"], "encoding_format": "float"}]


async def test_without_a_key_none_is_sent():
    async with an_endpoint() as fake:
        await articles(fake, ["one"])

    assert fake.keys == [None]


async def test_questions_and_articles_bear_the_prefixes_that_the_model_wants():
    async with (
        an_endpoint() as fake,
        open_embedder(
            settings(fake, embeddings_question_prefix="query: ", embeddings_article_prefix="passage: ")
        ) as embedder,
    ):
        await embedder.articles(["storm"])
        await embedder.question("storm")

    assert [body["input"] for body in fake.asked] == [["passage: storm"], ["query: storm"]]


async def test_more_texts_than_one_request_holds_are_asked_in_several():
    texts = [f"text {number}" for number in range(60)]

    async with an_endpoint() as fake:
        found = await articles(fake, texts)

    assert [len(body["input"]) for body in fake.asked] == [50, 10]
    assert found == [Embedding.of("small", numbers_of(text)) for text in texts]


async def test_nothing_is_asked_for_no_texts():
    async with an_endpoint() as fake:
        found = await articles(fake, [])

    assert (found, fake.asked) == ([], [])


async def test_an_error_of_the_server_may_pass():
    async def away(texts):
        return web.json_response({"error": "loading"}, status=503)

    async with an_endpoint(away) as fake:
        with pytest.raises(FetchFailed, match=r"503.*loading"):
            await articles(fake, ["one"])


async def test_a_redirect_is_no_answer_and_the_key_goes_nowhere():
    async def elsewhere(texts):
        raise web.HTTPTemporaryRedirect("http://other.example/v1/embeddings")

    async with an_endpoint(elsewhere) as fake:
        with pytest.raises(FetchFailed, match="307"):
            await articles(fake, ["one"], embeddings_key="hunter2")


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"data": [{"index": 0}]}', '{"data": [{"index": 0, "embedding": "x"}]}']
)
async def test_what_holds_no_vectors_is_said_to_hold_none(body):
    async def answer(texts):
        return web.Response(text=body)

    async with an_endpoint(answer) as fake:
        with pytest.raises(InvalidInput, match="no embeddings of small"):
            await articles(fake, ["one"])


@pytest.mark.parametrize("found", [(), (numbers_of("a"), numbers_of("b"))])
async def test_another_number_of_vectors_than_of_texts_is_refused(found):
    async def answer(texts):
        return vectors(*found)

    async with an_endpoint(answer) as fake:
        with pytest.raises(InvalidInput, match="for 1 texts"):
            await articles(fake, ["one"])


@pytest.mark.parametrize("numbers", [[1.0] * 300, [0.0] * 256])
async def test_a_vector_of_a_length_that_is_not_kept_or_without_direction_is_refused(numbers):
    async def answer(texts):
        return vectors(numbers)

    async with an_endpoint(answer) as fake:
        with pytest.raises(InvalidInput, match="a vector"):
            await articles(fake, ["one"])


async def test_an_endless_answer_is_cut_off():
    async def flood(texts):
        return web.Response(body=b" " * 9_000_000)

    async with an_endpoint(flood) as fake:
        with pytest.raises(LimitExceeded):
            await articles(fake, ["one"])


@pytest.mark.parametrize("missing", ["embeddings_url", "embeddings_model"])
async def test_an_endpoint_needs_a_url_and_a_model(missing):
    given = {"embeddings_url": "http://127.0.0.1:1/v1", "embeddings_model": "small", missing: None}

    with pytest.raises(ConfigurationError, match="both"):
        async with open_embedder(EmbeddingSettings(embeddings="endpoint", **given)):
            pass
