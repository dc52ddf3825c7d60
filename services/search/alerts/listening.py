"""Server-sent events of one alert: each article that fires it, as it does."""

import json
from collections.abc import AsyncIterator

from services.search.alerts.history import Fired, History
from services.search.api.representation import ArticleItem
from shared.article_store.query import Hit
from shared.clock import Clock
from shared.errors import NewsweirError
from shared.redis_client import BROKER_ERRORS

_LOOK_EVERY_S = 1.0
_LOOKS_TO_A_HEARTBEAT = 15


class Listeners:
    """Serves clients until it is closed; each costs a look at the broker a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._closed = False

    def close(self) -> None:
        """End all: a server that stops waits for its clients, and these would never go."""
        self._closed = True

    async def events(self, history: History, alert_id: str, after: str) -> AsyncIterator[bytes]:
        """What fires after an entry of the history. Ends when closed, or when broker or store are away: the client
        comes back by itself, with the last id that it saw."""
        # Who is cut off before anything fired knows where to go on, too.
        yield f"id: {after}\n\n".encode()
        looks = 0
        while not self._closed:
            try:
                fired, after = await history.after(alert_id, after)
            except (NewsweirError, *BROKER_ERRORS):
                return
            for item in fired:
                yield _event(item)
            if looks % _LOOKS_TO_A_HEARTBEAT == 0:
                yield b": here\n\n"
            looks += 1
            await self._clock.sleep(_LOOK_EVERY_S)


def entry_id(said: str | None) -> str | None:
    """What a client calls the last event that it saw, where that is the id of an entry."""
    first, _, second = (said or "").partition("-")
    fits = all(part.isascii() and part.isdigit() and len(part) < 19 for part in (first, second))
    return said if fits else None


def _event(item: Fired) -> bytes:
    shown = ArticleItem.of(Hit(item.stored)).model_dump(mode="json", by_alias=True)
    # JSON has no line breaks, which would end the event.
    return f"id: {item.id}\nevent: article\ndata: {json.dumps(shown)}\n\n".encode()
