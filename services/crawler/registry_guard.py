"""Whether the broker still knows what the store holds: without that, nothing may be fetched or imported."""

from shared.article_store.opening import open_reader
from shared.article_store.query import ArticleQuery
from shared.bus.lag import Pause
from shared.clock import Clock
from shared.errors import DependencyUnavailable, PermanentFailure
from shared.redis_client import RedisConnection
from shared.registry import is_complete, mark_complete
from shared.settings import StoreSettings

STATE_LOST = "the broker has lost its state while the store holds articles: run `newsweir state rebuild`"
_ANY = ArticleQuery(size=0, hidden=True)
# A store that was emptied, too, is noticed so much later.
_ASK_STORE_EVERY_S = 5.0


class RegistryGuard:
    """Compares the registry's marker with the store; an empty store is known completely, so the marker is set then."""

    def __init__(self, connection: RedisConnection, store: StoreSettings, clock: Clock) -> None:
        self._connection = connection
        self._store = store
        self._clock = clock
        self._told: Pause | None = None
        self._asked_s = 0.0

    async def pause(self) -> Pause | None:
        """Why nothing may be fetched or imported; None where all stored articles are known.

        Raises:
            ConfigurationError: the store's settings cannot be used.
        """
        if await is_complete(self._connection):
            self._told = None
            return None
        now_s = self._clock.monotonic_s()
        if self._told is None or now_s - self._asked_s >= _ASK_STORE_EVERY_S:
            self._asked_s = now_s
            self._told = await self._ask_store()
        return self._told

    async def check(self) -> None:
        """Return when nothing is lost; raise DependencyUnavailable with the remedy otherwise."""
        if pause := await self.pause():
            raise DependencyUnavailable(pause.reason)

    async def _ask_store(self) -> Pause | None:
        try:
            holds_articles = await self._holds_articles()
        except (DependencyUnavailable, PermanentFailure) as error:
            return Pause("store", f"whether the broker has lost its state cannot be told without the store: {error}")
        if holds_articles:
            return Pause("state", STATE_LOST)
        await mark_complete(self._connection)
        return None

    async def _holds_articles(self) -> bool:
        reader = await open_reader(self._store, self._clock)
        try:
            return (await reader.search(_ANY)).total.value > 0
        finally:
            await reader.close()
