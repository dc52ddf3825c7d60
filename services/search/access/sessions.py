"""Sessions of browsers: who logged in with which key, kept in the broker as hashes until they end or are ended."""

import hashlib
import re
import secrets

from services.search.access.api_keys import ApiKey, KeyRing
from services.search.broker import answered
from shared.redis_client import RedisConnection

COOKIE = "newsweir_session"
_SECRET_BYTES = 32
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


class Sessions:
    """Begins, finds and ends sessions. Raises BrokerUnavailable where the broker does not answer.

    Args:
        lasts_s: seconds from the login until a session ends by itself.
    """

    def __init__(self, connection: RedisConnection, keys: KeyRing, lasts_s: int) -> None:
        self._connection = connection
        self._keys = keys
        self.lasts_s = lasts_s

    async def begin(self, presented: str) -> str | None:
        """The token of a new session for a key; None where the key is none of ours."""
        key = await self._keys.verify(presented)
        if key is None:
            return None
        token = secrets.token_urlsafe(_SECRET_BYTES)
        await answered(self._connection.client.set(self._place(token), key.id, ex=self.lasts_s))
        return token

    async def key_of(self, token: str) -> ApiKey | None:
        """The key that the session was begun with, as it is now: one that was revoked ends its sessions."""
        if not _FORM.fullmatch(token):
            return None
        key_id = await answered(self._connection.client.get(self._place(token)))
        return await self._keys.one(key_id) if key_id else None

    async def end(self, token: str) -> None:
        """Forget the session, if there is one."""
        await answered(self._connection.client.delete(self._place(token)))

    def _place(self, token: str) -> str:
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
        return self._connection.key("sessions", digest)
