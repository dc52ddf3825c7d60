"""How often a key may ask: a bucket of tokens in the broker, so that all replicas count together."""

from dataclasses import dataclass

from services.search.broker import answered
from shared.clock import Clock
from shared.redis_client import RedisConnection

# The bucket holds a minute's worth. It is filled by the time that has passed since it was last looked at; a clock of
# another replica that is behind fills nothing and takes nothing back.
_TAKE = """
local limit, now = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local at = tonumber(kept[2]) or now
local tokens = math.min(limit, (tonumber(kept[1]) or limit) + math.max(0, now - at) * limit / 60000)
local granted = 0
if tokens >= 1 then
  tokens = tokens - 1
  granted = 1
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', math.max(now, at))
redis.call('PEXPIRE', KEYS[1], 60000)
return {granted, tostring(tokens)}
"""
_MINUTE_S = 60.0


@dataclass(frozen=True)
class Allowance:
    """What is left to a key.

    Attributes:
        limit: requests a minute, and at once after a minute of silence.
        remaining: requests that would be answered now.
        retry_after_s: until the next one is; 0 where this one was.
        reset_s: until the bucket is full again.
    """

    granted: bool
    limit: int
    remaining: int
    retry_after_s: float
    reset_s: float

    @property
    def headers(self) -> dict[str, str]:
        """As an answer says it."""
        said = {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(_up(self.reset_s)),
        }
        return said if self.granted else {**said, "Retry-After": str(max(1, _up(self.retry_after_s)))}


class RateLimiter:
    """Takes a token of the key's bucket for each request; `per_minute` tokens a minute come back."""

    def __init__(self, connection: RedisConnection, clock: Clock, per_minute: int) -> None:
        self._connection = connection
        self._take = connection.script(_TAKE)
        self._clock = clock
        self._per_minute = per_minute

    async def take(self, key_id: str) -> Allowance:
        """One request of this key; raises BrokerUnavailable."""
        bucket = self._connection.key("limits", key_id)
        granted, left = await answered(self._take([bucket], [self._per_minute, self._clock.now_ms()]))
        tokens, a_second = float(left), self._per_minute / _MINUTE_S
        return Allowance(
            granted=bool(granted),
            limit=self._per_minute,
            remaining=int(tokens),
            retry_after_s=0.0 if granted else (1 - tokens) / a_second,
            reset_s=(self._per_minute - tokens) / a_second,
        )


def _up(seconds: float) -> int:
    return -int(-seconds // 1)
