import asyncio
from collections.abc import Iterator

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from services.crawler.source_watch import SourceWatch
from shared import metrics
from shared.source_health import SourceHealth
from shared.source_registry import SourceRegistry
from shared.sources import Source
from tests.fakes import FakeClock

DAYS = [f"2026-02-{day:02}" for day in range(1, 29)]
NOON = 1_772_452_800_000  # 2026-03-02
STEADY = dict.fromkeys([*DAYS, "2026-03-01"], 10)
QUIET = dict.fromkeys(DAYS[:21], 10) | {"2026-02-28": 1}


@pytest.fixture
def noon() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture(autouse=True)
def nothing_told() -> Iterator[None]:
    metrics.SOURCE_CHANGED.clear()
    yield
    metrics.SOURCE_CHANGED.clear()


async def put(connection, source_id: str, days: dict[str, int]) -> None:
    registry = SourceRegistry(connection)
    await registry.put([Source(id=source_id, name=source_id, url=f"https://{source_id}.example")])
    health = SourceHealth(last_visit_ms=NOON, last_new_article_ms=NOON, new_by_day=days)
    await registry.record_health({source_id: lambda _: health})


def changed(source_id: str, change: str) -> float | None:
    return REGISTRY.get_sample_value("newsweir_source_changed", {"source": source_id, "change": change})


async def test_sources_are_counted_by_how_they_are_doing_and_the_changed_are_named(connection, noon):
    await put(connection, "steady", STEADY)
    await put(connection, "silenced", QUIET)
    await SourceRegistry(connection).put([Source(id="young", name="Young", url="https://young.example")])

    await SourceWatch(connection, noon).look()

    counted = {s: REGISTRY.get_sample_value("newsweir_sources", {"state": s}) for s in ("fine", "quiet", "new", "loud")}
    assert counted == {"fine": 1, "quiet": 1, "new": 1, "loud": 0}
    assert changed("silenced", "quiet") == 1
    assert changed("steady", "quiet") is None


async def test_a_change_is_said_once_and_taken_back_when_it_is_over(connection, noon):
    await put(connection, "silenced", QUIET)
    watch = SourceWatch(connection, noon)

    with capture_logs() as logs:
        await watch.look()
        await watch.look()
    await put(connection, "silenced", STEADY)
    await watch.look()

    said = [log for log in logs if log["event"] == "the yield of a source has changed"]
    assert [(log["source"], log["change"], log["now"]) for log in said] == [("silenced", "quiet", 0.1)]
    assert changed("silenced", "quiet") is None


async def test_the_watch_ends_when_it_is_told_to(connection, noon):
    stop = asyncio.Event()
    watching = asyncio.create_task(SourceWatch(connection, noon).run(stop))
    await asyncio.sleep(0)

    stop.set()

    await asyncio.wait_for(watching, 5)
