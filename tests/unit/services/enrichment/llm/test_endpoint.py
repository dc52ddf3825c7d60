import asyncio
import json

import pytest
from aiohttp import web

from services.enrichment.llm.endpoint import Endpoint, RequestRefused, Written, open_client
from shared.errors import ConfigurationError, FetchFailed, InvalidInput, LimitExceeded
from tests.fakes_llm import EMPTY, a_model, completion, saying


async def ask(model, *, key=None, timeout_s=5.0) -> Written:
    async with open_client(model.url, "Newsweir", timeout_s) as client:
        return await Endpoint(client, model.url, key).complete(b'{"model":"small"}')


async def test_the_question_is_posted_with_the_key_and_the_message_comes_back():
    async with a_model(saying({}, tokens=7)) as model:
        written = await ask(model, key="hunter2")

    assert (json.loads(written.content), written.tokens) == (EMPTY, 7)
    assert (model.asked, model.keys) == ([{"model": "small"}], ["Bearer hunter2"])


async def test_without_a_key_none_is_sent():
    async with a_model(saying({})) as model:
        await ask(model)

    assert model.keys == [None]


async def test_a_redirect_is_no_answer_and_the_key_goes_nowhere():
    async def elsewhere(question):
        raise web.HTTPTemporaryRedirect("http://other.example/v1/chat/completions")

    async with a_model(elsewhere) as model:
        with pytest.raises(RequestRefused, match="307"):
            await ask(model, key="hunter2")


async def test_an_error_of_the_server_says_what_it_said():
    async def broken(question):
        return web.json_response({"error": "no such model"}, status=404)

    async with a_model(broken) as model:
        with pytest.raises(RequestRefused, match=r"404.*no such model"):
            await ask(model)


async def test_an_error_of_the_server_may_be_nested_as_deeply_as_it_likes():
    async def broken(question):
        return web.Response(text="[" * 100_000, status=500)

    async with a_model(broken) as model:
        with pytest.raises(RequestRefused, match="500"):
            await ask(model)


@pytest.mark.parametrize(
    "body", ["", "nonsense", "{}", '{"choices": []}', '{"choices": [{"message": {"content": null}}]}', "[1]"]
)
async def test_what_is_no_chat_completion_is_said_to_be_none(body):
    async def answer(question):
        return web.Response(text=body)

    async with a_model(answer) as model:
        with pytest.raises(InvalidInput):
            await ask(model)


async def test_an_answer_that_was_cut_off_names_the_setting():
    async with a_model(saying("{", finish_reason="length")) as model:
        with pytest.raises(InvalidInput, match="NEWSWEIR_LLM_ANSWER_TOKENS"):
            await ask(model)


async def test_a_huge_answer_is_not_read_to_its_end():
    async def huge(question):
        return completion("x" * 3_000_000)

    async with a_model(huge) as model:
        with pytest.raises(LimitExceeded):
            await ask(model)


async def test_a_slow_answer_is_not_waited_for():
    async def slow(question):
        await asyncio.sleep(30)
        return web.Response()

    async with a_model(slow) as model:
        with pytest.raises(FetchFailed):
            await ask(model, timeout_s=0.05)


def test_a_url_that_is_none_is_refused_at_the_start():
    with pytest.raises(ConfigurationError, match="NEWSWEIR_LLM_URL"):
        open_client("llm.local", "Newsweir", 5)
