"""The robots.txt of each host, in Redis, where all crawlers share it."""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from services.crawler import robots
from services.crawler.fetch import retry_after_s
from services.crawler.politeness import HostRobots
from services.crawler.robots import Robots
from shared.clock import Clock
from shared.errors import AddressRefused, FetchFailed, PermanentFailure
from shared.http_client import GuardedClient, Response
from shared.redis_client import RedisConnection
from shared.urls import host_of

# Stale rules are asked for again, so keeping them longer serves nobody.
_KEPT_S = 2 * robots.FRESH_S
_NO_RULES = 404
# What was read a moment ago is not read again for every page of a host; what another crawler learned is seen after it.
_REMEMBERED_MS = 5_000
_MOST_REMEMBERED = 4_096


class RobotsCache:
    """Reads robots.txt through the guarded client, and remembers it.

    Kept as host → ``{status, body, failure, fetched_ms, fresh_for_s}``.
    """

    def __init__(self, connection: RedisConnection, client: GuardedClient, clock: Clock) -> None:
        self._connection = connection
        self._client = client
        self._clock = clock
        # host → when it was read, and what was.
        self._remembered: dict[str, tuple[int, HostRobots]] = {}

    async def known(self, host: str) -> HostRobots | None:
        """What is known of the host, however old; None for a host never asked.

        As long as it is fresh, what another crawler learned may be missed for five seconds.
        """
        now_ms = self._clock.now_ms()
        read_ms, remembered = self._remembered.get(host, (0, None))
        if remembered is not None and now_ms < min(read_ms + _REMEMBERED_MS, remembered.fresh_until_ms):
            return remembered
        known = await self._read_known(host)
        if known is not None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[host] = (now_ms, known)
        return known

    async def _read_known(self, host: str) -> HostRobots | None:
        value: str | None = await self._connection.client.get(self._key(host))
        if value is None:
            return None
        record = json.loads(value)
        rules = _parse(record["status"], record["body"])
        # Records of an earlier version do not say how long they hold.
        fresh_for_s = record.get("fresh_for_s", 0)
        return HostRobots(rules, record["fetched_ms"] + fresh_for_s * 1000, record["failure"])

    async def ask(self, url: str) -> None:
        """Fetch and remember the robots.txt of the URL's host; a failure is remembered too."""
        parts = urlsplit(url)
        record = await self._fetch(urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", "")))
        record["fetched_ms"] = self._clock.now_ms()
        await self._connection.client.set(self._key(host_of(url)), json.dumps(record), ex=_KEPT_S)
        self._remembered.pop(host_of(url), None)

    async def _fetch(self, url: str) -> dict[str, Any]:
        redirects: list[str] = []

        def follow(target: str) -> bool:
            redirects.append(target)
            return True

        try:
            return self._read(url, await self._client.get(url, follow=follow))
        except (FetchFailed, PermanentFailure) as error:
            if isinstance(error, AddressRefused) and not redirects:
                # The page itself will be refused, and says so.
                return _record(_NO_RULES)
            return _record(None, failure=str(error))

    def _read(self, url: str, response: Response) -> dict[str, Any]:
        status, headers = response.status, response.headers
        wait_s = retry_after_s(headers.get("retry-after"), self._clock.now_ms())
        return _record(
            status,
            body=robots.readable_part(response.body).decode("utf-8", errors="replace"),
            failure=f"{url} answers {status}" if robots.unreachable(status) else "",
            fresh_for_s=robots.fresh_for_s(status, headers.get("cache-control"), wait_s),
        )

    def _key(self, host: str) -> str:
        return self._connection.key("robots.txt", host)


def _record(status: int | None, *, body: str = "", failure: str = "", fresh_for_s: int | None = None) -> dict[str, Any]:
    fresh_for_s = robots.fresh_for_s(status, None, None) if fresh_for_s is None else fresh_for_s
    return {"status": status, "body": body, "failure": failure, "fresh_for_s": fresh_for_s}


@lru_cache(maxsize=256)
def _parse(status: int | None, body: str) -> Robots:
    return robots.parse(status, body.encode())
