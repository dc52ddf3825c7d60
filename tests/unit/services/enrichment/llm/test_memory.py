import asyncio

import pytest

from services.enrichment.llm.memory import Bounds, Memory


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
