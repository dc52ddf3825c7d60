import pytest

from services.search.streaming import Busy, Streamed, Turns


async def pieces():
    yield b"a"
    raise RuntimeError("midway")


def test_there_are_only_so_many_places():
    turns = Turns("exports", 2)
    turns.take()
    second = turns.take()

    with pytest.raises(Busy, match="2 exports"):
        turns.take()

    second.give_back()
    second.give_back()
    assert turns.taken == 1


async def test_an_answer_that_breaks_gives_its_place_back():
    turns = Turns("exports", 1)
    answer = Streamed(pieces(), turns.take(), media_type="text/plain")

    async def send(message):
        pass

    async def receive():
        return {"type": "http.disconnect"}

    with pytest.raises(RuntimeError, match="midway"):
        await answer({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send)

    assert turns.taken == 0
