"""What the broker remembers for all enrichment workers: answers by question, and the tokens that a day has cost."""

from dataclasses import dataclass

from shared.clock import Clock
from shared.dispositions import day_of
from shared.redis_client import RedisConnection

# Answers that are larger are asked for again rather than kept.
_MAX_ANSWER_CHARACTERS = 32_000
_TWO_DAYS_S = 2 * 86_400

# KEYS: the index of answers by the time they were last used, the names of the answers about the article. ARGV: prefix
# of their keys, name, answer, now_ms, seconds to keep it, most answers, whether it is about an article.
_REMEMBER = """
redis.call('SET', ARGV[1] .. ARGV[2], ARGV[3], 'EX', ARGV[5])
redis.call('ZADD', KEYS[1], ARGV[4], ARGV[2])
local surplus = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[6])
if surplus > 0 then
  local oldest = redis.call('ZPOPMIN', KEYS[1], surplus)
  for at = 1, #oldest, 2 do redis.call('DEL', ARGV[1] .. oldest[at]) end
end
redis.call('EXPIRE', KEYS[1], ARGV[5])
if ARGV[7] == '1' then
  redis.call('SADD', KEYS[2], ARGV[2])
  redis.call('EXPIRE', KEYS[2], ARGV[5])
end
return 1
"""

# KEYS: as above. ARGV: prefix of the keys of answers. Answers how many were there.
_FORGET = """
local gone = 0
for _, name in ipairs(redis.call('SMEMBERS', KEYS[2])) do
  gone = gone + redis.call('DEL', ARGV[1] .. name)
  redis.call('ZREM', KEYS[1], name)
end
redis.call('DEL', KEYS[2])
return gone
"""

# KEYS: the day's counter. ARGV: tokens wanted, most of a day, seconds to keep the counter.
_RESERVE = """
local spent = tonumber(redis.call('GET', KEYS[1]) or '0')
if spent + tonumber(ARGV[1]) > tonumber(ARGV[2]) then return 0 end
redis.call('INCRBY', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


@dataclass(frozen=True)
class Bounds:
    """How much is remembered and spent.

    Attributes:
        answers: kept at most; those longest unused go first.
        days: an answer is kept since it was last used.
        tokens_per_day: of questions and answers, by all workers (UTC).
    """

    answers: int
    days: float
    tokens_per_day: int


class Memory:
    """Shared by any number of workers."""

    def __init__(self, connection: RedisConnection, clock: Clock, bounds: Bounds) -> None:
        self._connection = connection
        self._clock = clock
        self._bounds = bounds
        self._remember = connection.script(_REMEMBER)
        self._reserve = connection.script(_RESERVE)
        self._answers = _answers(connection)

    async def recall(self, name: str) -> str | None:
        """The answer that was remembered under this name."""
        answer: str | None = await self._connection.client.get(self._answers + name)
        return answer

    async def remember(self, name: str, answer: str, article_id: str = "") -> None:
        """Keep an answer, or keep it for longer; with the article that it is about, it can be forgotten with that."""
        if len(answer) > _MAX_ANSWER_CHARACTERS:
            return
        keep_s = max(1, round(self._bounds.days * 86_400))
        arguments: list[str | int | float] = [
            self._answers, name, answer, self._clock.now_ms(), keep_s, self._bounds.answers,
            "1" if article_id else "0",
        ]  # fmt: skip
        await self._remember(_keys(self._connection, article_id), arguments)

    async def reserve(self, tokens: int) -> bool:
        """Whether the day has so many tokens left; they are taken then."""
        arguments: list[str | int | float] = [tokens, self._bounds.tokens_per_day, _TWO_DAYS_S]
        return bool(await self._reserve([self._day_key()], arguments))

    async def correct(self, tokens: int) -> None:
        """Add to what the day has cost, or with a negative number give back what was reserved and not used."""
        if tokens:
            await self._connection.client.incrby(self._day_key(), tokens)

    def _day_key(self) -> str:
        return self._connection.key("llm", "tokens", day_of(self._clock.now_ms()))


async def answers_about(connection: RedisConnection, article_id: str) -> int:
    """How many answers about an article are remembered."""
    names = await connection.client.smembers(_keys(connection, article_id)[1])
    return int(await connection.client.exists(*(_answers(connection) + name for name in names))) if names else 0


async def forget_answers(connection: RedisConnection, article_id: str) -> int:
    """Forget the answers about an article, also where a copy of it was asked about in the same words; how many."""
    return int(await connection.script(_FORGET)(_keys(connection, article_id), [_answers(connection)]))


def _answers(connection: RedisConnection) -> str:
    return connection.key("llm", "answer", "")


def _keys(connection: RedisConnection, article_id: str) -> list[str]:
    return [connection.key("llm", "answers"), connection.key("llm", "about", article_id)]
