"""The one way to the broker: time-outs, retries and the key prefix in one place."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import ExponentialWithJitterBackoff
from redis.driver_info import DriverInfo
from redis.exceptions import BusyLoadingError, OutOfMemoryError, ReadOnlyError, RedisError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from shared.errors import ConfigurationError, DependencyUnavailable
from shared.settings import BusSettings

# Python 3.11 loses cancellation when a socket timeout is set (cpython#86296): none, and keepalive finds the dead peers.
_CONNECTION_OPTIONS: Mapping[str, Any] = {"socket_timeout": None, "health_check_interval": 15}
# Three seconds or so, and half a minute.
_RETRIES = 6
_PATIENT_RETRIES = 20
_SENTINEL_FORM = (
    "REDIS_URL names sentinels, but not as redis+sentinel://[user:password@]host:26379,host:26379/service[/database], "
    "with ?ssl_ca_certs=/path after rediss+sentinel where the authority is no public one"
)
CONNECTION_ERRORS = (RedisConnectionError, RedisTimeoutError, OSError)
# A broker that is full, or was made a replica, takes nothing for now: no fault of what was to be written.
BROKER_ERRORS = (*CONNECTION_ERRORS, DependencyUnavailable, OutOfMemoryError, ReadOnlyError)


class Script:
    """A Lua script that is sent once per server and then called by its hash."""

    def __init__(self, client: Redis, source: str) -> None:
        self._script = client.register_script(source)

    async def __call__(self, keys: list[str], args: list[str | int | float]) -> Any:  # noqa: ANN401 (a script answers what it likes)
        return await self._script(keys=keys, args=args)


@dataclass(frozen=True)
class RedisConnection:
    """A client that answers in str, and the prefix of every key that we own.

    Attributes:
        client: for the commands themselves.
        prefix: starts every key; `key` puts it there.
    """

    # Any: redis-py types the answers of its sync and async clients, bytes and str, as one union.
    client: Any
    prefix: str

    def key(self, *parts: str) -> str:
        """``key("frontier", "hosts")`` → ``newsweir:frontier:hosts``."""
        return self.prefix + ":".join(parts)

    def script(self, source: str) -> Script:
        """A Lua script, ready to be called."""
        return Script(self.client, source)

    async def check(self) -> None:
        """Return when the broker answers.

        Raises:
            DependencyUnavailable: it does not, or is still loading.
        """
        try:
            await self.client.ping()
        except BusyLoadingError as error:
            raise DependencyUnavailable(
                f"the broker at {self.address} is still loading its data: do the same again when it has"
            ) from error
        except (RedisError, OSError) as error:
            raise DependencyUnavailable(
                f"no answer from the broker at {self.address}: {error}; start it, or mend REDIS_URL"
            ) from error

    def be_patient(self) -> None:
        """Ask again for half a minute from now on, where the broker restarts or another takes its place: a service
        counts that as an outage and goes on afterwards, a command of a person would end.
        """
        self.client.set_retry(_retry(_PATIENT_RETRIES))

    @property
    def address(self) -> str:
        """Where the broker is, without a password."""
        pool = self.client.connection_pool
        if isinstance(pool, SentinelConnectionPool):
            return f"the primary that sentinels call {pool.service_name}"
        options = pool.connection_kwargs
        return str(options.get("path") or f"{options.get('host')}:{options.get('port')}")

    async def close(self) -> None:
        """Give the connections back."""
        await self.client.aclose()


@dataclass(frozen=True)
class Sentinels:
    """Who knows where the primary is, and what to call it.

    Attributes:
        options: of connections to sentinels and to the primary alike.
        database: of the primary.
    """

    addresses: tuple[tuple[str, int], ...]
    service: str
    options: Mapping[str, Any]
    database: int


def sentinels_of(url: str) -> Sentinels | None:
    """What a URL ``redis+sentinel://[user:password@]host:port,host:port/service[/database]`` says; None for others.

    ``rediss+sentinel`` speaks TLS, and ``?ssl_ca_certs=/path`` at its end names the authority that signed for it. User
    and password are those of the primary and of the sentinels.

    Raises:
        ConfigurationError: it begins like one and goes on otherwise.
    """
    scheme, _, rest = url.partition("+sentinel://")
    if not rest:
        return None
    access, _, place = rest.rpartition("@")
    place, _, asked = place.partition("?")
    hosts, _, path = place.partition("/")
    service, _, database = path.partition("/")
    user, _, password = access.rpartition(":")
    options: dict[str, Any] = {"username": unquote(user) or None, "password": unquote(password) or None}
    addresses = tuple(_address(host) for host in hosts.split(","))
    if scheme not in ("redis", "rediss") or not service or not (database or "0").isdecimal():
        raise ConfigurationError(_SENTINEL_FORM)
    return Sentinels(addresses, service, options | _tls_options(scheme, asked), int(database or 0))


def _tls_options(scheme: str, asked: str) -> dict[str, Any]:
    said = dict(parse_qsl(asked, keep_blank_values=True))
    if said.keys() - {"ssl_ca_certs"} or (said and scheme == "redis"):
        raise ConfigurationError(_SENTINEL_FORM)
    return {"ssl": True, **said} if scheme == "rediss" else {}


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigurationError(_SENTINEL_FORM)
    return host, int(port)


def connection_options(url: str) -> dict[str, Any]:
    """What every client of ours is opened with, FastStream's included."""
    options: dict[str, Any] = {
        **_CONNECTION_OPTIONS,
        "driver_info": _driver_info(),
        "retry": _retry(_RETRIES),
    }
    # A unix socket has no keepalive.
    return options if url.startswith("unix:") else {**options, "socket_keepalive": True}


# The library reads its version from the disk for each client and each connection, unless it is told.
@cache
def _driver_info() -> DriverInfo:
    return DriverInfo()


def _retry(times: int) -> Retry:
    # A primary that became a replica: the next connection may lead to the new one.
    errors = (RedisConnectionError, RedisTimeoutError, ReadOnlyError)
    return Retry(ExponentialWithJitterBackoff(base=0.05, cap=2.0), times, errors)


def open_connection(settings: BusSettings) -> RedisConnection:
    """A connection that is made when first used.

    Raises:
        ConfigurationError: no URL is set, or it is none that Redis understands.
    """
    url = require_url(settings)
    if sentinels := sentinels_of(url):
        return RedisConnection(_primary(sentinels, connection_options(url)), settings.key_prefix)
    try:
        client = Redis.from_url(url, decode_responses=True, **connection_options(url))
    except ValueError as error:
        raise ConfigurationError(
            f"REDIS_URL is not a Redis URL ({error}): use redis://, rediss://, unix:// or redis+sentinel://"
        ) from error
    return RedisConnection(client, settings.key_prefix)


def _primary(sentinels: Sentinels, options: Mapping[str, Any]) -> Any:  # noqa: ANN401 (see RedisConnection.client)
    """A client of whatever server is the primary: each new connection asks the sentinels."""
    # No retries among the sentinels themselves: the next one is asked at once.
    asking = dict(sentinels.options) | {"socket_timeout": None}
    known = Sentinel(sentinels.addresses, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]  # as redis-py has it
    return known.master_for(
        sentinels.service, decode_responses=True, db=sentinels.database, **sentinels.options, **options
    )


def require_url(settings: BusSettings) -> str:
    """The broker's URL; raises ConfigurationError with the remedy where none is set."""
    if settings.redis_url is None:
        raise ConfigurationError("REDIS_URL is not set: start everything with `newsweir run`, or point it at a broker")
    return settings.redis_url


async def refuse_unfit_server(connection: RedisConnection) -> None:
    """Check at start that the server can run our scripts and keeps what it was given.

    Raises:
        ConfigurationError: a Redis Cluster, as the scripts need all their keys in one slot; or a server that makes
            room by deleting keys, streams included.
        DependencyUnavailable: no answer.
    """
    try:
        cluster = await connection.client.info("cluster")
        memory = await connection.client.info("memory")
    except CONNECTION_ERRORS as error:
        raise DependencyUnavailable(
            f"no answer from the broker at {connection.address}: {error}; start it, or mend REDIS_URL"
        ) from error
    if int(cluster.get("cluster_enabled", 0)):
        raise ConfigurationError(
            "REDIS_URL names a Redis Cluster, which cannot run scripts over several keys: use one primary or Sentinel"
        )
    policy = str(memory.get("maxmemory_policy", "noeviction"))
    if int(memory.get("maxmemory", 0)) and policy != "noeviction":
        raise ConfigurationError(
            f"the broker at {connection.address} deletes keys when it is full (maxmemory-policy {policy}): "
            "set its maxmemory-policy to noeviction"
        )


async def memory_share(connection: RedisConnection) -> float:
    """The share of its maxmemory that the server uses; 0 where it has no limit."""
    memory = await connection.client.info("memory")
    limit = int(memory.get("maxmemory", 0))
    return int(memory["used_memory"]) / limit if limit else 0.0
