import json

import pytest

from services.cli.keys import create_key, list_keys, revoke_keys
from services.search.access.api_keys import KeyRing
from shared.errors import InvalidInput


async def test_a_key_is_printed_once_and_alone(connection, clock, capsys):
    await create_key(connection, "dashboard", ("read",), clock)

    printed = capsys.readouterr()
    kept = await KeyRing(connection, clock).verify(printed.out.strip())
    assert kept and kept.name == "dashboard"
    assert printed.out.strip() not in printed.err


async def test_the_list_tells_keys_apart_and_opens_nothing(connection, clock, capsys):
    await create_key(connection, "dashboard", ("admin",), clock)
    key = capsys.readouterr().out.strip()

    await list_keys(connection, clock, as_json=True)
    await list_keys(connection, clock, as_json=False)

    out = capsys.readouterr().out
    assert json.loads(out.splitlines()[0]).keys() == {"id", "name", "scopes", "created_at_ms"}
    assert "dashboard" in out and "admin" in out
    assert key.rpartition("_")[2] not in out


async def test_without_keys_the_list_says_how_to_make_one(connection, clock, capsys):
    await list_keys(connection, clock, as_json=False)

    assert "newsweir keys create" in capsys.readouterr().err


async def test_a_key_is_revoked_by_its_id(connection, clock, capsys):
    await create_key(connection, "dashboard", ("read",), clock)
    key = capsys.readouterr().out.strip()

    await revoke_keys(connection, [key.split("_")[1]], clock)

    assert await KeyRing(connection, clock).verify(key) is None


async def test_an_id_that_is_none_is_said_to_be(connection, clock):
    with pytest.raises(InvalidInput, match="no key has the id 'x'"):
        await revoke_keys(connection, ["x"], clock)


async def test_a_name_instead_of_an_id_is_answered_with_the_id(connection, clock, capsys):
    await create_key(connection, "dashboard", ("read",), clock)
    key_id = capsys.readouterr().out.split("_")[1]

    with pytest.raises(InvalidInput, match=f"{key_id} is called so"):
        await revoke_keys(connection, ["dashboard"], clock)
