import asyncio

import pytest

from services.enrichment.llm.memory import Bounds, Memory, answers_about, forget_answers
from tests.builders import an_article


@pytest.fixture
def memory(connection, clock):
    return Memory(connection, clock, Bounds(answers=3, days=2, tokens_per_day=1_000))


async def test_an_answer_is_recalled_by_its_name_until_it_expires(memory, connection):
    await memory.remember("a", "{}")

    assert (await memory.recall("a"), await memory.recall("b")) == ("{}", None)
    assert 0 < await connection.client.ttl(connection.key("llm", "answer", "a")) <= 2 * 86_400


async def test_of_more_answers_than_are_kept_those_longest_unused_go(memory, clock, connection):
    for name in ("a", "b", "c", "a", "d", "e"):
        await memory.remember(name, name)
        clock.advance(1)

    assert [await memory.recall(name) for name in "abcde"] == ["a", None, None, "d", "e"]
    assert await connection.client.zcard(connection.key("llm", "answers")) == 3


async def test_a_huge_answer_is_not_kept(memory):
    await memory.remember("a", "x" * 50_000)

    assert await memory.recall("a") is None


async def test_a_day_has_no_more_tokens_than_it_has_whoever_asks(memory):
    granted = await asyncio.gather(*(memory.reserve(300) for _ in range(10)))

    assert sum(granted) == 3


async def test_what_was_not_used_can_be_spent_by_others(memory):
    await memory.reserve(900)
    await memory.correct(-800)

    assert await memory.reserve(900)
    assert not await memory.reserve(1)


async def test_the_next_day_has_its_own(memory, clock):
    await memory.reserve(1_000)
    clock.advance(86_400)

    assert await memory.reserve(1_000)


async def test_the_answers_about_an_article_are_forgotten_and_no_others(memory, connection):
    one, other = an_article(1).article_id, an_article(2).article_id
    await memory.remember("a", "{}", one)
    await memory.remember("b", "{}", other)
    await memory.remember("c", "{}")

    counted = await answers_about(connection, one)
    forgotten = await forget_answers(connection, one)

    assert (counted, forgotten, await answers_about(connection, one)) == (1, 1, 0)
    assert [await memory.recall(name) for name in "abc"] == [None, "{}", "{}"]
    assert await connection.client.zcard(connection.key("llm", "answers")) == 2
    assert not await connection.client.exists(connection.key("llm", "about", one))


async def test_the_names_of_answers_about_an_article_last_no_longer_than_the_answers(memory, connection):
    about = an_article(1).article_id
    await memory.remember("a", "{}", about)

    assert 0 < await connection.client.ttl(connection.key("llm", "about", about)) <= 2 * 86_400
