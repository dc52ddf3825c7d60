"""Sessions in a real broker."""

import pytest

from services.search.access.api_keys import KeyRing
from services.search.access.sessions import Sessions


@pytest.fixture
def ring(connection, clock):
    return KeyRing(connection, clock)


@pytest.fixture
def sessions(connection, ring):
    return Sessions(connection, ring, lasts_s=3_600)


async def test_a_session_is_as_good_as_the_key_it_was_begun_with(sessions, ring):
    presented, key = await ring.create("reader", ["read"])

    token = await sessions.begin(presented)

    assert await sessions.key_of(token) == key


async def test_neither_the_token_nor_the_key_is_kept_as_it_is(sessions, ring, connection):
    presented, _ = await ring.create("reader", ["read"])
    token = await sessions.begin(presented)

    (place,) = [key async for key in connection.client.scan_iter(connection.key("sessions", "*"))]

    assert token not in place
    assert await connection.client.get(place) not in (token, presented)
    assert 0 < await connection.client.ttl(place) <= 3_600


async def test_a_key_that_is_none_of_ours_begins_nothing(sessions, ring):
    presented, _ = await ring.create("reader", ["read"])

    assert await sessions.begin(presented[:-1] + ("A" if presented[-1] != "A" else "B")) is None
    assert await sessions.begin("") is None


async def test_a_session_ends_with_its_key_and_when_it_is_ended(sessions, ring):
    presented, key = await ring.create("reader", ["read"])
    ended, orphaned = await sessions.begin(presented), await sessions.begin(presented)

    await sessions.end(ended)
    assert await sessions.key_of(ended) is None
    assert await sessions.key_of(orphaned) == key
    await ring.revoke(key.id)
    assert await sessions.key_of(orphaned) is None


@pytest.mark.parametrize("token", ["", "a" * 43, "*", "x" * 5000])
async def test_a_token_that_was_made_up_opens_nothing(sessions, token):
    assert await sessions.key_of(token) is None
