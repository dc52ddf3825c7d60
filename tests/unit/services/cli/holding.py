"""Puts articles into the store that a command reads."""

from shared.article_store.document import StoredArticle
from shared.article_store.opening import open_writer
from shared.settings import StoreSettings
from tests.fakes import FakeClock


async def hold(store: StoreSettings, clock: FakeClock, *articles: StoredArticle) -> None:
    """Readers of the store see the articles when this returns."""
    writer = await open_writer(store, clock)
    await writer.put(articles)
    await writer.close()
    clock.advance(1)
