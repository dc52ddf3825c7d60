"""The outlets as a test visits them: over ASGI, with a memory in a temporary folder and time that moves when told."""

from pathlib import Path

import httpx

from services.newsroom.app import outlet_application
from services.newsroom.articles import Article, load_articles
from services.newsroom.editions import edition_of
from services.newsroom.memory import open_memory
from services.newsroom.outlets import OUTLETS, Outlet
from services.newsroom.settings import NewsroomSettings
from tests.fakes import FakeClock

SETTINGS = NewsroomSettings()
OUTLETS_BY_ID: dict[str, Outlet] = {outlet.id: outlet for outlet in OUTLETS}


class NewsroomOnTrial:
    """All outlets on one memory; `restart` forgets everything but the data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.clock = FakeClock()
        self._data_dir = data_dir
        self.restart()

    def restart(self) -> None:
        self.memory = open_memory(self._data_dir, self.clock.now_ms())
        self._transports = {
            outlet.base_url(SETTINGS): httpx.ASGITransport(
                outlet_application(outlet, SETTINGS, self.memory, self.clock)
            )
            for outlet in OUTLETS
        }

    async def get(self, url: str, **arguments: object) -> httpx.Response:
        """GET an absolute URL, without following redirects."""
        async with httpx.AsyncClient(transport=self.transport_of(url)) as client:
            return await client.get(url, **arguments)

    def transport_of(self, url: str) -> httpx.ASGITransport:
        return self._transports[url[: url.index("/", len("http://"))]]

    def url_of(self, article: Article) -> str:
        outlet = OUTLETS_BY_ID[article.outlet]
        return outlet.base_url(SETTINGS) + edition_of(article, outlet, self.memory.epoch_ms).path

    def feed_url_of(self, article: Article) -> str:
        outlet = OUTLETS_BY_ID[article.outlet]
        return outlet.base_url(SETTINGS) + edition_of(article, outlet, self.memory.epoch_ms).feed_path


def the_article(**front_matter: object) -> Article:
    """The first bundled story whose front matter says so."""
    return next(
        article
        for article in load_articles()
        if all(getattr(article, name) == value for name, value in front_matter.items())
    )
