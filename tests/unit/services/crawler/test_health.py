import pytest

from services.crawler.health import HealthRecorder, reserves, yielded
from shared.source_health import SourceHealth
from shared.source_registry import SourceRegistry
from shared.sources import Source

NOW = 1_772_452_800_000  # 2026-03-02


@pytest.fixture
async def registry(connection) -> SourceRegistry:
    opened = SourceRegistry(connection)
    await opened.put([Source(id=name, name=name, url=f"https://{name}.example") for name in ("mill", "weir")])
    return opened


async def test_what_is_noted_of_sources_is_written_together(registry):
    recorder = HealthRecorder(registry)
    recorder.note("weir", yielded(NOW), reserves(("noarchive",), NOW))
    recorder.note("mill", yielded(NOW))
    recorder.note("weir", yielded(NOW + 1))
    before = await registry.all_health()

    await recorder.write()

    assert before == {}
    weir, mill = await registry.health("weir"), await registry.health("mill")
    assert (weir.articles_found, weir.last_new_article_ms, weir.reserved) == (2, NOW + 1, {"noarchive": NOW})
    assert mill.articles_found == 1


async def test_what_is_noted_is_written_once(registry):
    recorder = HealthRecorder(registry)
    recorder.note("weir", yielded(NOW))

    await recorder.write()
    await recorder.write()

    assert (await registry.health("weir")).articles_found == 1


async def test_a_change_at_once_leaves_what_is_noted_to_be_written(registry):
    recorder = HealthRecorder(registry)
    recorder.note("weir", yielded(NOW))
    await recorder.record("weir", reserves(("noarchive",), NOW))
    at_once = await registry.health("weir")

    await recorder.write()

    assert (at_once.articles_found, at_once.reserved) == (0, {"noarchive": NOW})
    assert (await registry.health("weir")).articles_found == 1
    assert (await registry.health("weir")).reserved == {"noarchive": NOW}


async def test_what_could_not_be_written_stays_noted_before_what_comes_after_it(registry):
    recorder, refusals = HealthRecorder(registry), [True]

    def refused_once(health: SourceHealth) -> SourceHealth:
        if refusals:
            refusals.pop()
            recorder.note("weir", yielded(NOW + 1))
            raise OSError("the broker is away")
        return health

    recorder.note("weir", refused_once, yielded(NOW))
    with pytest.raises(OSError, match="the broker is away"):
        await recorder.write()

    await recorder.write()

    health = await registry.health("weir")
    assert (health.articles_found, health.last_new_article_ms) == (2, NOW + 1)


async def test_what_nobody_can_make_sense_of_is_not_tried_again(registry):
    recorder = HealthRecorder(registry)

    def senseless(health: SourceHealth) -> SourceHealth:
        raise ValueError("no such day")

    recorder.note("weir", senseless, yielded(NOW))
    with pytest.raises(ValueError, match="no such day"):
        await recorder.write()

    await recorder.write()

    assert await registry.all_health() == {}


async def test_a_page_that_tells_nothing_is_not_noted(registry):
    recorder = HealthRecorder(registry)

    recorder.note("weir")
    await recorder.write()

    assert await registry.all_health() == {}
