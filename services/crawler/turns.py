"""Requests beside the visits of the frontier that keep to the turns of hosts, so that no two ask a host at once."""

from collections.abc import Callable

from services.crawler.frontier import Frontier
from shared.clock import Clock
from shared.errors import FetchFailed
from shared.http_client import GuardedClient, Response
from shared.urls import host_of

# While a site is crawled, its turns come every few seconds.
_PATIENCE_S = 60.0
_LOOK_EVERY_S = 0.05
# Longer than the client takes for a request, whatever becomes of it.
_SPARE_S = 5.0


class TurnTakingClient:
    """A client that waits for the turn of the host, and leaves it alone afterwards for as long as crawlers do.

    Args:
        timeout_s: of the client, for one request.
        host_delay_s: between two requests to one host.
    """

    def __init__(
        self, client: GuardedClient, frontier: Frontier, clock: Clock, *, timeout_s: float, host_delay_s: float
    ) -> None:
        self._client = client
        self._frontier = frontier
        self._clock = clock
        self._lease_ms = round((timeout_s + _SPARE_S) * 1000)
        self._delay_ms = round(host_delay_s * 1000)

    async def get(self, url: str, *, follow: Callable[[str], bool]) -> Response:
        """As `GuardedClient.get`; raises FetchFailed, too, where the host's turn does not come."""
        host = host_of(url)
        token = await self._turn(host)
        try:
            return await self._client.get(url, follow=follow)
        finally:
            await self._frontier.end_turn(host, token, self._clock.now_ms() + self._delay_ms)

    async def _turn(self, host: str) -> str:
        until_s = self._clock.monotonic_s() + _PATIENCE_S
        while True:
            now_ms = self._clock.now_ms()
            if token := await self._frontier.take_turn(host, now_ms, now_ms + self._lease_ms):
                return token
            if self._clock.monotonic_s() >= until_s:
                raise FetchFailed(f"{host} was not free within {_PATIENCE_S:g} s, as it is being crawled: try again")
            await self._clock.sleep(_LOOK_EVERY_S)
