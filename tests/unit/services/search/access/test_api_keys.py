import pytest

from services.search.access.api_keys import MAX_KEYS, KeyRing
from shared.errors import InvalidInput, LimitExceeded


@pytest.fixture
def ring(connection, clock):
    return KeyRing(connection, clock)


async def test_a_key_is_known_again_and_its_text_is_kept_nowhere(ring, connection):
    key, kept = await ring.create("dashboard", ["read"])

    assert await ring.verify(key) == kept
    assert key.split("_", 2)[2] not in str(await connection.client.hgetall(connection.key("keys")))


@pytest.mark.parametrize("presented", ["", "nw_", "nw_" + "0" * 12 + "_" + "A" * 43, "Bearer x", "\ud800"])
async def test_what_was_never_issued_is_no_key(ring, presented):
    await ring.create("dashboard", ["read"])

    assert await ring.verify(presented) is None


async def test_a_key_with_another_secret_is_none(ring):
    key, _ = await ring.create("dashboard", ["read"])

    forged = key[:-1] + ("A" if key[-1] != "A" else "B")

    assert await ring.verify(forged) is None


async def test_a_revoked_key_opens_nothing(ring):
    key, kept = await ring.create("dashboard", ["read"])

    assert await ring.revoke(kept.id)
    assert await ring.verify(key) is None
    assert not await ring.revoke(kept.id)


async def test_a_scope_holds_those_below_it(ring):
    _, reader = await ring.create("reader", ["read"])
    _, admin = await ring.create("admin", ["admin"])

    assert [reader.allows(scope) for scope in ("read", "write", "admin")] == [True, False, False]
    assert [admin.allows(scope) for scope in ("read", "write", "admin")] == [True, True, True]


async def test_keys_are_listed_in_the_order_they_were_made(ring, clock):
    for name in ("b", "a", "c"):
        await ring.create(name, ["read"])
        clock.advance(1)

    assert [key.name for key in await ring.all()] == ["b", "a", "c"]


@pytest.mark.parametrize(("name", "scopes"), [("", ["read"]), ("x" * 101, ["read"]), ("x", []), ("x", ["root"])])
async def test_a_key_without_name_or_with_unknown_scope_is_not_made(ring, name, scopes):
    with pytest.raises(InvalidInput):
        await ring.create(name, scopes)

    assert await ring.all() == ()


async def test_the_number_of_keys_is_bounded(ring, connection):
    await connection.client.hset(connection.key("keys"), mapping={str(number): "{}" for number in range(MAX_KEYS)})

    with pytest.raises(LimitExceeded, match="revoke"):
        await ring.create("one more", ["read"])
