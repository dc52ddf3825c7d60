import pytest

from services.crawler.registry_guard import STATE_LOST, RegistryGuard
from shared.article_store.opening import open_writer
from shared.bus.lag import Pause
from shared.errors import DependencyUnavailable
from shared.registry import complete_key, is_complete, mark_complete
from shared.settings import StoreSettings
from tests.builders import a_stored_article, a_withdrawal


@pytest.fixture
def store(tmp_path):
    return StoreSettings(data_dir=tmp_path)


@pytest.fixture
def guard(connection, store, clock):
    return RegistryGuard(connection, store, clock)


async def put_an_article(store, clock, *, hidden: bool = False) -> None:
    writer = await open_writer(store, clock)
    await writer.put([a_stored_article(1)])
    if hidden:
        await writer.withdraw([a_withdrawal(1, reason="retired")])
    await writer.close()


async def test_nothing_is_lost_while_the_store_is_empty_and_nobody_needs_to_ask_again(guard, connection):
    pause = await guard.pause()

    assert pause is None
    assert await is_complete(connection)


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_broker_that_knows_nothing_of_a_full_store_has_lost_its_state(guard, connection, store, clock, hidden):
    await put_an_article(store, clock, hidden=hidden)

    pause = await guard.pause()

    assert pause == Pause("state", STATE_LOST)
    assert not await is_complete(connection)
    with pytest.raises(DependencyUnavailable, match="run `newsweir state rebuild`"):
        await guard.check()


async def test_what_was_rebuilt_is_not_lost(guard, connection, store, clock):
    await put_an_article(store, clock)
    lost = await guard.pause()

    await mark_complete(connection)

    assert lost is not None
    assert await guard.pause() is None
    await guard.check()


async def test_a_broker_that_is_emptied_later_is_noticed(guard, connection, store, clock):
    await guard.pause()
    await put_an_article(store, clock)

    await connection.client.delete(complete_key(connection))

    assert await guard.pause() == Pause("state", STATE_LOST)


async def test_without_its_store_nobody_knows_whether_a_broker_has_lost_anything(connection, tmp_path, clock):
    away = StoreSettings(data_dir=tmp_path, elasticsearch_url="http://127.0.0.1:9", store_timeout_s=1)

    pause = await RegistryGuard(connection, away, clock).pause()

    assert pause is not None
    assert pause.cause == "store"
    assert "cannot be told without the store: no answer from elasticsearch" in pause.reason
    assert not await is_complete(connection)


async def test_a_marker_is_believed_without_the_store(connection, tmp_path, clock):
    await mark_complete(connection)
    away = StoreSettings(data_dir=tmp_path, elasticsearch_url="http://127.0.0.1:9", store_timeout_s=1)

    assert await RegistryGuard(connection, away, clock).pause() is None


async def test_a_store_that_was_emptied_too_is_noticed_some_seconds_later(connection, tmp_path, clock):
    full, empty = tmp_path / "full", tmp_path / "empty"
    store = StoreSettings(data_dir=tmp_path / "now")
    await put_an_article(StoreSettings(data_dir=full), clock)
    (tmp_path / "now").symlink_to(full)
    guard = RegistryGuard(connection, store, clock)
    lost = await guard.pause()
    (tmp_path / "now").unlink()
    (tmp_path / "now").symlink_to(empty)

    at_once = await guard.pause()
    clock.advance(5)
    later = await guard.pause()

    assert (lost, at_once, later) == (Pause("state", STATE_LOST), Pause("state", STATE_LOST), None)
