from services.cli.run import prune
from shared.source_registry import SourceRegistry
from shared.sources import Source


def a_source(source_id: str) -> Source:
    return Source(id=source_id, name=source_id, url=f"https://{source_id}.example/")


async def test_pruning_removes_what_the_file_does_not_name_and_what_nobody_can_read(connection):
    registry = SourceRegistry(connection)
    await registry.put([a_source("a"), a_source("b"), a_source("c")])
    await connection.client.hset(connection.key("sources"), "broken", "{")

    gone = await prune(registry, [a_source("b")])

    assert gone == ("a", "broken", "c")
    assert await registry.all() == (a_source("b"),)
    assert await prune(registry, [a_source("b")]) == ()
