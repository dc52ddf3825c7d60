from shared import registry
from shared.registry import RegistryEntry, advance, is_complete, mark_complete, read_entry, registry_key


def test_an_article_never_seen_begins_with_its_first_sight():
    assert advance(None, 1000, "a") == RegistryEntry(first_seen_ms=1000, revision=1000, content_hash="a")


def test_revisions_rise_even_when_the_clock_does_not():
    entry = RegistryEntry(first_seen_ms=1000, revision=5000, content_hash="a")

    assert advance(entry, 4000, "b") == RegistryEntry(first_seen_ms=1000, revision=5001, content_hash="b")


async def test_only_the_entry_that_was_computed_from_is_replaced(connection):
    script = connection.script(registry.LUA + "return registry_advance(KEYS[1], ARGV[1], ARGV[2], ARGV[3])")
    key = registry_key(connection)
    first, second, rival = RegistryEntry(1, 1, "a"), RegistryEntry(1, 2, "b"), RegistryEntry(1, 2, "c")

    assert await script([key], ["article", "", first.encode()]) == 1
    assert await script([key], ["article", first.encode(), second.encode()]) == 1
    assert await script([key], ["article", first.encode(), rival.encode()]) == 0
    assert await read_entry(connection, "article") == second
    assert await read_entry(connection, "another") is None


async def test_a_registry_is_complete_once_it_was_said_to_be(connection):
    before = await is_complete(connection)

    await mark_complete(connection)

    assert not before
    assert await is_complete(connection)
