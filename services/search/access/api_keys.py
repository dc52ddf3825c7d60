"""API keys: who may ask, kept in the broker as hashes; a key itself is shown once, when it is made."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from typing import Literal, get_args

from pydantic import Field

from services.search.broker import answered
from shared.clock import Clock
from shared.errors import InvalidInput, LimitExceeded
from shared.events.enrichment import Value
from shared.redis_client import RedisConnection

# Each holds those before it: who may write may read.
Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
MAX_KEYS = 1000
_SECRET_BYTES = 32
_FORM = re.compile(r"nw_(?P<id>[0-9a-f]{12})_(?P<secret>[A-Za-z0-9_-]{43})")


class ApiKey(Value):
    """What is kept of a key: enough to know it again, not enough to use it.

    Attributes:
        digest: SHA-256 of the key. Nothing slower is needed: what is hashed are 256 random bits, no password.
    """

    id: str
    name: str = Field(min_length=1, max_length=100)
    scopes: tuple[Scope, ...] = Field(min_length=1)
    digest: str
    created_at_ms: int

    def allows(self, scope: Scope) -> bool:
        """Whether the key may do what needs this scope."""
        return max(map(SCOPES.index, self.scopes)) >= SCOPES.index(scope)


class KeyRing:
    """All keys: the hash `keys` in the broker, id → JSON. Raises BrokerUnavailable where the broker does not answer."""

    def __init__(self, connection: RedisConnection, clock: Clock) -> None:
        self._client = connection.client
        self._keys = connection.key("keys")
        self._clock = clock

    async def create(self, name: str, scopes: Collection[Scope]) -> tuple[str, ApiKey]:
        """A new key, as it has to be presented, and what is kept of it.

        Raises:
            InvalidInput: no name, no scope, or one that there is not.
            LimitExceeded: there are MAX_KEYS of them.
        """
        if unknown := sorted(set(scopes) - set(SCOPES)):
            raise InvalidInput(f"no scope is called {unknown[0]!r}: choose from {', '.join(SCOPES)}")
        if not scopes or not 1 <= len(name) <= 100:
            raise InvalidInput("a key needs a name of 1 to 100 characters and at least one scope")
        if await answered(self._client.hlen(self._keys)) >= MAX_KEYS:
            raise LimitExceeded(f"there are {MAX_KEYS} keys: revoke some with `newsweir keys revoke`")
        key_id = secrets.token_hex(6)
        key = f"nw_{key_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
        kept = ApiKey(
            id=key_id,
            name=name,
            scopes=tuple(scope for scope in SCOPES if scope in scopes),
            digest=_digest(key),
            created_at_ms=self._clock.now_ms(),
        )
        await answered(self._client.hset(self._keys, key_id, kept.model_dump_json()))
        return key, kept

    async def all(self) -> tuple[ApiKey, ...]:
        """Every key, the oldest first."""
        values = await answered(self._client.hvals(self._keys))
        kept = (ApiKey.model_validate_json(value) for value in values)
        return tuple(sorted(kept, key=lambda key: (key.created_at_ms, key.id)))

    async def one(self, key_id: str) -> ApiKey | None:
        """What is kept of a key, or None where there is none (any more)."""
        value = await answered(self._client.hget(self._keys, key_id))
        return ApiKey.model_validate_json(value) if value else None

    async def revoke(self, key_id: str) -> bool:
        """Forget a key, at once and everywhere; whether there was one."""
        return bool(await answered(self._client.hdel(self._keys, key_id)))

    async def verify(self, presented: str) -> ApiKey | None:
        """What is kept of the key that is presented, or None where it is none of ours."""
        form = _FORM.fullmatch(presented)
        value = await answered(self._client.hget(self._keys, form["id"])) if form else None
        kept = ApiKey.model_validate_json(value) if value else None
        # Compared in constant time, and also where there is no such id: how long it takes tells nothing.
        same = hmac.compare_digest(_digest(presented), kept.digest if kept else _digest(""))
        return kept if same else None


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
