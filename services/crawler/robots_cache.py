"""The robots.txt of each host, in Redis, where all crawlers share it."""

import json
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from services.crawler import robots
from services.crawler.politeness import HostRobots
from services.crawler.robots import MAX_BODY_BYTES, Robots
from shared.clock import Clock
from shared.errors import AddressRefused, FetchFailed, PermanentFailure
from shared.http_client import GuardedClient
from shared.redis_client import RedisConnection
from shared.urls import host_of

# Stale rules are asked for again, so keeping them longer serves nobody.
_KEPT_S = 2 * robots.FRESH_S
_NO_RULES = 404


class RobotsCache:
    """Reads robots.txt through the guarded client, and remembers it: host → ``{status, body, failure, fetched_ms}``."""

    def __init__(self, connection: RedisConnection, client: GuardedClient, clock: Clock) -> None:
        self._connection = connection
        self._client = client
        self._clock = clock

    async def known(self, host: str) -> HostRobots | None:
        """What is known of the host, however old; None for a host never asked."""
        value: str | None = await self._connection.client.get(self._key(host))
        if value is None:
            return None
        record = json.loads(value)
        rules = _parse(record["status"], record["body"])
        return HostRobots(rules, record["fetched_ms"] + rules.fresh_for_s * 1000, record["failure"])

    async def ask(self, url: str) -> None:
        """Fetch and remember the robots.txt of the URL's host; a failure is remembered too."""
        parts = urlsplit(url)
        record = await self._fetch(urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", "")))
        record["fetched_ms"] = self._clock.now_ms()
        await self._connection.client.set(self._key(host_of(url)), json.dumps(record), ex=_KEPT_S)

    async def _fetch(self, url: str) -> dict[str, Any]:
        try:
            response = await self._client.get(url)
        except AddressRefused:
            # The page itself will be refused, and says so.
            return {"status": _NO_RULES, "body": "", "failure": ""}
        except (FetchFailed, PermanentFailure) as error:
            return {"status": None, "body": "", "failure": str(error)}
        status = response.status
        failed = status >= 500 or status == 429
        return {
            "status": status,
            "body": response.body[:MAX_BODY_BYTES].decode("utf-8", errors="replace"),
            "failure": f"{url} answers {status}" if failed else "",
        }

    def _key(self, host: str) -> str:
        return self._connection.key("robots.txt", host)


@lru_cache(maxsize=256)
def _parse(status: int | None, body: str) -> Robots:
    return robots.parse(status, body.encode())
